/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree - a small fstests tree in a temporary directory, for tests. */
#include "tests/unit/plan/tree.h"
#include "shared/beneath.h"
#include "shared/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *test;
	const char *groups;
} tests[] = {
	{"generic/001", "quick auto"},
	{"generic/002", "auto rw"},
	{"generic/003", "quick rw"},
	{"generic/010-named", "auto"},
	{"shared/001", "quick auto"},
	{"btrfs/001", "quick auto raid"},
	{"btrfs/002", "auto"},
	{"xfs/001", "quick auto"},
	{"ext4/001", "auto # no journal"},
};

static const char *const built[] = {"ltp/fsstress", "ltp/fsx", "src/af_unix",
				    "src/feature", "src/lstat64"};

void tree_write(const struct tree *tree, const char *path, const char *text)
{
	char directory[256];
	fd_auto int fd = -1;
	char *slash;

	snprintf(directory, sizeof(directory), "%s", path);
	slash = strrchr(directory, '/');
	if (slash) {
		*slash = '\0';
		must(!beneath_mkdirs(tree->fd, directory));
	}
	fd = fd_openat(tree->fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	must(fd >= 0);
	must(!fd_write_all(fd, text, strlen(text)));
}

void tree_unlink(const struct tree *tree, const char *path)
{
	must(!beneath_unlink(tree->fd, path));
}

void tree_set_sources(const struct tree *tree, const char *sources)
{
	char text[256];

	snprintf(text, sizeof(text), "#!/bin/bash\nSRC_GROUPS=\"%s\"\n",
		 sources);
	tree_write(tree, "check", text);
}

static void make_tests(const struct tree *tree)
{
	char lists[512] = "";
	char path[128];
	char text[256];

	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		const char *test = tests[i].test;
		size_t len = strcspn(test, "/");
		const char *next = i + 1 < sizeof(tests) / sizeof(*tests)
					   ? tests[i + 1].test
					   : "";

		snprintf(path, sizeof(path), "tests/%s", test);
		snprintf(text, sizeof(text), "#!/bin/bash\n_begin_fstest %s\n",
			 tests[i].groups);
		tree_write(tree, path, text);
		snprintf(path, sizeof(path), "tests/%s.out", test);
		tree_write(tree, path, "QA output\n");
		snprintf(lists + strlen(lists), sizeof(lists) - strlen(lists),
			 "%s %s\n", test + len + 1, tests[i].groups);
		if (!strncmp(test, next, len + 1))
			continue;
		snprintf(path, sizeof(path), "tests/%.*s/group.list", (int)len,
			 test);
		tree_write(tree, path, lists);
		lists[0] = '\0';
	}
}

void tree_make(struct tree *tree)
{
	strcpy(tree->path, "/tmp/fstvm-tree-XXXXXX");
	must(mkdtemp(tree->path));
	tree->fd = fd_open(tree->path, O_RDONLY | O_DIRECTORY, 0);
	must(tree->fd >= 0);
	tree_set_sources(tree, "generic");
	for (size_t i = 0; i < sizeof(built) / sizeof(*built); i++)
		tree_write(tree, built[i], "#!/bin/sh\n");
	make_tests(tree);
	tree_write(tree, "tests/Makefile", "");
}

void tree_remove(struct tree *tree)
{
	static const char *const top[] = {"check", "ltp",	 "src", "tests",
					  ".git",  "suite-name", "more"};

	for (size_t i = 0; i < sizeof(top) / sizeof(*top); i++)
		must(!beneath_remove_tree(tree->fd, top[i]));
	fd_close(&tree->fd);
	must(!rmdir(tree->path));
}
