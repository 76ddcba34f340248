/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_pattern - tests as named on the command line. */
#include "host/plan/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <errno.h>
#include <string.h>

static struct catalog catalog;

static void add(const char *name, const char *groups)
{
	struct names files = {0};

	assert_int_equal(
		catalog_add(&catalog, name, bytes_of_string(groups), &files),
		0);
}

static int set_up(void **state)
{
	(void)state;
	add("xfs", "001 a\n010 a\n");
	add("generic", "010 a\n002 a\n001 a\n020-name a\n1001 a\n");
	add("btrfs", "001 a\n");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	catalog_deinit(&catalog);
	return 0;
}

/* wanted: the tests separated by blanks, in order. */
static void expand(const char *pattern, const char *wanted)
{
	struct names expected = {0};
	struct names tests = {0};
	struct complaint complaint = {0};

	assert_int_equal(pattern_expand(&catalog, pattern, &tests, &complaint),
			 0);
	assert_int_equal(names_split(&expected, wanted, " "), 0);
	assert_int_equal(tests.count, expected.count);
	for (size_t i = 0; i < tests.count; i++)
		assert_string_equal(tests.list[i], expected.list[i]);
	names_deinit(&expected);
	names_deinit(&tests);
}

static void refuse(const char *pattern, const char *what)
{
	struct names tests = {0};
	struct complaint complaint = {0};

	assert_int_equal(pattern_expand(&catalog, pattern, &tests, &complaint),
			 -ENOENT);
	assert_non_null(strstr(complaint.text, what));
	assert_int_equal(tests.count, 0);
	names_deinit(&tests);
}

static void test_names(void **state)
{
	(void)state;
	expand("generic/001", "generic/001");
	expand("tests/generic/001", "generic/001");
	expand("generic/020-name", "generic/020-name");
	expand("generic/020", "generic/020-name");
}

static void test_globs_are_in_byte_order(void **state)
{
	(void)state;
	expand("generic/0?0", "generic/010");
	expand("generic/*", "generic/001 generic/002 generic/010 "
			    "generic/020-name generic/1001");
	expand("*fs/001", "btrfs/001 xfs/001");
	expand("tests/[gx]*/010", "generic/010 xfs/010");
	expand("*/00[!1]", "generic/002");
}

static void test_ranges(void **state)
{
	(void)state;
	expand("generic/001-010", "generic/010 generic/002 generic/001");
	expand("generic/002-002", "generic/002");
	expand("generic/003-9999", "generic/010 generic/020-name generic/1001");
	refuse("generic/003-009", "no test in the range generic/003-009");
	refuse("generic/010-001", "no test in the range");
}

static void test_what_is_unknown(void **state)
{
	(void)state;
	refuse("generic/999", "unknown test generic/999");
	refuse("generic/01", "unknown test generic/01");
	refuse("generic/001.out", "unknown test");
	refuse("generic/1-2", "unknown test");
	refuse("generic/001-", "unknown test");
	refuse("generic/001-2", "unknown test");
	refuse("generic/001/002", "unknown test");
	refuse("generic//001", "unknown test");
	refuse("nofs/001", "no directory nofs");
	refuse("001", "with their directory");
	refuse("generic/", "with their directory");
	refuse("generic", "with their directory");
	refuse("/001", "with their directory");
	refuse("tests/", "with their directory");
	refuse("generic/9*", "no test matches generic/9*");
	refuse("*", "with their directory");
	refuse("generic/[", "no test matches");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_globs_are_in_byte_order),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_what_is_unknown),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
