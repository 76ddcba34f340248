/* SPDX-License-Identifier: GPL-2.0-or-later */
/* catalog - the tests of a tree: its directories, their groups and files. */
#include "host/plan/catalog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void dir_deinit(struct catalog_dir *dir)
{
	free(dir->name);
	group_list_deinit(&dir->groups);
	names_deinit(&dir->files);
}

void catalog_deinit(struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->count; i++)
		dir_deinit(&catalog->dirs[i]);
	free(catalog->dirs);
	names_deinit(&catalog->sources);
	*catalog = (struct catalog){0};
}

static int compare_dirs(const void *a, const void *b)
{
	const struct catalog_dir *left = a;
	const struct catalog_dir *right = b;

	return strcmp(left->name, right->name);
}

int catalog_add(struct catalog *catalog, const char *name,
		struct bytes group_list, struct names *files)
{
	struct catalog_dir dir = {.files = *files};
	struct catalog_dir *dirs;
	int rc;

	*files = (struct names){0};
	names_sort(&dir.files);
	rc = group_list_parse(&dir.groups, group_list);
	dir.name = strdup(name);
	dirs = reallocarray(catalog->dirs, catalog->count + 1, sizeof(*dirs));
	if (dirs)
		catalog->dirs = dirs;
	if (rc || !dir.name || !dirs) {
		dir_deinit(&dir);
		return -ENOMEM;
	}
	dirs[catalog->count++] = dir;
	qsort(dirs, catalog->count, sizeof(*dirs), compare_dirs);
	return 0;
}

static const struct catalog_dir *find(const struct catalog *catalog,
				      const char *name, size_t len)
{
	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_dir *dir = &catalog->dirs[i];

		if (!strncmp(dir->name, name, len) && !dir->name[len])
			return dir;
	}
	return NULL;
}

const struct catalog_dir *catalog_find(const struct catalog *catalog,
				       const char *name)
{
	return find(catalog, name, strlen(name));
}

static int add_members(const struct catalog_dir *dir, const char *group,
		       struct names *ret_tests)
{
	int count = 0;

	for (size_t i = 0; dir && i < dir->groups.count; i++) {
		const struct group_line *line = &dir->groups.lines[i];
		int rc;

		if (!group_line_has(line, group))
			continue;
		rc = names_add_test(ret_tests, dir->name, line->text,
				    line->name_len, true);
		if (rc)
			return rc;
		count++;
	}
	return count;
}

int catalog_group(const struct catalog *catalog, const char *fstype,
		  const char *group, struct names *ret_tests)
{
	const char *slash = strrchr(group, '/');
	bool is_ext = !strcmp(fstype, "ext2") || !strcmp(fstype, "ext3");
	const char *own = is_ext ? "ext4" : fstype;
	int count = 0;
	int rc;

	if (slash) {
		size_t len = (size_t)(slash - group);

		return add_members(find(catalog, group, len), slash + 1,
				   ret_tests);
	}
	for (size_t i = 0; i < catalog->sources.count; i++) {
		const char *name = catalog->sources.list[i];

		rc = add_members(catalog_find(catalog, name), group, ret_tests);
		if (rc < 0)
			return rc;
		count += rc;
	}
	rc = add_members(catalog_find(catalog, own), group, ret_tests);
	return rc < 0 ? rc : count + rc;
}

static int add_files(const struct catalog_dir *dir, struct names *ret_tests)
{
	for (size_t i = 0; dir && i < dir->files.count; i++) {
		const char *file = dir->files.list[i];
		int rc = names_add_test(ret_tests, dir->name, file,
					strlen(file), true);

		if (rc)
			return rc;
	}
	return 0;
}

int catalog_all(const struct catalog *catalog, const char *fstype,
		struct names *ret_tests)
{
	for (size_t i = 0; i < catalog->sources.count; i++) {
		const char *name = catalog->sources.list[i];
		int rc = add_files(catalog_find(catalog, name), ret_tests);

		if (rc)
			return rc;
	}
	return add_files(catalog_find(catalog, fstype), ret_tests);
}

bool catalog_has_file(const struct catalog *catalog, const char *test)
{
	const char *slash = strchr(test, '/');
	const struct catalog_dir *dir;

	if (!slash)
		return false;
	dir = find(catalog, test, (size_t)(slash - test));
	return dir && names_have_sorted(&dir->files, slash + 1);
}

bool catalog_is_fstype(const char *directory)
{
	static const char *const shared[] = {"generic", "shared", "perf",
					     "selftest"};

	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		if (!strcmp(directory, shared[i]))
			return false;
	return true;
}
