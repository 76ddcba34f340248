/* SPDX-License-Identifier: GPL-2.0-or-later */
/* escape - text of unknown origin made safe for a terminal or a log line.
 *
 * Well-formed UTF-8: Unicode 15, table 3-7.
 */
#include "shared/escape.h"

#include <string.h>

enum { ESCAPE_SIZE = 4 }; /* of "\xNN" */

struct escape_lead {
	uint8_t first, last;		 /* of the lead byte */
	uint8_t second_low, second_high; /* range of the byte after it */
	uint8_t len;
};

static const struct escape_lead escape_leads[] = {
	{0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2},
	{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
	{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
	{0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* Length of the character at the start of text; 0 when it is malformed. */
static size_t escape_character(struct bytes text)
{
	const struct escape_lead *lead = escape_leads;
	const struct escape_lead *end =
		lead + sizeof(escape_leads) / sizeof(escape_leads[0]);

	while (lead < end &&
	       (text.data[0] < lead->first || text.data[0] > lead->last))
		lead++;
	if (lead == end || text.len < lead->len)
		return 0;
	if (lead->len > 1 && (text.data[1] < lead->second_low ||
			      text.data[1] > lead->second_high))
		return 0;
	for (size_t i = 2; i < lead->len; i++) {
		if ((text.data[i] & 0xc0) != 0x80)
			return 0;
	}
	return lead->len;
}

/* C1 controls, and what turns the order of text round or breaks its line:
 * U+200B-U+200F, U+2028-U+202E, U+2060-U+206F, U+FEFF. */
static bool escape_is_trick(const uint8_t *at, size_t len)
{
	if (len == 2)
		return at[0] == 0xc2 && at[1] < 0xa0;
	if (len != 3)
		return false;
	if (at[0] == 0xe2 && at[1] == 0x80)
		return (at[2] >= 0x8b && at[2] <= 0x8f) ||
		       (at[2] >= 0xa8 && at[2] <= 0xae);
	if (at[0] == 0xe2 && at[1] == 0x81)
		return at[2] >= 0xa0 && at[2] <= 0xaf;
	return at[0] == 0xef && at[1] == 0xbb && at[2] == 0xbf;
}

static bool escape_passes(const uint8_t *at, size_t len, bool keep_newlines)
{
	if (len == 1)
		return (at[0] >= 0x20 && at[0] != 0x7f) ||
		       (keep_newlines && (at[0] == '\n' || at[0] == '\t'));
	return len > 1 && !escape_is_trick(at, len);
}

static void escape_byte(char *to, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";

	to[0] = '\\';
	to[1] = 'x';
	to[2] = digits[byte >> 4];
	to[3] = digits[byte & 15];
}

size_t escape_text(char *to, size_t cap, struct bytes text, bool keep_newlines)
{
	size_t used = 0;

	if (cap == 0)
		return 0;
	while (text.len) {
		size_t len = escape_character(text);
		struct bytes taken = bytes_take(&text, len ? len : 1);
		bool passes = escape_passes(taken.data, len, keep_newlines);
		size_t need = passes ? taken.len : taken.len * ESCAPE_SIZE;

		if (need > cap - 1 - used)
			break;
		if (passes)
			memcpy(to + used, taken.data, taken.len);
		for (size_t i = 0; !passes && i < taken.len; i++)
			escape_byte(to + used + i * ESCAPE_SIZE, taken.data[i]);
		used += need;
	}
	to[used] = '\0';
	return used;
}

size_t escape_utf8_prefix(struct bytes text)
{
	size_t total = text.len;

	while (text.len) {
		size_t len = escape_character(text);

		if (!len)
			break;
		(void)bytes_take(&text, len);
	}
	return total - text.len;
}
