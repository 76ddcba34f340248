/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_plan - the ordered list of tests of a run. */
#include "host/plan/plan.h"
#include "shared/limits.h"
#include "tests/unit/plan/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tree tree;

static int set_up(void **state)
{
	(void)state;
	tree_make(&tree);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tree_remove(&tree);
	return 0;
}

static int build(const char *fstype, const char *line, uint64_t seed,
		 struct plan *plan, struct complaint *complaint)
{
	struct selection selection;
	struct names words = {0};
	struct fstests fstests;
	int rc;

	*complaint = (struct complaint){0};
	assert_int_equal(fstests_open(tree.path, &fstests, complaint), 0);
	assert_int_equal(names_split(&words, line, " "), 0);
	assert_int_equal(selection_parse((int)words.count, words.list,
					 &selection, complaint),
			 0);
	rc = plan_build(&selection, &fstests, fstype, seed, plan, complaint);
	selection_deinit(&selection);
	names_deinit(&words);
	fstests_close(&fstests);
	return rc;
}

/* The plan as a line; what is excluded in brackets. */
static void describe(const struct plan *plan, char *to)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_test *test = &plan->tests[i];

		to += sprintf(to, test->excluded ? "%s[%s]" : "%s%s",
			      i ? " " : "", test->name);
	}
}

static void expect(const char *fstype, const char *line, const char *wanted)
{
	struct complaint complaint;
	struct plan plan;
	char text[1024] = "";

	assert_int_equal(build(fstype, line, 0, &plan, &complaint), 0);
	describe(&plan, text);
	assert_string_equal(text, wanted);
	assert_string_equal(complaint.text, "");
	assert_int_equal(plan.warnings.count, 0);
	plan_deinit(&plan);
}

static void refuse(const char *line, const char *what)
{
	struct complaint complaint;
	struct plan plan;

	assert_true(build("ext4", line, 0, &plan, &complaint) < 0);
	assert_non_null(strstr(complaint.text, what));
}

static void test_groups(void **state)
{
	(void)state;
	expect("xfs", "", "generic/001 generic/003 xfs/001");
	expect("btrfs", "-g quick", "btrfs/001 generic/001 generic/003");
	expect("ext4", "-g rw,quick", "generic/001 generic/002 generic/003");
	expect("ext4", "-g xfs/quick", "xfs/001");
	expect("ext3", "-g auto",
	       "ext4/001 generic/001 generic/002 generic/010-named");
	expect("nofs", "-g rw", "generic/002 generic/003");
	expect("ext4", "-g rw -g btrfs/raid",
	       "btrfs/001 generic/002 generic/003");
}

static void test_shared_is_searched_where_check_does(void **state)
{
	(void)state;
	tree_set_sources(&tree, "generic shared");
	expect("xfs", "", "generic/001 generic/003 shared/001 xfs/001");
	expect("xfs", "-g all -x auto", "generic/003");
	tree_set_sources(&tree, "generic");
}

static void test_all(void **state)
{
	(void)state;
	tree_write(&tree, "tests/generic/099", "");
	expect("xfs", "-g all",
	       "generic/001 generic/002 generic/003 generic/010-named "
	       "generic/099 xfs/001");
	expect("ext3", "-g all -x auto", "generic/003 generic/099");
	tree_unlink(&tree, "tests/generic/099");
	refuse("-g all,quick", "group all");
	refuse("-g all generic/001", "group all");
}

static void test_left_out(void **state)
{
	(void)state;
	expect("xfs", "-x quick", "generic/002 generic/010-named");
	expect("xfs", "-x quick generic/001 generic/002", "generic/002");
	expect("btrfs", "-g auto -x generic/auto", "btrfs/001 btrfs/002");
	refuse("-g quick -x quick", "the selection is empty");
}

