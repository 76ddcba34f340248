/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress - the live output of a run: a line per thing that happened.
 *
 *   booting vmlinuz-6.1.0-56-amd64 ...
 *   agent up after 18.2s: Linux 6.1.0-56-amd64
 *   devices ready after 3.1s
 *   generic/001  pass  4.2s
 *   generic/002  fail  1.0s  output mismatch (see generic/002.out.bad)
 *   [2/672] generic/003 12s, 1 failed            (status line, on terminals)
 *
 * Makes text from events and the result that they were folded into; the time
 * comes from the caller. Writes to a stream that it does not own and never
 * asks whether that worked. All text of the guest is escaped.
 */
#pragma once

#include "host/record/result.h"
#include "host/report/terminal.h"
#include "shared/bytes.h"

#include <stdio.h>

enum progress_detail {
	PROGRESS_QUIET, /* nothing */
	PROGRESS_NORMAL,
	PROGRESS_VERBOSE, /* steps of the set-up and the console, too */
};

struct progress;

struct progress *progress_create(FILE *to, const struct terminal *terminal,
				 enum progress_detail detail);
/* Removes the status line. */
void progress_destroy(struct progress *progress);

/* After result_apply() of the same event. Shows the status line of the
 * event's own time. */
void progress_event(struct progress *progress, const struct result *result,
		    const Pb__Event *event);
/* Shows the status line as of now; to be called every second or so. */
void progress_tick(struct progress *progress, const struct result *result,
		   uint64_t mono_ns);
/* A line of a VM's console; nothing unless verbose. */
void progress_console(struct progress *progress, struct bytes line);
