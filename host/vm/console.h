/* SPDX-License-Identifier: GPL-2.0-or-later */
/* console - what comes from the VM's raw console: file, lines, last words.
 *
 * The bytes go to the log file as they are, up to a cap; what is over it is
 * counted, and console_finish() says so at the file's end. Every line,
 * whether it was kept or not, goes to the sink, and the last CONSOLE_RING
 * lines are remembered, each cut to CONSOLE_RING_LINE bytes. All of it is the
 * guest's: to be escaped before it is shown.
 *
 * It must never stop reading: a guest whose console is not drained stalls. So
 * a file that can't be written (disk full) is told once and then counted.
 */
#pragma once

#include "shared/lines.h"
#include "shared/must.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	CONSOLE_RING = 200,
	CONSOLE_RING_LINE = 1024,
};

struct console_line {
	size_t len;
	uint8_t text[CONSOLE_RING_LINE];
};

/* 220 KiB: not for the stack. */
struct console {
	int fd; /* of the log file; the caller's */
	uint64_t cap_bytes;
	uint64_t written;
	uint64_t dropped; /* bytes not kept in the file */
	int error;	  /* the first of writing, or 0 */
	struct lines lines;
	lines_sink *sink;
	void *context;
	bool forgetful;	     /* lines are not remembered now */
	uint64_t line_count; /* of those remembered */
	struct console_line ring[CONSOLE_RING];
};

/* cap_bytes: LIMIT_CONSOLE_LOG_BYTES but in tests. sink may be NULL. */
void console_init(struct console *console, int fd, uint64_t cap_bytes,
		  lines_sink *sink, void *context);
/* While it is: what comes is on demand, and must not push out what came before
 * it. It goes to the file and the sink all the same. */
void console_set_forgetful(struct console *console, bool forgetful);
/* Returns a negative errno once, when the file fails; input was taken. */
must_check int console_push(struct console *console, struct bytes input);
/* The last line, when it is unfinished, and the note of what was dropped. */
must_check int console_finish(struct console *console);
/* How many of the last lines there are, and the i-th of them, oldest first. */
size_t console_last_count(const struct console *console);
struct bytes console_last(const struct console *console, size_t i);
