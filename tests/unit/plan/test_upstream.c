/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_upstream - an upstream fstests tree, given by FSTVM_TEST_FSTESTS. */
/* The tree must be built: what make made is what we compare with. */
#include "host/plan/groupscan.h"
#include "host/plan/plan.h"
#include "shared/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fstests fstests;

static int set_up(void **state)
{
	const char *path = getenv("FSTVM_TEST_FSTESTS");
	struct complaint complaint = {0};

	(void)state;
	if (!path || !fstests_open(path, &fstests, &complaint))
		return 0;
	print_error("%s\n", complaint.text);
	return -1;
}

static int tear_down(void **state)
{
	(void)state;
	fstests_close(&fstests);
	return 0;
}

static void need_tree(void)
{
	if (fstests.path)
		return;
	print_message("FSTVM_TEST_FSTESTS names no fstests tree\n");
	skip();
}

static void test_computed_groups_are_those_that_make_makes(void **state)
{
	(void)state;
	need_tree();
	for (size_t i = 0; i < fstests.catalog.count; i++) {
		const struct catalog_dir *dir = &fstests.catalog.dirs[i];
		struct textfile made;
		fd_auto int fd = -1;
		char path[4096];

		snprintf(path, sizeof(path), "%s/tests/%s", fstests.path,
			 dir->name);
		fd = fd_open(path, O_RDONLY | O_DIRECTORY, 0);
		assert_true(fd >= 0);
		assert_int_equal(groupscan_read(fd, &dir->files, &made), 0);
		assert_string_equal(made.text, dir->groups.text);
		textfile_deinit(&made);
	}
}

static size_t count(const char *fstype, const char *line)
{
	struct selection selection;
	struct names words = {0};
	struct complaint complaint = {0};
	struct plan plan;
	size_t tests;

	assert_int_equal(names_split(&words, line, " "), 0);
	assert_int_equal(selection_parse((int)words.count, words.list,
					 &selection, &complaint),
			 0);
	assert_int_equal(
		plan_build(&selection, &fstests, fstype, 0, &plan, &complaint),
		0);
	tests = plan.count;
	plan_deinit(&plan);
	selection_deinit(&selection);
	names_deinit(&words);
	return tests;
}

/* What check -n prints for v2026.01.05. */
static void test_counts_of_a_known_release(void **state)
{
	static const struct {
		const char *fstype;
		size_t quick, automatic, all, safe;
	} known[] = {{"ext4", 672, 832, 858, 827},
		     {"btrfs", 913, 1117, 1127, 1107},
		     {"xfs", 992, 1247, 1570, 1245}};

	(void)state;
	need_tree();
	if (strcmp(fstests.version, "v2026.01.05 (63a29724a85f)")) {
		print_message("not v2026.01.05\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const char *fstype = known[i].fstype;

		assert_int_equal(count(fstype, ""), known[i].quick);
		assert_int_equal(count(fstype, "-g auto"), known[i].automatic);
		assert_int_equal(count(fstype, "-g all"), known[i].all);
		assert_int_equal(count(fstype, "-g auto -x dangerous"),
				 known[i].safe);
	}
}

static void test_selection_adds_up(void **state)
{
	size_t whole;

	(void)state;
	need_tree();
	whole = count("xfs", "-g auto");
	assert_true(whole > 100);
	assert_int_equal(count("xfs", "-g auto -i 2"), 2 * whole);
	assert_int_equal(count("ext4", "generic/001-010"), 10);
	assert_int_equal(count("ext4", "generic/00? generic/010"), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_computed_groups_are_those_that_make_makes),
		cmocka_unit_test(test_counts_of_a_known_release),
		cmocka_unit_test(test_selection_adds_up),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
