/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heard - what of the kernel's log the records had. */
#include "host/run/heard.h"

#include <string.h>

void heard_init(struct heard *heard)
{
	memset(heard, 0, sizeof(*heard));
}

/* The last of them takes what there is no room for. */
static void add_gap(struct heard *heard, uint64_t from_us, uint64_t to_us)
{
	heard->gaps_seen++;
	if (heard->gap_count == HEARD_GAPS) {
		heard->gaps[HEARD_GAPS - 1].to_us = to_us;
		return;
	}
	heard->gaps[heard->gap_count++] = (struct heard_gap){from_us, to_us};
}

bool heard_record(struct heard *heard, uint64_t sequence, uint64_t time_us)
{
	if (sequence < heard->next || sequence == UINT64_MAX)
		return false;
	if (sequence > heard->next)
		add_gap(heard, heard->newest_us, time_us);
	heard->next = sequence + 1;
	/* Records of several CPUs are not quite in the order of their times. */
	if (time_us > heard->newest_us)
		heard->newest_us = time_us;
	heard->any = true;
	return true;
}

/* The last entry is shared by all titles that come too late. */
static size_t title_index(struct heard *heard, const char *title)
{
	for (size_t i = 0; i < heard->title_count; i++)
		if (strcmp(heard->titles[i].title, title) == 0)
			return i;
	if (heard->title_count == HEARD_TITLES)
		return HEARD_TITLES - 1;
	bytes_copy_string(heard->titles[heard->title_count].title,
			  REPORT_TITLE_MAX, title);
	return heard->title_count++;
}

void heard_report(struct heard *heard, const struct report *report)
{
	heard->reports[heard->report_count++ % HEARD_REPORTS] =
		(struct heard_report){
			.class = report->class,
			.sequence = report->sequence,
			.time_us = report->time_us,
		};
	heard->titles[title_index(heard, report->title)].in_records++;
}

size_t heard_console(struct heard *heard, const struct report *report,
		     uint32_t *ret_occurrence)
{
	size_t index = title_index(heard, report->title);

	*ret_occurrence = ++heard->titles[index].on_console;
	return index;
}

static bool was_told(const struct heard *heard, const struct report *report)
{
	uint64_t kept = heard->report_count < HEARD_REPORTS
				? heard->report_count
				: HEARD_REPORTS;

	for (uint64_t i = 0; report->has_time && i < kept; i++)
		if (heard->reports[i].time_us == report->time_us &&
		    heard->reports[i].class == report->class)
			return true;
	return false;
}

/* The records go past it and are complete there. */
static bool is_covered(const struct heard *heard, uint64_t time_us)
{
	if (time_us > heard->newest_us)
		return false;
	for (size_t i = 0; i < heard->gap_count; i++)
		if (time_us >= heard->gaps[i].from_us &&
		    time_us <= heard->gaps[i].to_us)
			return false;
	return true;
}

bool heard_has(const struct heard *heard, const struct report *report,
	       size_t title, uint32_t occurrence, bool ended_badly)
{
	if (was_told(heard, report) ||
	    occurrence <= heard->titles[title].in_records)
		return true;
	/* With an agent that said all, or a line that may be anybody's, there
	 * must be a reason to believe it. */
	if (!report->has_time || !heard->any)
		return !ended_badly;
	return is_covered(heard, report->time_us);
}
