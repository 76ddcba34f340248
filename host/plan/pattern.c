/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pattern - one test as named on the command line. */
#include "host/plan/pattern.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool pattern_is_glob(const char *pattern)
{
	return pattern[strcspn(pattern, "*?[")] != '\0';
}

static int add_line(const struct catalog_dir *dir,
		    const struct group_line *line, struct names *ret_tests)
{
	return names_add_test(ret_tests, dir->name, line->text, line->name_len,
			      false);
}

static int add_matches(const struct catalog_dir *dir, const char *glob,
		       struct names *ret_tests)
{
	for (size_t i = 0; i < dir->groups.count; i++) {
		const struct group_line *line = &dir->groups.lines[i];
		char test[1024];
		int rc;

		snprintf(test, sizeof(test), "%s/%.*s", dir->name,
			 (int)line->name_len, line->text);
		if (fnmatch(glob, test, FNM_PATHNAME | FNM_PERIOD))
			continue;
		rc = add_line(dir, line, ret_tests);
		if (rc)
			return rc;
	}
	return 0;
}

static int expand_glob(const struct catalog *catalog, const char *glob,
		       struct names *ret_tests, struct complaint *complaint)
{
	struct names found = {0};
	int rc = 0;

	for (size_t i = 0; !rc && i < catalog->count; i++)
		rc = add_matches(&catalog->dirs[i], glob, &found);
	names_sort(&found);
	for (size_t i = 0; !rc && i < found.count; i++)
		rc = names_add(ret_tests, found.list[i]);
	if (!rc && !found.count)
		rc = complaint_set(complaint, -ENOENT,
				   "no test matches %s; fstvm list shows the "
				   "tests of a group",
				   glob);
	names_deinit(&found);
	return rc;
}

/* "001-010": two numbers of three or more digits. */
static bool parse_range(const char *name, unsigned long *ret_first,
			unsigned long *ret_last)
{
	size_t left = strspn(name, "0123456789");
	const char *second = name + left + 1;

	if (left < 3 || left > 9 || name[left] != '-')
		return false;
	if (strspn(second, "0123456789") != strlen(second) ||
	    strlen(second) < 3 || strlen(second) > 9)
		return false;
	*ret_first = strtoul(name, NULL, 10);
	*ret_last = strtoul(second, NULL, 10);
	return true;
}

static int expand_range(const struct catalog_dir *dir, const char *range,
			struct names *ret_tests, struct complaint *complaint)
{
	unsigned long first = 0;
	unsigned long last = 0;
	bool found = false;
	int rc = 0;

	if (!parse_range(range, &first, &last))
		return complaint_set(complaint, -ENOENT,
				     "unknown test %s/%s: it is not in "
				     "tests/%s/group.list",
				     dir->name, range, dir->name);
	for (size_t i = 0; !rc && i < dir->groups.count; i++) {
		const struct group_line *line = &dir->groups.lines[i];
		unsigned long number = strtoul(line->text, NULL, 10);

		if (number < first || number > last)
			continue;
		rc = add_line(dir, line, ret_tests);
		found = true;
	}
	if (!rc && !found)
		rc = complaint_set(complaint, -ENOENT,
				   "no test in the range %s/%s: ranges are "
				   "first-last, as in generic/001-010",
				   dir->name, range);
	return rc;
}

int pattern_expand(const struct catalog *catalog, const char *pattern,
		   struct names *ret_tests, struct complaint *complaint)
{
	const char *test = pattern;
	const struct catalog_dir *dir;
	const struct group_line *line;
	const char *slash;
	char name[256];

	if (!strncmp(test, "tests/", 6))
		test += 6;
	slash = strchr(test, '/');
	if (!slash || slash == test || !slash[1])
		return complaint_set(complaint, -ENOENT,
				     "unknown test %s: tests are named with "
				     "their directory, as in generic/001",
				     pattern);
	if (pattern_is_glob(test))
		return expand_glob(catalog, test, ret_tests, complaint);
	snprintf(name, sizeof(name), "%.*s", (int)(slash - test), test);
	dir = catalog_find(catalog, name);
	if (!dir)
		return complaint_set(complaint, -ENOENT,
				     "unknown test %s: there is no directory "
				     "%s below tests/",
				     pattern, name);
	line = group_list_find(&dir->groups, slash + 1);
	if (!line)
		line = group_list_resolve(&dir->groups, slash + 1);
	if (line)
		return add_line(dir, line, ret_tests);
	return expand_range(dir, slash + 1, ret_tests, complaint);
}
