/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chars - bytes and words of a line, whatever the locale; inline, for they are
 * asked of every line of a log. */
#pragma once

#include "shared/bytes.h"

#include <string.h>

/* Nobody's host, tag or date is longer. */
enum { WORD_MAX = 160 };

static inline bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_alpha(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_hex(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The byte at i; 0 behind the end. */
static inline uint8_t at(struct bytes b, size_t i)
{
	return i < b.len ? b.data[i] : 0;
}

static inline bool starts(struct bytes b, const char *text)
{
	size_t n = strlen(text);

	return b.len >= n && memcmp(b.data, text, n) == 0;
}

/* Where text begins in b, or NULL: memmem() may not be given the NULL of
 * nothing. */
static inline const uint8_t *find_text(struct bytes b, const char *text)
{
	return b.len > 0 ? memmem(b.data, b.len, text, strlen(text)) : NULL;
}

static inline bool contains(struct bytes b, const char *text)
{
	return find_text(b, text) != NULL;
}

/* The length of a word without spaces at b's start, or 0. */
static inline size_t word_length(struct bytes b)
{
	size_t i = 0;

	while (i < WORD_MAX && at(b, i) > ' ')
		i++;
	return at(b, i) == ' ' ? i : 0;
}
