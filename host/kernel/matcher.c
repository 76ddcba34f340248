/* SPDX-License-Identifier: GPL-2.0-or-later */
/* matcher - Wu-Manber search for many strings. */
#include "host/kernel/matcher.h"

#include "shared/must.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAIRS = 65536,
	NO_STRING = 0, /* links hold index + 1 */
};

struct matcher_string {
	const char *text;
	uint16_t length;
	uint16_t window_end; /* offset in text of the window's last byte */
	uint16_t next;	     /* of the same last pair: index + 1, or 0 */
};

struct matcher {
	/* By the pair of bytes at the window's end: how far the window may
	 * move; 0 when a string's window can end here. */
	uint8_t shift[PAIRS];
	uint16_t first[PAIRS];
	struct matcher_string strings[MATCHER_STRINGS_MAX];
};

static size_t pair_at(const uint8_t *end)
{
	return (size_t)end[-1] | (size_t)end[0] << 8;
}

/* How often a byte is in a log, roughly: rare bytes make rare windows. */
static unsigned int commonness(uint8_t c)
{
	if (c == ' ')
		return 4;
	if (strchr("etaoinsrl", c))
		return 4;
	if (c >= 'a' && c <= 'z')
		return 3;
	if (c >= '0' && c <= '9')
		return 3;
	return 1;
}

/* The end of the rarest window of text. */
static size_t rarest_window(const char *text, size_t length)
{
	unsigned int best = 0;
	size_t best_end = 0;

	for (size_t end = MATCHER_WINDOW - 1; end < length; end++) {
		unsigned int sum = 0;

		for (size_t i = end + 1 - MATCHER_WINDOW; i <= end; i++)
			sum += commonness((uint8_t)text[i]);
		/* The last pair decides how often the text is compared. */
		sum += commonness((uint8_t)text[end]) +
		       commonness((uint8_t)text[end - 1]);
		if (best == 0 || sum < best) {
			best = sum;
			best_end = end;
		}
	}
	return best_end;
}

static void add_string(struct matcher *matcher, size_t index, const char *text)
{
	struct matcher_string *string = &matcher->strings[index];
	const uint8_t *end;
	size_t length = strlen(text);

	must(length >= MATCHER_WINDOW && length <= UINT16_MAX);
	string->text = text;
	string->length = (uint16_t)length;
	string->window_end = (uint16_t)rarest_window(text, length);
	end = (const uint8_t *)text + string->window_end;
	for (uint8_t back = 0; back < MATCHER_WINDOW - 1; back++) {
		uint8_t *shift = &matcher->shift[pair_at(end - back)];

		if (*shift > back)
			*shift = back;
	}
	string->next = matcher->first[pair_at(end)];
	matcher->first[pair_at(end)] = (uint16_t)(index + 1);
}

struct matcher *matcher_create(const char *const *texts)
{
	struct matcher *matcher = calloc(1, sizeof(*matcher));

	if (!matcher)
		return NULL;
	memset(matcher->shift, MATCHER_WINDOW - 1, sizeof(matcher->shift));
	for (size_t i = 0; texts[i]; i++) {
		must(i < MATCHER_STRINGS_MAX);
		add_string(matcher, i, texts[i]);
	}
	return matcher;
}

void matcher_destroy(struct matcher *matcher)
{
	free(matcher);
}

static bool string_stands(const struct matcher_string *string,
			  struct bytes text, size_t window_end)
{
	size_t start = window_end - string->window_end;

	return window_end >= string->window_end &&
	       string->length <= text.len - start &&
	       memcmp(text.data + start, string->text, string->length) == 0;
}

/* The next position at or after end where some window may end. */
static size_t next_window(const struct matcher *matcher, struct bytes text,
			  size_t end)
{
	while (end < text.len) {
		uint8_t step = matcher->shift[pair_at(text.data + end)];

		if (step == 0)
			break;
		end += step;
	}
	return end;
}

bool matcher_next(const struct matcher *matcher, struct bytes text,
		  struct match_cursor *cursor, struct match *ret_match)
{
	size_t end = cursor->window;
	uint16_t link = cursor->next;

	if (end == 0)
		end = MATCHER_WINDOW - 1;
	for (;;) {
		if (link == NO_STRING) {
			end = next_window(matcher, text, end);
			if (end >= text.len)
				break;
			link = matcher->first[pair_at(text.data + end)];
		}
		while (link != NO_STRING) {
			const struct matcher_string *string =
				&matcher->strings[link - 1];
			size_t which = (size_t)link - 1;

			link = string->next;
			if (!string_stands(string, text, end))
				continue;
			cursor->window = link == NO_STRING ? end + 1 : end;
			cursor->next = link;
			ret_match->offset = end - string->window_end;
			ret_match->which = which;
			return true;
		}
		end++;
	}
	cursor->window = end;
	cursor->next = NO_STRING;
	return false;
}
