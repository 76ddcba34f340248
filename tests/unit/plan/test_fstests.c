/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fstests - a tree of tests on disk. */
#include "host/plan/fstests.h"
#include "tests/unit/plan/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int set_up(void **state)
{
	static struct tree tree;

	tree_make(&tree);
	*state = &tree;
	return 0;
}

static int tear_down(void **state)
{
	tree_remove(*state);
	return 0;
}

static void refuse(const char *path, const char *format)
{
	struct complaint complaint = {0};
	struct fstests fstests;
	char wanted[256];

	assert_true(fstests_open(path, &fstests, &complaint) < 0);
	snprintf(wanted, sizeof(wanted), "%s%s", format, path);
	if (strstr(format, "at "))
		assert_non_null(strstr(complaint.text, wanted));
	else
		assert_non_null(strstr(complaint.text, format));
}

static void test_a_built_tree(void **state)
{
	struct tree *tree = *state;
	struct complaint complaint = {0};
	struct fstests fstests;

	assert_int_equal(fstests_open(tree->path, &fstests, &complaint), 0);
	assert_string_equal(fstests.path, tree->path);
	assert_string_equal(fstests.name, "fstests");
	assert_string_equal(fstests.version, "");
	assert_false(fstests.bundled);
	assert_int_equal(fstests.catalog.count, 5);
	assert_int_equal(fstests.catalog.sources.count, 1);
	assert_true(catalog_has_file(&fstests.catalog, "generic/010-named"));
	assert_false(catalog_has_file(&fstests.catalog, "generic/010"));
	assert_false(catalog_has_file(&fstests.catalog, "generic/001.out"));
	assert_false(catalog_has_file(&fstests.catalog, "generic"));
	fstests_close(&fstests);
}

static void test_sources_come_from_check(void **state)
{
	struct tree *tree = *state;
	struct complaint complaint = {0};
	struct fstests fstests;

	tree_set_sources(tree, "generic shared");
	assert_int_equal(fstests_open(tree->path, &fstests, &complaint), 0);
	assert_int_equal(fstests.catalog.sources.count, 2);
	assert_string_equal(fstests.catalog.sources.list[1], "shared");
	fstests_close(&fstests);
	tree_write(tree, "check", "#!/bin/sh\n");
	assert_int_equal(fstests_open(tree->path, &fstests, &complaint), 0);
	assert_int_equal(fstests.catalog.sources.count, 1);
	assert_string_equal(fstests.catalog.sources.list[0], "generic");
	fstests_close(&fstests);
}

static void test_what_is_not_there(void **state)
{
	struct tree *tree = *state;
	char path[128];

	snprintf(path, sizeof(path), "%s/none", tree->path);
	refuse(path, "fstests not found at ");
	snprintf(path, sizeof(path), "%s/check", tree->path);
	refuse(path, "fstests not found at ");
	snprintf(path, sizeof(path), "%s/tests", tree->path);
	refuse(path, "fstests not found at ");
	tree_unlink(tree, "check");
	refuse(tree->path, "it has no \"check\"");
}

static void test_the_message_for_a_missing_path_is_exact(void **state)
{
	struct complaint complaint = {0};
	struct fstests fstests;

	(void)state;
	assert_int_equal(fstests_open("/no/such", &fstests, &complaint),
			 -ENOENT);
	assert_string_equal(complaint.text, "fstests not found at /no/such");
}

static void test_what_is_not_built_is_named(void **state)
{
	struct tree *tree = *state;

	tree_unlink(tree, "ltp/fsx");
	refuse(tree->path, "missing: ltp/fsx; run \"make\"");
	tree_unlink(tree, "src/lstat64");
	tree_write(tree, "src/lstat64/dir", "");
	refuse(tree->path, "missing: ltp/fsx, src/lstat64; run");
	tree_unlink(tree, "src/lstat64/dir");
	refuse(tree->path, "is not built");
}

static void test_a_tree_without_tests(void **state)
{
	struct tree *tree = *state;

	tree_write(tree, "more/check", "#!/bin/sh\n");
	tree_write(tree, "more/suite-name", "smoke\n");
	{
		char path[128];

		snprintf(path, sizeof(path), "%s/more", tree->path);
		refuse(path, "no readable directory tests");
	}
}

static void test_a_suite_of_ours_needs_nothing_built(void **state)
{
	struct tree *tree = *state;
	struct complaint complaint = {0};
	struct fstests fstests;

	tree_write(tree, "suite-name", "smoke\n");
	tree_unlink(tree, "ltp/fsx");
	assert_int_equal(fstests_open(tree->path, &fstests, &complaint), 0);
	assert_string_equal(fstests.name, "smoke");
	assert_true(fstests.bundled);
	fstests_close(&fstests);
	tree_write(tree, "suite-name", "");
	refuse(tree->path, "suite-name is not one word");
	tree_write(tree, "suite-name", "../x");
	refuse(tree->path, "suite-name is not one word");
}

