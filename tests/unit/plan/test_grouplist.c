/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_grouplist - the parser of group.list. */
#include "host/plan/grouplist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <string.h>

static void parse(struct group_list *list, const char *text)
{
	assert_int_equal(group_list_parse(list, bytes_of_string(text)), 0);
}

static size_t span(const char *text)
{
	return group_list_name_span(text, strlen(text));
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(span("001"), 3);
	assert_int_equal(span("001 auto"), 3);
	assert_int_equal(span("1001-a-B2"), 9);
	assert_int_equal(span("001.out"), 3);
	assert_int_equal(span("001_x"), 3);
	assert_int_equal(span("01"), 0);
	assert_int_equal(span("01 a"), 0);
	assert_int_equal(span(" 001"), 0);
	assert_int_equal(span("abc"), 0);
	assert_int_equal(span(""), 0);
	assert_int_equal(group_list_name_span("001", 2), 0);
}

static void test_groups_stand_between_blanks(void **state)
{
	struct group_list list;

	(void)state;
	parse(&list, "001 auto quick\n002 autoquick\n003\tauto\n004.quick\n"
		     "005 rw#quick\n006  quick ");
	assert_int_equal(list.count, 6);
	assert_true(group_line_has(&list.lines[0], "auto"));
	assert_true(group_line_has(&list.lines[0], "quick"));
	assert_false(group_line_has(&list.lines[0], "qu"));
	assert_false(group_line_has(&list.lines[0], "001"));
	assert_false(group_line_has(&list.lines[0], ""));
	assert_false(group_line_has(&list.lines[1], "auto"));
	assert_false(group_line_has(&list.lines[1], "quick"));
	assert_false(group_line_has(&list.lines[2], "auto"));
	assert_false(group_line_has(&list.lines[3], ".quick"));
	assert_true(group_line_has(&list.lines[4], "rw"));
	assert_false(group_line_has(&list.lines[4], "quick"));
	assert_true(group_line_has(&list.lines[5], "quick"));
	group_list_deinit(&list);
}

static void test_lines_without_a_test_are_skipped(void **state)
{
	struct group_list list;

	(void)state;
	parse(&list, "# QA groups\n\nquick\n#001 auto\n 002 auto\n003 auto\n");
	assert_int_equal(list.count, 1);
	assert_non_null(group_list_find(&list, "003"));
	assert_null(group_list_find(&list, "002"));
	assert_null(group_list_find(&list, "00"));
	group_list_deinit(&list);
	parse(&list, "");
	assert_int_equal(list.count, 0);
	group_list_deinit(&list);
}

static void test_bytes_of_any_kind(void **state)
{
	static const char text[] = "001 a\0b\n\0\n002 \xff\xfe auto";
	struct group_list list;

	(void)state;
	assert_int_equal(
		group_list_parse(&list, bytes_of(text, sizeof(text) - 1)), 0);
	assert_int_equal(list.count, 2);
	assert_true(group_line_has(&list.lines[1], "auto"));
	assert_false(group_line_has(&list.lines[0], "a"));
	group_list_deinit(&list);
}

static void test_a_number_finds_the_named_test(void **state)
{
	struct group_list list;
	const struct group_line *line;

	(void)state;
	parse(&list, "001-long-name auto\n001-short auto\n002 auto\n");
	line = group_list_resolve(&list, "001");
	assert_non_null(line);
	assert_int_equal(line->name_len, strlen("001-short"));
	assert_non_null(group_list_resolve(&list, "002"));
	assert_null(group_list_resolve(&list, "00"));
	assert_null(group_list_resolve(&list, "003"));
	assert_null(group_list_resolve(&list, ""));
	assert_null(group_list_resolve(&list, "001.out"));
	group_list_deinit(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_groups_stand_between_blanks),
		cmocka_unit_test(test_lines_without_a_test_are_skipped),
		cmocka_unit_test(test_bytes_of_any_kind),
		cmocka_unit_test(test_a_number_finds_the_named_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
