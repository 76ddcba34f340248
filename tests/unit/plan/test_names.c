/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_names - the growing list of strings. */
#include "host/plan/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <string.h>

static void test_split_drops_empty_pieces(void **state)
{
	struct names names = {0};

	(void)state;
	assert_int_equal(names_split(&names, ",a,,b c,", ", "), 0);
	assert_int_equal(names.count, 3);
	assert_string_equal(names.list[0], "a");
	assert_string_equal(names.list[1], "b");
	assert_string_equal(names.list[2], "c");
	assert_int_equal(names_split(&names, "", ","), 0);
	assert_int_equal(names_split(&names, ",,", ","), 0);
	assert_int_equal(names.count, 3);
	names_deinit(&names);
	assert_int_equal(names.count, 0);
}

static void test_sort_is_bytewise(void **state)
{
	struct names names = {0};

	(void)state;
	assert_int_equal(names_split(&names, "b é a B a 10 9", " "), 0);
	assert_true(names_have(&names, "B"));
	assert_false(names_have(&names, "C"));
	names_sort(&names);
	names_unique(&names);
	assert_int_equal(names.count, 6);
	assert_string_equal(names.list[0], "10");
	assert_string_equal(names.list[1], "9");
	assert_string_equal(names.list[2], "B");
	assert_string_equal(names.list[3], "a");
	assert_string_equal(names.list[5], "é");
	assert_true(names_have_sorted(&names, "a"));
	assert_false(names_have_sorted(&names, "aa"));
	names_deinit(&names);
}

static void test_subtract_removes_every_copy(void **state)
{
	struct names names = {0};
	struct names other = {0};

	(void)state;
	assert_int_equal(names_split(&names, "a b a c", " "), 0);
	assert_int_equal(names_split(&other, "a x", " "), 0);
	names_subtract(&names, &other);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.list[0], "b");
	assert_string_equal(names.list[1], "c");
	names_deinit(&names);
	names_deinit(&other);
	assert_false(names_have_sorted(&names, "b"));
}

static void test_tests_are_added_once_where_asked(void **state)
{
	struct names names = {0};

	(void)state;
	assert_int_equal(names_add_test(&names, "xfs", "001 a", 3, true), 0);
	assert_int_equal(names_add_test(&names, "xfs", "001", 3, true), 0);
	assert_int_equal(names.count, 1);
	assert_int_equal(names_add_test(&names, "xfs", "001", 3, false), 0);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.list[1], "xfs/001");
	names_deinit(&names);
}

static void test_grows(void **state)
{
	struct names names = {0};

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(names_add_part(&names, "abc", 2), 0);
	assert_int_equal(names.count, 100);
	assert_string_equal(names.list[99], "ab");
	names_deinit(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split_drops_empty_pieces),
		cmocka_unit_test(test_sort_is_bytewise),
		cmocka_unit_test(test_subtract_removes_every_copy),
		cmocka_unit_test(test_tests_are_added_once_where_asked),
		cmocka_unit_test(test_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