static void test_an_unknown_group_of_x_is_a_warning(void **state)
{
	struct complaint complaint;
	struct plan plan;

	(void)state;
	assert_int_equal(
		build("ext4", "-x none -x raid,rw", 0, &plan, &complaint), 0);
	assert_int_equal(plan.warnings.count, 2);
	assert_non_null(strstr(plan.warnings.list[0], "-x none"));
	assert_non_null(strstr(plan.warnings.list[1], "-x raid"));
	assert_int_equal(plan.count, 3);
	plan_deinit(&plan);
}

static void test_tests_and_order(void **state)
{
	(void)state;
	expect("ext4", "generic/010 generic/001 xfs/001 generic/001",
	       "generic/001 generic/010-named xfs/001");
	expect("ext4", "--exact-order generic/010 generic/001 generic/010",
	       "generic/010-named generic/001 generic/010-named");
	expect("ext4", "--exact-order -g rw -g quick generic/001",
	       "generic/001 generic/002 generic/003");
	expect("ext4", "--exact-order -x rw generic/002 generic/001",
	       "generic/001");
	expect("ext4", "generic/002-010 -x rw", "generic/010-named");
}

static void test_excluded_stay_in_the_plan(void **state)
{
	char line[256];

	(void)state;
	expect("ext4", "-e generic/001,xfs/001",
	       "ext4/001 [generic/001] generic/002 generic/010-named");
	tree_write(&tree, "more/list", "generic/002 # slow\n#generic/001\n");
	snprintf(line, sizeof(line), "-g rw -E %s/more/list -e generic/009",
		 tree.path);
	expect("ext4", line, "[generic/002] generic/003");
}

static void test_lists_of_the_tree(void **state)
{
	(void)state;
	tree_write(&tree, "tests/generic/slow", "003 # x\n");
	tree_write(&tree, "tests/xfs/slow", "001\n");
	tree_write(&tree, "tests/xfs/own", "001\n");
	expect("xfs", "-X slow -g quick",
	       "generic/001 [generic/003] [xfs/001]");
	expect("ext4", "-X slow -g quick xfs/001",
	       "generic/001 [generic/003] xfs/001");
	expect("xfs", "-X own -g quick", "generic/001 generic/003 [xfs/001]");
	refuse("-X own", "no exclude list own in tests/generic or tests/ext4");
	tree_write(&tree, "tests/generic/dir/x", "");
	refuse("-X dir", "can't read the exclude list");
}

static void test_what_can_not_be_planned(void **state)
{
	(void)state;
	refuse("-g none", "unknown or empty group none");
	refuse("-g raid", "unknown or empty group raid");
	refuse("-g nofs/quick", "unknown or empty group nofs/quick");
	refuse("generic/001 generic/404", "unknown test generic/404");
	refuse("-E /no/such/list", "/no/such/list of -E: No such file");
	refuse("-E /", "of -E: Is a directory");
	refuse("-X none", "no exclude list none");
	refuse("-e generic/001 generic/001", "all 1 selected tests");
}

static void test_a_listed_test_without_a_file(void **state)
{
	(void)state;
	tree_write(&tree, "tests/ext4/group.list", "001 auto\n002 more\n");
	refuse("ext4/002", "no such test");
	refuse("-g more", "ext4/002 is in its group.list");
	expect("ext4", "ext4/001", "ext4/001");
	tree_write(&tree, "tests/ext4/group.list", "001 auto\n");
}

static void test_long_names(void **state)
{
	char name[96] = "tests/ext4/";
	char list[128];

	(void)state;
	/* "ext4/" and this: LIMIT_NAME + 1 bytes, then one less. */
	memset(name + 11, '1', LIMIT_NAME + 1 - 5);
	tree_write(&tree, name, "");
	snprintf(list, sizeof(list), "%s long\n", name + 11);
	tree_write(&tree, "tests/ext4/group.list", list);
	refuse("-g long", "longer than 64 bytes");
	tree_unlink(&tree, name);
	name[strlen(name) - 1] = '\0';
	tree_write(&tree, name, "");
	snprintf(list, sizeof(list), "%s long\n", name + 11);
	tree_write(&tree, "tests/ext4/group.list", list);
	expect("ext4", "-g long", name + 6);
	tree_unlink(&tree, name);
	tree_write(&tree, "tests/ext4/group.list", "001 auto\n");
}

