/* SPDX-License-Identifier: GPL-2.0-or-later */
/* draft - a report that is still being printed.
 *
 * Collects the lines of one caller, notes how far they look like a report's,
 * and makes the finished struct report of them.
 */
#pragma once

#include "host/kernel/body.h"
#include "host/kernel/pattern.h"
#include "host/kernel/report.h"
#include "host/kernel/stacks.h"

enum {
	DRAFT_CALLER_MAX = 24,
};

struct draft {
	bool open;
	const struct pattern *pattern;
	struct report report;
	char caller[DRAFT_CALLER_MAX];
	char text[REPORT_TEXT_MAX];
	size_t used;	  /* of text */
	size_t kept;	  /* of text, up to the last line of a report */
	size_t header_at; /* offset of the header in text */
	size_t header_len;
	uint64_t last_us;      /* the kernel's clock at the last line */
	unsigned int doubtful; /* lines in a row that look like no report's */
	unsigned int count;    /* lines since the header */
	bool has_trace;	       /* a stack's heading */
	bool has_frame;	       /* and a line of it */
	bool stack_over;       /* " </TASK>" was the last of its stacks */
	bool ended;	   /* its end mark was seen; only repetitions follow */
	bool every_caller; /* other CPUs print into it */
	bool untold;	   /* on_begin() waits for more to go by */
	bool lost;	   /* printk said that it dropped lines */
	struct stacks stacks; /* of text */
};

/* Begin with lines that stood before the header: draft_add() them, then
 * draft_header(). */
void draft_begin(struct draft *draft, const struct pattern *pattern,
		 struct bytes caller);
void draft_header(struct draft *draft, const struct line_prefix *line,
		  uint64_t number);
void draft_add(struct draft *draft, struct bytes text, uint64_t number);

/* Does this line, of the same caller, show that the report is over? When it
 * is not, it was added. ret_mine: the line belonged to the report. */
bool draft_take(struct draft *draft, const struct line_prefix *line,
		uint64_t number, bool *ret_mine);

/* Is a line of this row only more about the same? */
bool draft_continues(const struct draft *draft, const struct pattern *row,
		     struct bytes text);

/* Fills draft->report; its views point into draft. kernel: the version that
 * the boot announced, or "". */
void draft_finish(struct draft *draft, const char *kernel);
