/* SPDX-License-Identifier: GPL-2.0-or-later */
/* globset - is a name in a list of hundreds of patterns?
 *
 * "x" is a name, "x*" a beginning, "*x*" a part of one; stars may stand
 * anywhere. Names and beginnings, nearly all, are kept in the order of their
 * bytes without those that a shorter beginning covers: then only the last one
 * that is not greater than a name can be its beginning. The few others are
 * tried in turn.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct globset_entry {
	const char *text;
	size_t length; /* without the star; a name's NUL counts */
};

/* In the caller's storage: entries has room for count of them. */
struct globset {
	const char *const *list; /* the patterns */
	struct globset_entry *entries;
	size_t count;  /* of list */
	size_t sorted; /* of entries: the first ones, by their bytes */
	size_t others; /* and behind them */
	bool ready;
};

/* For a list that must outlive it; made ready at the first question. */
#define GLOBSET(LIST, ENTRIES)                             \
	{                                                  \
		.list = (LIST), .entries = (ENTRIES),      \
		.count = sizeof(LIST) / sizeof((LIST)[0]), \
	}

bool globset_has(struct globset *set, const char *name);
