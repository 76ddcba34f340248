/* SPDX-License-Identifier: GPL-2.0-or-later */
/* catalog - the tests of a tree: its directories, their groups and files.
 *
 * In memory only: fstests.c fills it from disk. The rules are those of
 * fstests' check (get_group_list, get_all_tests; v2022 to v2026), so that what
 * is selected here is what check would run.
 */
#pragma once

#include "host/plan/grouplist.h"
#include "host/plan/names.h"

struct catalog_dir {
	char *name;
	struct group_list groups; /* of its group.list, stale lines too */
	struct names files;	  /* files with a test's name, sorted */
};

/* {0} is an empty catalog. */
struct catalog {
	struct catalog_dir *dirs; /* sorted by name */
	size_t count;
	/* Directories searched for a group with every filesystem: check's
	 * SRC_GROUPS, "generic" and until 2024 "shared". */
	struct names sources;
};

void catalog_deinit(struct catalog *catalog);
/* Takes the contents of files, also on failure. */
must_check int catalog_add(struct catalog *catalog, const char *name,
			   struct bytes group_list, struct names *files);
const struct catalog_dir *catalog_find(const struct catalog *catalog,
				       const char *name);

/* Appends the members of a group that ret_tests does not have yet, in the
 * order of group.list: "quick" in the sources and in the filesystem's own
 * directory (ext2 and ext3: ext4's), "xfs/quick" in that directory alone.
 * Returns how many the group has; 0: unknown or empty. */
must_check int catalog_group(const struct catalog *catalog, const char *fstype,
			     const char *group, struct names *ret_tests);
/* Appends every test that is there as a file, in a group or not: check's
 * "-g all". */
must_check int catalog_all(const struct catalog *catalog, const char *fstype,
			   struct names *ret_tests);
/* Whether the test "generic/001" is there as a file. */
bool catalog_has_file(const struct catalog *catalog, const char *test);
/* Whether tests in this directory are for the filesystem of its name, rather
 * than for any (generic, shared, perf, selftest). */
bool catalog_is_fstype(const char *directory);
