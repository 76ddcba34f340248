/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scanner - which line opens, continues and ends which report: the inside of
 * report.h. */
#pragma once

#include "host/kernel/fsdevice.h"
#include "host/kernel/recent.h"
#include "shared/limits.h"

enum {
	/* Once the kernel has said so much with time stamps, what has none is
	 * not the kernel's. */
	TIMED_LINES = 3,
	/* A stream's first lines, and those behind a kernel's start, are all
	 * looked at, to learn whether they have time stamps. */
	LEARN_LINES = 100,
};

/* The record that the last line was of: dmesg and journalctl print what it
 * has behind a newline below its text, without a stamp. */
struct last_record {
	uint64_t line; /* number of its last line */
	struct line_prefix prefix;
	char caller[DRAFT_CALLER_MAX];
};

struct report_scanner {
	struct report_sink sink;
	struct pattern_set *patterns;
	/* From here to drafts: the stream's state. */
	uint64_t lines;
	uint64_t next_id;
	uint64_t timed;	      /* lines with a time stamp, of those looked at */
	uint64_t boot_line;   /* number of the last line of a kernel's start */
	uint64_t learn_until; /* lines up to this are all looked at */
	uint64_t newest_us;
	uint64_t sequence; /* of the present record */
	uint64_t reported; /* problems so far, without consequences */
	bool died;	   /* a fatal report was seen */
	bool panicked;	   /* and the kernel stopped */
	bool restarts;	   /* the kernel said that it was told to */
	uint64_t died_us;
	char kernel[128];
	size_t open_count;
	struct last_record last;
	size_t indent; /* of a log without time stamps that is cited */
	struct recent recent;
	struct fsdevice fsdevice;
	size_t tail_len; /* report_scanner_push(): an unfinished line */
	uint8_t tail[LIMIT_CONSOLE_LINE];
	uint8_t softened[LIMIT_CONSOLE_LINE]; /* the present line */
	struct draft drafts[REPORT_OPEN_MAX];
};

/* A line that is the kernel's, for all that is known. row: pattern_find()'s. */
void scanner_take(struct report_scanner *scanner,
		  const struct line_prefix *line, const struct pattern *row);
/* Could a line without a time stamp be the kernel's? */
bool scanner_may_be_untimed(const struct report_scanner *scanner);
/* A line without a time stamp in a log that has them: only a kernel that was
 * started anew would print it. */
void scanner_take_early(struct report_scanner *scanner,
			const struct line_prefix *line,
			const struct pattern *row);
/* The kernel gives time stamps: what had none was not its. */
void scanner_forget_untold(struct report_scanner *scanner);
void scanner_close_all(struct report_scanner *scanner);
