/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names - a growing list of strings that it owns: tests, groups, words.
 *
 * {0} is an empty list. Adding may fail with -ENOMEM and leaves the list as it
 * was; nothing else can fail. Order is that of adding until names_sort().
 */
#pragma once

#include "shared/must.h"

#include <stdbool.h>
#include <stddef.h>

struct names {
	char **list;
	size_t count;
	size_t room;
};

void names_deinit(struct names *names);
must_check int names_add(struct names *names, const char *name);
/* The len bytes at name, up to the first NUL. */
must_check int names_add_part(struct names *names, const char *name,
			      size_t len);
/* The non-empty pieces of text between any of the separators. */
must_check int names_split(struct names *names, const char *text,
			   const char *separators);
/* Adds "directory/name", unless unique is set and the list has it. */
must_check int names_add_test(struct names *names, const char *directory,
			      const char *name, size_t len, bool unique);
bool names_have(const struct names *names, const char *name);
/* As names_have(), for a list in the order of names_sort(). */
bool names_have_sorted(const struct names *names, const char *name);
/* Removes all of the list that other has. */
void names_subtract(struct names *names, const struct names *other);
/* By bytes, as LC_ALL=C sort does. */
void names_sort(struct names *names);
/* Of equal neighbours only the first stays. */
void names_unique(struct names *names);