static void test_iterations(void **state)
{
	struct complaint complaint;
	struct plan plan;

	(void)state;
	assert_int_equal(build("ext4", "-g rw -i 3 -L 5 -e generic/003", 0,
			       &plan, &complaint),
			 0);
	assert_int_equal(plan.count, 6);
	assert_int_equal(plan.excluded, 3);
	assert_int_equal(plan.loop_failures, 5);
	assert_string_equal(plan.tests[4].name, "generic/002");
	assert_int_equal(plan.tests[4].iteration, 2);
	assert_true(plan.tests[5].excluded);
	assert_false(plan.shuffled);
	plan_deinit(&plan);
}

static void test_the_most_tests(void **state)
{
	struct complaint complaint;
	struct plan plan;

	(void)state;
	assert_int_equal(build("ext4", "-i 8191 -g auto", 0, &plan, &complaint),
			 0);
	assert_int_equal(plan.count, LIMIT_JOB_TESTS - 4);
	plan_deinit(&plan);
	assert_int_equal(build("ext4", "-i 8192 -g auto", 0, &plan, &complaint),
			 0);
	assert_int_equal(plan.count, LIMIT_JOB_TESTS);
	plan_deinit(&plan);
	refuse("-i 8193 -g auto", "lower -i");
}

static void test_random_order_comes_from_the_seed(void **state)
{
	struct complaint complaint;
	struct plan plans[3];
	char texts[3][1024] = {""};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(build("ext4", "-r -g auto -i 4", i / 2 + 7,
				       &plans[i], &complaint),
				 0);
		describe(&plans[i], texts[i]);
		assert_true(plans[i].shuffled);
		assert_int_equal(plans[i].seed, i / 2 + 7);
		/* Each iteration has every test once. */
		for (size_t j = 0; j < 16; j++)
			assert_int_equal(plans[i].tests[j].iteration, j / 4);
	}
	assert_string_equal(texts[0], texts[1]);
	assert_string_not_equal(texts[0], texts[2]);
	for (size_t i = 0; i < 4; i++) {
		struct names names = {0};

		for (size_t j = 0; j < 4; j++)
			assert_int_equal(
				names_add(&names,
					  plans[0].tests[4 * i + j].name),
				0);
		names_sort(&names);
		names_unique(&names);
		assert_int_equal(names.count, 4);
		names_deinit(&names);
	}
	for (size_t i = 0; i < 3; i++)
		plan_deinit(&plans[i]);
}

static void test_list(void **state)
{
	struct complaint complaint;
	struct plan plan;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_int_equal(build("ext4", "-g rw -i 2 -e generic/002", 0, &plan,
			       &complaint),
			 0);
	assert_int_equal(plan_list(&plan, out), 0);
	fclose(out);
	assert_string_equal(text, "generic/003\ngeneric/003\n");
	free(text);
	out = fopen("/dev/full", "w");
	assert_non_null(out);
	assert_int_equal(plan_list(&plan, out), -EIO);
	fclose(out);
	plan_deinit(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_shared_is_searched_where_check_does),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_an_unknown_group_of_x_is_a_warning),
		cmocka_unit_test(test_tests_and_order),
		cmocka_unit_test(test_excluded_stay_in_the_plan),
		cmocka_unit_test(test_lists_of_the_tree),
		cmocka_unit_test(test_what_can_not_be_planned),
		cmocka_unit_test(test_a_listed_test_without_a_file),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_iterations),
		cmocka_unit_test(test_the_most_tests),
		cmocka_unit_test(test_random_order_comes_from_the_seed),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
