/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report - finds the kernel's own problem reports in its messages.
 *
 * Goal: lines in, reports out, as they come: each report once, with its class,
 * its severity, the function to blame, a title as the kernel's mailing list
 * would give it, and its text without what other CPUs, tasks and programs
 * printed in between.
 *
 * Life of a report: a line that answers to a row of the pattern table opens
 * one; on_begin() is called in that moment, so that a controller can react to
 * a dying kernel long before the dump is complete. Lines of the same caller
 * (CONFIG_PRINTK_CALLER; without it, all kernel lines) follow until something
 * ends it: a new report of the same caller, an end mark, ten seconds of the
 * kernel's clock, lines that no report has. Then on_report() gets it whole.
 *
 * Invariants: memory is fixed at creation (about 1 MiB); reports are
 * numbered by their begin, from 1; on_report() may come in another order,
 * when reports of two callers overlap; every on_begin() is followed by exactly
 * one on_report() of the same id; no byte of input can make it fail.
 *
 * A line that only calls itself a warning, and has no time stamp or anything
 * else of the kernel's before it, may be a boot loader's or a program's: it is
 * one when a stack follows, and its on_begin() waits for that.
 *
 * Not done here: which test a report belongs to, whether it was expected
 * (policy), merging two sources (the journal's side).
 *
 * A line goes in without its LF. The views in struct report are valid during
 * the callback; its arrays are NUL-terminated, printable, and cut at their
 * size, like all that comes from a guest.
 */
#pragma once

#include "host/kernel/class.h"
#include "shared/bytes.h"
#include "shared/must.h"

enum {
	REPORT_TEXT_MAX = 64 * 1024, /* the text of one report */
	REPORT_OPEN_MAX = 8,	     /* reports of different callers at once */
	REPORT_TITLE_MAX = 160,
	REPORT_NAME_MAX = 128,
	REPORT_LINE_MAX = 512,
	REPORT_FINGERPRINT_LEN = 16,
};

struct report {
	uint64_t id;
	enum report_class class;
	enum report_severity severity;
	bool consequence; /* of an earlier report; not a problem of its own */
	bool corrupted;	  /* parts are missing or foreign: distrust details */
	bool truncated;	  /* text was cut at REPORT_TEXT_MAX */
	bool panicked;	  /* the kernel stopped because of it */

	char title[REPORT_TITLE_MAX];
	char function[REPORT_NAME_MAX]; /* "" when unknown */
	char fingerprint[REPORT_FINGERPRINT_LEN + 1];
	char header[REPORT_LINE_MAX]; /* the line that says what it is */
	char source[REPORT_NAME_MAX]; /* "fs/x.c:123" of BUG() and WARN() */

	/* Numbers of the stream's lines, from 1: first and last of the report,
	 * and the one of header. */
	uint64_t line_begin, line_end, line_header;
	uint64_t sequence; /* header's kmsg sequence; 0 if not known */
	uint64_t time_us;  /* header's, of the kernel's clock */
	bool has_time;
	uint32_t age_s; /* the problem began that long before (hangs) */

	int cpu;     /* -1: unknown */
	int64_t pid; /* -1: unknown */
	char comm[24];
	char taint[96];	  /* "G        W", "Not tainted"; "" unknown */
	char kernel[128]; /* "6.12.0-rc1+ #2", the running one */
	char caller[24];  /* "T123", "C0"; "" unknown */

	struct bytes text; /* lines without prefixes, each with its LF */
};

/* What is known at a report's first line. */
struct report_begin {
	uint64_t id;
	enum report_class class;
	enum report_severity severity;
	bool consequence;
	uint64_t line; /* number in the stream */
	struct bytes header;
};

/* Where a line comes from, when that is known exactly (/dev/kmsg). */
struct report_record {
	uint64_t sequence;
	uint64_t time_us;
	unsigned int facility; /* 0 is the kernel; others are ignored */
	unsigned int level;
	struct bytes caller; /* may be empty */
};

struct report_sink {
	void *context;
	/* Also called again for a report whose header was no death when a
	 * panic follows within it: same id, class panic. May be NULL. */
	void (*on_begin)(void *context, const struct report_begin *begin);
	void (*on_report)(void *context, const struct report *report);
};

struct report_scanner;

must_check int report_scanner_create(struct report_sink sink,
				     struct report_scanner **ret_scanner);
void report_scanner_destroy(struct report_scanner *scanner);

/* As new, for another stream to the same sink. What is open is forgotten: call
 * report_scanner_flush() before. */
void report_scanner_reset(struct report_scanner *scanner);

/* One line of a console, a log file, or `dmesg`, prefixes and all. */
void report_scanner_line(struct report_scanner *scanner, struct bytes line);
/* One record of /dev/kmsg; text may hold several lines. */
void report_scanner_record(struct report_scanner *scanner, struct bytes text,
			   const struct report_record *record);
/* The source has ended or will be silent: finish what is open. */
void report_scanner_flush(struct report_scanner *scanner);

/* Bytes of a stream, in any pieces. Equal to cutting it into lines and giving
 * each to report_scanner_line(), but skips what can't be of interest at the
 * speed of memory. Don't mix with report_scanner_line(). The end of the
 * stream is told by report_scanner_flush(). */
void report_scanner_push(struct report_scanner *scanner, struct bytes bytes);

/* Is a report begun and not yet told? */
bool report_scanner_is_open(const struct report_scanner *scanner);
/* Lines seen so far. */
uint64_t report_scanner_lines(const struct report_scanner *scanner);
