/* SPDX-License-Identifier: GPL-2.0-or-later */
/* citation - undoing what mails do to a log's lines. */
#include "host/kernel/citation.h"

#include "host/kernel/chars.h"

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

void citation_skip_quotes(struct bytes *line)
{
	while (at(*line, 0) == '>' || at(*line, 0) == '|') {
		if (is_marked_dump(*line))
			return;
		bytes_take(line, at(*line, 1) == ' ' ? 2 : 1);
	}
}
