/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names - a growing list of strings that it owns. */
#include "host/plan/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void names_deinit(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct names){0};
}

/* Takes name, which may be NULL after a failed allocation. */
static int names_take(struct names *names, char *name)
{
	if (name && names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 16;
		char **list = reallocarray(names->list, room, sizeof(*list));

		if (list) {
			names->list = list;
			names->room = room;
		}
	}
	if (!name || names->count == names->room) {
		free(name);
		return -ENOMEM;
	}
	names->list[names->count++] = name;
	return 0;
}

int names_add(struct names *names, const char *name)
{
	return names_take(names, strdup(name));
}

int names_add_part(struct names *names, const char *name, size_t len)
{
	return names_take(names, strndup(name, len));
}

int names_split(struct names *names, const char *text, const char *separators)
{
	for (;;) {
		size_t len;
		int rc;

		text += strspn(text, separators);
		len = strcspn(text, separators);
		if (!len)
			return 0;
		rc = names_add_part(names, text, len);
		if (rc)
			return rc;
		text += len;
	}
}

int names_add_test(struct names *names, const char *directory, const char *name,
		   size_t len, bool unique)
{
	char *test;

	if (asprintf(&test, "%s/%.*s", directory, (int)len, name) < 0)
		return -ENOMEM;
	if (unique && names_have(names, test)) {
		free(test);
		return 0;
	}
	return names_take(names, test);
}

bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->list[i], name))
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	const char *const *left = a;
	const char *const *right = b;

	return strcmp(*left, *right);
}

bool names_have_sorted(const struct names *names, const char *name)
{
	return names->count && bsearch(&name, names->list, names->count,
				       sizeof(*names->list), compare);
}

void names_subtract(struct names *names, const struct names *other)
{
	size_t kept = 0;

	for (size_t i = 0; i < names->count; i++) {
		if (names_have(other, names->list[i]))
			free(names->list[i]);
		else
			names->list[kept++] = names->list[i];
	}
	names->count = kept;
}

void names_sort(struct names *names)
{
	if (names->count)
		qsort(names->list, names->count, sizeof(*names->list), compare);
}

void names_unique(struct names *names)
{
	size_t kept = 0;

	for (size_t i = 0; i < names->count; i++) {
		if (kept && !strcmp(names->list[kept - 1], names->list[i]))
			free(names->list[i]);
		else
			names->list[kept++] = names->list[i];
	}
	names->count = kept;
}
