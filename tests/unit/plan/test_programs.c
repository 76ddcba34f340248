/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_programs - which programs of the host are missing. */
#include "host/plan/programs.h"
#include "tests/unit/plan/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <errno.h>
#include <string.h>

static void test_what_is_missing_is_named_with_its_package(void **state)
{
	struct complaint complaint = {0};

	(void)state;
	assert_int_equal(programs_check("nosuchfs", true, NULL, &complaint),
			 -ENOENT);
	assert_non_null(strstr(complaint.text, "mkfs.nosuchfs"));
	assert_null(strstr(complaint.text, "xfs_io"));
}

static void test_the_path_is_searched(void **state)
{
	struct complaint complaint = {0};
	struct names missing = {0};
	struct tree tree;
	char path[160];

	(void)state;
	tree_make(&tree);
	tree_write(&tree, "more/mkfs.nosuchfs", "#!/bin/sh\n");
	tree_write(&tree, "src/bash", "");
	tree_write(&tree, "src/mount", "");
	tree_write(&tree, "src/umount", "");
	stpcpy(stpcpy(stpcpy(stpcpy(path, tree.path), "/more::"), tree.path),
	       "/src");
	assert_int_equal(programs_check("nosuchfs", true, path, &complaint), 0);
	assert_string_equal(complaint.text, "");
	/* A directory is no program. */
	tree_unlink(&tree, "more/mkfs.nosuchfs");
	tree_write(&tree, "more/mkfs.nosuchfs/x", "");
	assert_int_equal(
		programs_find_missing("nosuchfs", true, path, &missing), 0);
	assert_int_equal(missing.count, 1);
	assert_string_equal(missing.list[0], "mkfs.nosuchfs");
	names_deinit(&missing);
	tree_remove(&tree);
}

static void test_upstream_needs_more(void **state)
{
	struct names bundled = {0};
	struct names upstream = {0};
	struct names xfs = {0};

	(void)state;
	assert_int_equal(
		programs_find_missing("nosuchfs", true, "/none", &bundled), 0);
	assert_int_equal(
		programs_find_missing("nosuchfs", false, "/none", &upstream),
		0);
	assert_int_equal(programs_find_missing("xfs", false, "/none", &xfs), 0);
	assert_true(names_have(&bundled, "bash (package bash)"));
	assert_false(names_have(&bundled, "perl (package perl)"));
	assert_true(names_have(&upstream, "perl (package perl)"));
	assert_true(names_have(&upstream, "xfs_io (package xfsprogs)"));
	assert_false(names_have(&upstream, "xfs_db (package xfsprogs)"));
	assert_true(names_have(&xfs, "xfs_db (package xfsprogs)"));
	assert_true(names_have(&xfs, "mkfs.xfs (package xfsprogs)"));
	names_deinit(&bundled);
	names_deinit(&upstream);
	names_deinit(&xfs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_what_is_missing_is_named_with_its_package),
		cmocka_unit_test(test_the_path_is_searched),
		cmocka_unit_test(test_upstream_needs_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
