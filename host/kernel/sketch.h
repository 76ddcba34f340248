/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sketch - a cheap no to "does this line hold that text?"
 *
 * One of 64 bits for each pair of bytes that stand side by side, letters in
 * either case. Where a bit of the text is not the line's, the text is not in
 * it; a line of a log has about half of the bits, a text of ten bytes nine.
 */
#pragma once

#include "shared/bytes.h"

static inline uint64_t sketch_of(struct bytes text)
{
	uint64_t sketch = 0;

	for (size_t i = 1; i < text.len; i++) {
		unsigned int a = text.data[i - 1] | 0x20u;
		unsigned int b = text.data[i] | 0x20u;

		sketch |= UINT64_C(1) << ((a * 37 + b * 11) >> 2 & 63);
	}
	return sketch;
}

static inline bool sketch_may_hold(uint64_t line, uint64_t text)
{
	return (text & ~line) == 0;
}
