/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_expunge - the rule by which an entry excludes a test. */
#include "host/plan/expunge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <string.h>

static void test_words(void **state)
{
	struct names entries = {0};

	(void)state;
	assert_int_equal(expunge_add_words(&entries, "xfs/001,xfs/002 xfs/3"),
			 0);
	assert_true(expunge_has(&entries, "xfs/001"));
	assert_true(expunge_has(&entries, "xfs/002"));
	assert_false(expunge_has(&entries, "xfs/003"));
	assert_false(expunge_has(&entries, ""));
	names_deinit(&entries);
}

static void test_an_entry_begins_with_the_test_as_a_word(void **state)
{
	struct names entries = {0};

	(void)state;
	assert_int_equal(names_add(&entries, "generic/001  # slow"), 0);
	assert_int_equal(names_add(&entries, "generic/0022"), 0);
	assert_int_equal(names_add(&entries, "generic/003-name"), 0);
	assert_int_equal(names_add(&entries, "generic/004_x"), 0);
	assert_int_equal(names_add(&entries, " generic/005"), 0);
	assert_true(expunge_has(&entries, "generic/001"));
	assert_false(expunge_has(&entries, "generic/002"));
	assert_true(expunge_has(&entries, "generic/003"));
	assert_true(expunge_has(&entries, "generic/003-name"));
	assert_false(expunge_has(&entries, "generic/004"));
	assert_false(expunge_has(&entries, "generic/005"));
	/* \b after a dash: a word has to follow. */
	assert_true(expunge_has(&entries, "generic/003-"));
	assert_false(expunge_has(&entries, "generic/001-"));
	names_deinit(&entries);
}

static void test_lines(void **state)
{
	static const char text[] = "# all\ngeneric/001 # why\n\r\n"
				   "#generic/002\n generic/003\ngeneric/004";
	struct names entries = {0};

	(void)state;
	assert_int_equal(expunge_add_lines(&entries, bytes_of_string(text)), 0);
	assert_true(expunge_has(&entries, "generic/001"));
	assert_false(expunge_has(&entries, "generic/002"));
	assert_false(expunge_has(&entries, "generic/003"));
	assert_true(expunge_has(&entries, "generic/004"));
	assert_int_equal(expunge_add_lines(&entries, bytes_of_string("")), 0);
	names_deinit(&entries);
}

static void test_lines_of_a_directory_are_words(void **state)
{
	struct names entries = {0};

	(void)state;
	assert_int_equal(
		expunge_add_directory(&entries, "xfs",
				      bytes_of_string(" 001\t002 # 003\n004")),
		0);
	assert_true(expunge_has(&entries, "xfs/001"));
	assert_true(expunge_has(&entries, "xfs/002"));
	assert_false(expunge_has(&entries, "xfs/003"));
	assert_true(expunge_has(&entries, "xfs/004"));
	assert_false(expunge_has(&entries, "generic/001"));
	names_deinit(&entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_an_entry_begins_with_the_test_as_a_word),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_lines_of_a_directory_are_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
