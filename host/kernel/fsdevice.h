/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fsdevice - which device a filesystem's last error was on.
 *
 * What ext4 and jbd2 say of an aborted journal and a filesystem that is
 * read-only now is no problem of its own right behind an error of the same
 * device.
 */
#pragma once

#include "host/kernel/prefix.h"

enum {
	FSDEVICE_NAME = 32,
};

/* Zeroed: none yet. */
struct fsdevice {
	char name[FSDEVICE_NAME];
	bool has_time;
	uint64_t time_us;
};

/* line: an error of a filesystem. Keeps what was, when it names no device. */
void fsdevice_note(struct fsdevice *device, const struct line_prefix *line);
/* Is line about the same device, and soon behind the error? */
bool fsdevice_follows(const struct fsdevice *device,
		      const struct line_prefix *line);
