/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heard - what of the kernel's log the records had, to hold the console
 * against.
 *
 * Which reports were told (the last HEARD_REPORTS of them, and how often each
 * of the first HEARD_TITLES titles came), up to where the records go, and
 * where they have gaps. Pure.
 */
#pragma once

#include "host/kernel/report.h"

enum {
	HEARD_REPORTS = 1024,
	HEARD_TITLES = 256,
	HEARD_GAPS = 64,
};

struct heard_report {
	enum report_class class;
	uint64_t sequence;
	uint64_t time_us;
};

struct heard_title {
	char title[REPORT_TITLE_MAX];
	uint32_t in_records;
	uint32_t on_console;
};

/* Records between these times were overwritten or held back. */
struct heard_gap {
	uint64_t from_us;
	uint64_t to_us;
};

struct heard {
	uint64_t next; /* sequence number of the next record */
	uint64_t newest_us;
	bool any;				    /* record */
	struct heard_report reports[HEARD_REPORTS]; /* n at n % REPORTS */
	uint64_t report_count;
	struct heard_title titles[HEARD_TITLES];
	size_t title_count;
	struct heard_gap gaps[HEARD_GAPS];
	size_t gap_count;
	uint64_t gaps_seen; /* in all */
};

void heard_init(struct heard *heard);
/* False: it was there before. */
bool heard_record(struct heard *heard, uint64_t sequence, uint64_t time_us);
/* A report of the records is told. */
void heard_report(struct heard *heard, const struct report *report);
/* A report of the console; returns its title's entry and which one of that
 * title it is: 1, 2, … */
size_t heard_console(struct heard *heard, const struct report *report,
		     uint32_t *ret_occurrence);
/* Whether the records had a report of the console, or would have had it if it
 * was the kernel's. ended_badly: they may lack the end. */
bool heard_has(const struct heard *heard, const struct report *report,
	       size_t title, uint32_t occurrence, bool ended_badly);
