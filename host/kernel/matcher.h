/* SPDX-License-Identifier: GPL-2.0-or-later */
/* matcher - finds any of many fixed strings in a text, faster than a regex.
 *
 * Wu and Manber's algorithm with blocks of two bytes: a window of
 * MATCHER_WINDOW bytes moves over the text by up to MATCHER_WINDOW - 1 bytes
 * a step; each string takes part with the part of it that is rarest in a
 * log. Two thirds of the bytes of a quiet log are never looked at.
 */
#pragma once

#include "shared/bytes.h"

enum {
	MATCHER_WINDOW = 5, /* the shortest string that can be looked for */
	MATCHER_STRINGS_MAX = 512,
};

struct matcher;

/* texts is NULL-terminated, at most MATCHER_STRINGS_MAX strings, each of at
 * least MATCHER_WINDOW bytes, and must outlive the matcher. NULL when there
 * is no memory. */
struct matcher *matcher_create(const char *const *texts);
void matcher_destroy(struct matcher *matcher);

/* A match: texts[which] stands at offset. */
struct match {
	size_t offset;
	size_t which;
};

/* Where to go on; zero it before the first call on a text. */
struct match_cursor {
	size_t window;
	uint16_t next;
};

/* The next match after cursor, in the order of the windows (not strictly of
 * the offsets). False when there is none. */
bool matcher_next(const struct matcher *matcher, struct bytes text,
		  struct match_cursor *cursor, struct match *ret_match);

/* The offset of some match that no other's window ends before; text.len when
 * there is none. Faster than matcher_next(). */
size_t matcher_find(const struct matcher *matcher, struct bytes text);
