/* SPDX-License-Identifier: GPL-2.0-or-later */
/* citation - undoing what mails do to a log's lines. */
#include "host/kernel/citation.h"

#include "host/kernel/chars.h"

#include <string.h>

enum {
	ADDRESS_DIGITS_MIN = 8,
};

/* ">ffff888012345678: fa fb": a line of a dump that KASAN marked itself. */
static bool is_marked_dump(struct bytes line)
{
	size_t i = 1;

	while (is_digit(at(line, i)) ||
	       (at(line, i) >= 'a' && at(line, i) <= 'f'))
		i++;
	return i > ADDRESS_DIGITS_MIN && at(line, i) == ':';
}

size_t citation_indent(struct bytes line)
{
	size_t n = 0;

	while (at(line, n) == ' ' || at(line, n) == '\t')
		n++;
	return n;
}

void citation_skip_indent(struct bytes *line, size_t limit)
{
	size_t n = citation_indent(*line);

	bytes_take(line, n < limit ? n : limit);
}

void citation_skip_quotes(struct bytes *line)
{
	struct bytes rest = *line;

	citation_skip_indent(&rest, rest.len);
	while ((at(rest, 0) == '>' && !is_marked_dump(rest)) ||
	       at(rest, 0) == '|') {
		bytes_take(&rest, at(rest, 1) == ' ' ? 2 : 1);
		*line = rest;
	}
}

/* The offset of the first U+00A0, or line.len. */
static size_t hard_blank_at(struct bytes line)
{
	static const uint8_t hard[] = {0xc2, 0xa0};
	const uint8_t *found =
		line.len > 0 ? memmem(line.data, line.len, hard, sizeof(hard))
			     : NULL;

	return found ? (size_t)(found - line.data) : line.len;
}

bool citation_has_hard_blank(struct bytes line)
{
	return hard_blank_at(line) < line.len;
}

size_t citation_soften(struct bytes line, uint8_t *room, size_t cap)
{
	size_t used = 0;

	while (line.len > 0 && used < cap) {
		struct bytes piece = bytes_take(&line, hard_blank_at(line));

		if (piece.len > cap - used)
			piece.len = cap - used;
		if (piece.len > 0)
			memcpy(room + used, piece.data, piece.len);
		used += piece.len;
		if (bytes_take(&line, 2).len > 0 && used < cap)
			room[used++] = ' ';
	}
	return used;
}
