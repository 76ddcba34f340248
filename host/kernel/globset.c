/* SPDX-License-Identifier: GPL-2.0-or-later */
/* globset - looking a name up in a list of patterns. */
#include "host/kernel/globset.h"

#include <stdlib.h>
#include <string.h>

static bool glob(const char *pattern, const char *name)
{
	while (*pattern) {
		if (*pattern == '*') {
			pattern++;
			if (!*pattern)
				return true;
			for (; *name; name++) {
				if (*name == *pattern && glob(pattern, name))
					return true;
			}
			return false;
		}
		if (*pattern++ != *name++)
			return false;
	}
	return *name == '\0';
}

static int compare(const void *a, const void *b)
{
	const struct globset_entry *x = a, *y = b;
	size_t n = x->length < y->length ? x->length : y->length;
	int order = memcmp(x->text, y->text, n);

	if (order == 0)
		order = (x->length > y->length) - (x->length < y->length);
	return order;
}

static bool covers(const struct globset_entry *short_one,
		   const struct globset_entry *long_one)
{
	return short_one->length <= long_one->length &&
	       memcmp(short_one->text, long_one->text, short_one->length) == 0;
}

/* A beginning stands right before what it covers. */
static void drop_covered(struct globset *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->sorted; i++) {
		if (kept == 0 ||
		    !covers(&set->entries[kept - 1], &set->entries[i]))
			set->entries[kept++] = set->entries[i];
	}
	set->sorted = kept;
}

static void make_ready(struct globset *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const char *text = set->list[i];
		const char *star = strchr(text, '*');
		size_t length = star ? (size_t)(star - text) : strlen(text) + 1;

		if (!star || (length > 0 && star[1] == '\0'))
			set->entries[set->sorted++] =
				(struct globset_entry){text, length};
	}
	qsort(set->entries, set->sorted, sizeof(set->entries[0]), compare);
	drop_covered(set);
	for (size_t i = 0; i < set->count; i++) {
		const char *star = strchr(set->list[i], '*');

		if (star && (star == set->list[i] || star[1] != '\0'))
			set->entries[set->sorted + set->others++] =
				(struct globset_entry){set->list[i], 0};
	}
	set->ready = true;
}

/* Does the entry come after name? Its NUL ends the comparison in time. */
static bool is_after(const struct globset_entry *entry, const char *name)
{
	return strncmp(entry->text, name, entry->length) > 0;
}

static bool has_sorted(const struct globset *set, const char *name)
{
	size_t low = 0, high = set->sorted;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (is_after(&set->entries[middle], name))
			high = middle;
		else
			low = middle + 1;
	}
	return low > 0 && strncmp(set->entries[low - 1].text, name,
				  set->entries[low - 1].length) == 0;
}

bool globset_has(struct globset *set, const char *name)
{
	if (!set->ready)
		make_ready(set);
	if (has_sorted(set, name))
		return true;
	for (size_t i = 0; i < set->others; i++) {
		const char *text = set->entries[set->sorted + i].text;

		if ((text[0] == name[0] || text[0] == '*') && glob(text, name))
			return true;
	}
	return false;
}
