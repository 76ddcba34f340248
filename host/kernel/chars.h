/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chars - single bytes of a line, whatever the locale; inline, for they are
 * asked of every line of a log. */
#pragma once

#include "shared/bytes.h"

static inline bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_alpha(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The byte at i; 0 behind the end. */
static inline uint8_t at(struct bytes b, size_t i)
{
	return i < b.len ? b.data[i] : 0;
}
