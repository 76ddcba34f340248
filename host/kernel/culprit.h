/* SPDX-License-Identifier: GPL-2.0-or-later */
/* culprit - the function that a report is about, and its callers.
 *
 * A report holds several stacks: where the CPU was, who allocated, who freed,
 * the chains of lockdep, other CPUs. Which of them counts is the pattern's
 * function_rule; which of its functions are to blame, skip.h.
 */
#pragma once

#include "host/kernel/pattern.h"
#include "host/kernel/stacks.h"

enum {
	CULPRIT_NAME = 128,
	CULPRIT_FRAMES = 3,
};

struct culprit {
	char function[CULPRIT_NAME]; /* "" when nothing tells */
	char other[CULPRIT_NAME];    /* the second of a data race, or "" */
	/* function and who called it, for the fingerprint. */
	char frames[CULPRIT_FRAMES][CULPRIT_NAME];
	size_t frame_count;
	bool has_trace; /* at least one sure frame of a call trace */
	bool mixed;	/* another report's stack is woven into it */
};

/* text: the report's lines without printk prefixes, each ended by LF;
 * header: the line that pattern matched; stacks: of text. */
void culprit_find(const struct pattern *pattern, struct bytes header,
		  struct bytes text, const struct stacks *stacks,
		  struct culprit *ret_culprit);
