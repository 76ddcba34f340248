/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pattern - the table of what the kernel prints when something is wrong.
 *
 * A row is a fixed string of a kernel message, where in the kernel's source
 * it comes from, and what follows from it. To teach the classifier a new
 * message, add a row. Order matters only among rows that match the same line:
 * the first whose conditions hold is taken.
 */
#pragma once

#include "host/kernel/class.h"
#include "host/kernel/prefix.h"

/* Whose function is to blame; culprit.h carries them out. */
enum function_rule {
	RULE_NONE,
	RULE_PC,     /* where the CPU was, then the trace */
	RULE_TRACE,  /* the trace */
	RULE_HEADER, /* the function in the header, then the trace */
	RULE_LOCK,   /* where the lock was wanted, then the trace */
	RULE_STALL,  /* what the interrupted code was called for */
	RULE_HUNG,   /* who waits */
	RULE_HELD,   /* where the lock that is still held was taken */
	RULE_WORK,   /* the work item that did it */
	RULE_CHAIN,  /* where a lock got the property that now clashes */
	RULE_CALLER, /* the line "caller is f", then the trace */
	RULE_PAGE,   /* who allocated the page, then the trace */
	RULE_LEAK,   /* who allocated */
	RULE_STACK,  /* whose stack overflowed */
};

enum pattern_flag {
	/* The message begins with it, but for "subsystem: " and "[ ". */
	PATTERN_START = 1 << 0,
	/* Any text of this kind: not when an exception of the table stands
	 * in the line. */
	PATTERN_GENERIC = 1 << 1,
	/* Often the second line of a report: no new report while one of the
	 * same caller waits for its trace. */
	PATTERN_DETAIL = 1 << 2,
	/* One line; nothing of what follows belongs to it. */
	PATTERN_SINGLE = 1 << 3,
	/* No report: a rule that one begins next, or the kernel's version. */
	PATTERN_MARK = 1 << 4,
	/* Printed before a kernel can give time stamps. */
	PATTERN_EARLY = 1 << 5,
	/* Not the kernel's own: who watched it added the line. */
	PATTERN_WATCHER = 1 << 6,
	/* A BUG() or WARN() follows that is about the same. */
	PATTERN_FORETELLS = 1 << 7,
	/* What becomes of a filesystem after an error that was told. */
	PATTERN_FOLLOWS = 1 << 8,
	/* Behind text stands a place in the kernel's code. */
	PATTERN_CODE = 1 << 9,
};

struct pattern {
	const char *text;
	const char *also;   /* must stand behind text too; or NULL */
	const char *begins; /* the message must begin with this; or NULL */
	const char *title;  /* "%" becomes the function; NULL: the line */
	const char *source; /* file of the kernel that prints it */
	enum report_class class;
	enum report_severity severity;
	enum function_rule rule;
	unsigned int flags;
};

struct pattern_set;

/* The rows, made searchable once. NULL when there is no memory. */
struct pattern_set *pattern_set_create(void);
void pattern_set_destroy(struct pattern_set *set);

/* The row that this message answers to, or NULL. */
const struct pattern *pattern_find(const struct pattern_set *set,
				   const struct line_prefix *line);

/* The offset of the first byte in text at which some row's string may stand;
 * text.len when there is none. For skipping what is of no interest. */
size_t pattern_scan(const struct pattern_set *set, struct bytes text);

/* All rows, for tests and documentation. */
const struct pattern *pattern_rows(size_t *ret_count);
