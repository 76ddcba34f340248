/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lines - cuts a stream of bytes into lines, in constant memory. */
#include "shared/lines.h"

#include <string.h>

void lines_init(struct lines *lines)
{
	lines->used = 0;
	lines->dropped = 0;
	lines->dropped_cr = false;
}

static void lines_append(struct lines *lines, struct bytes piece)
{
	struct bytes kept =
		bytes_take(&piece, sizeof(lines->buffer) - lines->used);

	if (kept.len) {
		memcpy(lines->buffer + lines->used, kept.data, kept.len);
		lines->used += kept.len;
	}
	if (piece.len) {
		lines->dropped += piece.len;
		lines->dropped_cr = piece.data[piece.len - 1] == '\r';
	}
}

static void lines_deliver(struct lines *lines, bool at_lf, lines_sink *sink,
			  void *context)
{
	size_t len = lines->used;
	uint64_t dropped = lines->dropped;

	if (at_lf && dropped && lines->dropped_cr)
		dropped--;
	else if (at_lf && !dropped && len && lines->buffer[len - 1] == '\r')
		len--;
	sink(context, bytes_of(lines->buffer, len), dropped);
	lines_init(lines);
}

void lines_push(struct lines *lines, struct bytes input, lines_sink *sink,
		void *context)
{
	while (input.len) {
		const uint8_t *lf = memchr(input.data, '\n', input.len);
		size_t len = lf ? (size_t)(lf - input.data) : input.len;

		lines_append(lines, bytes_take(&input, len));
		if (!lf)
			break;
		lines_deliver(lines, true, sink, context);
		(void)bytes_take(&input, 1);
	}
}

void lines_finish(struct lines *lines, lines_sink *sink, void *context)
{
	if (lines->used || lines->dropped)
		lines_deliver(lines, false, sink, context);
}