static void test_the_length_of_a_suite_name(void **state)
{
	char name[] = "a123456789a123456789a123456789a123456789a123456789"
		      "a123456789abcd";
	struct tree *tree = *state;
	struct complaint complaint = {0};
	struct fstests fstests;

	assert_int_equal(strlen(name), sizeof(fstests.name));
	tree_write(tree, "suite-name", name);
	refuse(tree->path, "suite-name is not one word");
	name[sizeof(fstests.name) - 1] = '\0';
	tree_write(tree, "suite-name", name);
	assert_int_equal(fstests_open(tree->path, &fstests, &complaint), 0);
	assert_string_equal(fstests.name, name);
	fstests_close(&fstests);
}

static void test_group_list_is_computed_when_missing(void **state)
{
	static const char wanted[] =
		"# QA groups control file, automatically generated.\n"
		"# See _begin_fstest in each test for details.\n\n"
		"001 quick auto\n002 auto rw\n003 quick rw\n"
		"010-named auto\n1001 auto # late\n";
	struct tree *tree = *state;
	struct complaint complaint = {0};
	struct fstests fstests;
	const struct catalog_dir *dir;

	tree_unlink(tree, "tests/generic/group.list");
	tree_write(tree, "tests/xfs/group.list", "");
	tree_write(tree, "tests/generic/1001",
		   "#!/bin/bash\nx\n_begin_fstest auto # late\n"
		   "_begin_fstest more\n");
	tree_write(tree, "tests/generic/010-twice", "_begin_fstest rw\n");
	tree_write(tree, "tests/generic/500", " _begin_fstest rw\n");
	tree_write(tree, "tests/generic/501", "");
	assert_int_equal(fstests_open(tree->path, &fstests, &complaint), 0);
	dir = catalog_find(&fstests.catalog, "generic");
	assert_non_null(dir);
	assert_string_equal(dir->groups.text, wanted);
	dir = catalog_find(&fstests.catalog, "xfs");
	assert_int_equal(dir->groups.count, 1);
	fstests_close(&fstests);
}

static void test_a_group_list_that_is_no_file(void **state)
{
	struct tree *tree = *state;

	tree_unlink(tree, "tests/xfs/group.list");
	tree_write(tree, "tests/xfs/group.list/x", "");
	refuse(tree->path, "can't read the tests of");
}

static void version(const struct tree *tree, const char *wanted)
{
	struct complaint complaint = {0};
	struct fstests fstests;

	assert_int_equal(fstests_open(tree->path, &fstests, &complaint), 0);
	assert_string_equal(fstests.version, wanted);
	fstests_close(&fstests);
}

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C "cccccccccccccccccccccccccccccccccccccccc"

static void test_version(void **state)
{
	struct tree *tree = *state;

	tree_write(tree, ".git/HEAD", HASH_A "\n");
	version(tree, "aaaaaaaaaaaa");
	tree_write(tree, ".git/packed-refs",
		   "# pack-refs with: peeled\n" HASH_B
		   " refs/heads/master\n" HASH_C " refs/tags/v1\n^" HASH_A
		   "\n" HASH_B " refs/tags/v2\n");
	version(tree, "v1 (aaaaaaaaaaaa)");
	tree_write(tree, ".git/HEAD", "ref: refs/heads/master\n");
	version(tree, "v2 (bbbbbbbbbbbb)");
	tree_write(tree, ".git/refs/heads/master", HASH_C "\n");
	version(tree, "v1 (cccccccccccc)");
}

static void test_version_that_is_not_known(void **state)
{
	struct tree *tree = *state;

	tree_write(tree, ".git/HEAD", "ref: refs/heads/none\n");
	version(tree, "");
	tree_write(tree, ".git/HEAD", "ref: refs/../../check\n");
	version(tree, "");
	tree_write(tree, ".git/HEAD", "ref: check\n");
	version(tree, "");
	tree_write(tree, ".git/HEAD", "");
	version(tree, "");
	tree_write(tree, ".git/HEAD", "nonsense");
	version(tree, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TREE_TEST(test_a_built_tree),
		TREE_TEST(test_sources_come_from_check),
		TREE_TEST(test_what_is_not_there),
		cmocka_unit_test(test_the_message_for_a_missing_path_is_exact),
		TREE_TEST(test_what_is_not_built_is_named),
		TREE_TEST(test_a_tree_without_tests),
		TREE_TEST(test_a_suite_of_ours_needs_nothing_built),
		TREE_TEST(test_the_length_of_a_suite_name),
		TREE_TEST(test_group_list_is_computed_when_missing),
		TREE_TEST(test_a_group_list_that_is_no_file),
		TREE_TEST(test_version),
		TREE_TEST(test_version_that_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
