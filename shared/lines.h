/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lines - cuts a stream of bytes into lines, in constant memory.
 *
 * A line ends at LF; one CR before it is removed. NUL bytes are kept. A line
 * of more than LIMIT_CONSOLE_LINE bytes is delivered cut, once, with its
 * dropped count, and the rest of it is skipped.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/limits.h"

#include <stdbool.h>

struct lines {
	uint8_t buffer[LIMIT_CONSOLE_LINE];
	size_t used;
	uint64_t dropped; /* bytes of the present line that did not fit */
	bool dropped_cr;  /* the last of them was a CR */
};

/* line is valid during the call. dropped: bytes cut off its end. */
typedef void lines_sink(void *context, struct bytes line, uint64_t dropped);

void lines_init(struct lines *lines);
void lines_push(struct lines *lines, struct bytes input, lines_sink *sink,
		void *context);
/* Delivers an unfinished last line, if there is one. */
void lines_finish(struct lines *lines, lines_sink *sink, void *context);
