/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vitals - what a heartbeat tells of the machine: is it slow, or does it hang?
 *
 * From /proc files that are opened once and that take no lock of a task's
 * memory or of a file system under test.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include "fstvm.pb-c.h"

#include <stdint.h>

struct vitals {
	int stat_fd;
	int loadavg_fd;
	int meminfo_fd;
};

must_check int vitals_open(struct vitals *vitals);
void vitals_close(struct vitals *vitals);
/* Fills cpu_ms, load_centi, available_bytes and blocked_tasks. */
void vitals_fill(const struct vitals *vitals, Pb__Heartbeat *heartbeat);

/* Pure parts; what is not in the text leaves its result as it was. */
void vitals_parse_stat(const char *text, uint64_t ticks_per_second,
		       uint64_t *ret_cpu_ms, uint32_t *ret_blocked);
void vitals_parse_loadavg(const char *text, uint32_t *ret_centi);
void vitals_parse_meminfo(const char *text, uint64_t *ret_available);
