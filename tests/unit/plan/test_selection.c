/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_selection - what stands after "--". */
#include "host/plan/selection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Words of line, separated by blanks; '_' is an empty word. */
static int parse(const char *line, struct selection *selection,
		 struct complaint *complaint)
{
	struct names words = {0};
	int rc;

	assert_int_equal(names_split(&words, line, " "), 0);
	for (size_t i = 0; i < words.count; i++)
		if (!strcmp(words.list[i], "_"))
			words.list[i][0] = '\0';
	*complaint = (struct complaint){0};
	rc = selection_parse((int)words.count, words.list, selection,
			     complaint);
	names_deinit(&words);
	return rc;
}

static void accept(const char *line, struct selection *selection)
{
	struct complaint complaint;

	assert_int_equal(parse(line, selection, &complaint), 0);
	assert_string_equal(complaint.text, "");
}

static void refuse(const char *line, const char *what)
{
	struct selection selection;
	struct complaint complaint;

	assert_int_equal(parse(line, &selection, &complaint), -EINVAL);
	assert_non_null(strstr(complaint.text, what));
}

static void test_defaults(void **state)
{
	struct selection selection;

	(void)state;
	accept("", &selection);
	assert_int_equal(selection.groups.count, 1);
	assert_string_equal(selection.groups.list[0], "quick");
	assert_int_equal(selection.iterations, 1);
	assert_int_equal(selection.loop_failures, 0);
	selection_deinit(&selection);
	accept("-x dangerous", &selection);
	assert_string_equal(selection.groups.list[0], "auto");
	selection_deinit(&selection);
	accept("generic/001", &selection);
	assert_int_equal(selection.groups.count, 0);
	selection_deinit(&selection);
}

static void test_lists(void **state)
{
	struct selection selection;

	(void)state;
	accept("-g a,b -g c -x d -x e,f -e xfs/1,xfs/2 -e xfs/3 -E l1 -E l,2 "
	       "-X list xfs/001",
	       &selection);
	assert_int_equal(selection.groups.count, 3);
	assert_string_equal(selection.groups.list[2], "c");
	assert_int_equal(selection.left_out.count, 3);
	assert_int_equal(selection.excluded.count, 3);
	assert_int_equal(selection.exclude_files.count, 2);
	assert_string_equal(selection.exclude_files.list[1], "l,2");
	assert_string_equal(selection.exclude_list, "list");
	assert_int_equal(selection.tests.count, 1);
	selection_deinit(&selection);
}

static void test_options_may_follow_tests(void **state)
{
	struct selection selection;

	(void)state;
	accept("xfs/001 -g quick xfs/002 --exact-order -n", &selection);
	assert_int_equal(selection.tests.count, 2);
	assert_int_equal(selection.groups.count, 1);
	assert_true(selection.exact_order);
	assert_true(selection.show_only);
	assert_false(selection.random_order);
	selection_deinit(&selection);
}

static void test_one_word_may_hold_several_tests(void **state)
{
	char word[] = " xfs/001 xfs/002\txfs/003\n";
	char *argv[] = {word};
	struct selection selection;
	struct complaint complaint = {0};

	(void)state;
	assert_int_equal(selection_parse(1, argv, &selection, &complaint), 0);
	assert_int_equal(selection.tests.count, 3);
	selection_deinit(&selection);
}

static void test_numbers(void **state)
{
	struct selection selection;

	(void)state;
	accept("-i 1 -L 0", &selection);
	selection_deinit(&selection);
	accept("-i 10000 -L 10000 -r", &selection);
	assert_int_equal(selection.iterations, 10000);
	assert_int_equal(selection.loop_failures, 10000);
	assert_true(selection.random_order);
	selection_deinit(&selection);
	refuse("-i 0", "-i wants a number");
	refuse("-i 10001", "-i wants a number");
	refuse("-i 99999999999999999999", "-i wants a number");
	refuse("-i -1", "-i wants a number");
	refuse("-i 3x", "-i wants a number");
	refuse("-L 10001", "-L wants a number");
	refuse("-L x", "-L wants a number");
}

static void test_mistakes(void **state)
{
	(void)state;
	refuse("-g", "-g needs a value");
	refuse("xfs/001 -E", "-E needs a value");
	refuse("-g _", "-g needs a value");
	refuse("-g ,", "-g is given without a name");
	refuse("-e ,", "-e is given without a name");
	refuse("_", "empty argument");
	refuse("-r --exact-order", "exclude each other");
	refuse("--exact-order -r", "exclude each other");
	refuse("-X a -X b", "-X is given twice");
	refuse("-gquick", "unknown option -gquick");
	refuse("--", "unknown option --");
	refuse("-", "unknown option -");
	refuse("--fstype xfs", "before \"--\"");
}

static void test_options_of_check_name_our_way(void **state)
{
	static const char *const foreign[] = {
		"-d",	      "-R xunit", "-s a",   "-S a",	 "-b",
		"-T",	      "-udiff",	  "-l",	    "-I 3",	 "--large-fs",
		"-nfs",	      "-overlay", "-tmpfs", "-9p",	 "-cifs",
		"-afs",	      "-fuse",	  "-pvfs2", "-virtiofs", "-ubifs",
		"-glusterfs", "-h",	  "-?",	    "--help"};

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		refuse(foreign[i], "can't take check's option");
	refuse("-s xfs_4k", "--mkfs-options");
	refuse("-R xunit", "fstvm report");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_options_may_follow_tests),
		cmocka_unit_test(test_one_word_may_hold_several_tests),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_options_of_check_name_our_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
