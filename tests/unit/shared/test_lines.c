/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_lines - line ends, pieces, and lines that are too long. */
#include "shared/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char seen[65536];
static size_t seen_len;
static uint64_t last_dropped;
static size_t last_len;
static int count;

static void on_line(void *context, struct bytes line, uint64_t dropped)
{
	assert_ptr_equal(context, seen);
	assert_true(seen_len + line.len + 2 < sizeof(seen));
	memcpy(seen + seen_len, line.data, line.len);
	seen_len += line.len;
	seen[seen_len++] = '|';
	last_dropped = dropped;
	last_len = line.len;
	count++;
}

static void start(struct lines *lines)
{
	lines_init(lines);
	seen_len = 0;
	count = 0;
}

static void push(struct lines *lines, const char *text)
{
	lines_push(lines, bytes_of_string(text), on_line, seen);
}

static void expect_seen(const char *want)
{
	seen[seen_len] = '\0';
	assert_string_equal(seen, want);
	assert_true(last_dropped == 0);
}

static void test_line_ends(void **state)
{
	struct lines lines;

	(void)state;
	start(&lines);
	push(&lines, "a\nb\r\n\n\r\nc\r\r\nd\re\n");
	expect_seen("a|b|||c\r|d\re|");
	push(&lines, "unfinished\r");
	lines_finish(&lines, on_line, seen);
	expect_seen("a|b|||c\r|d\re|unfinished\r|");
	lines_finish(&lines, on_line, seen);
	assert_int_equal(count, 7);
}

static void test_byte_at_a_time(void **state)
{
	static const char text[] = "one\r\ntwo\n\nthree";
	struct lines lines;

	(void)state;
	start(&lines);
	for (size_t i = 0; i < strlen(text); i++)
		lines_push(&lines, bytes_of(text + i, 1), on_line, seen);
	expect_seen("one|two||");
	lines_finish(&lines, on_line, seen);
	expect_seen("one|two||three|");
}

static void test_nul_is_kept(void **state)
{
	struct lines lines;

	(void)state;
	start(&lines);
	lines_push(&lines, bytes_of("a\0b\n", 4), on_line, seen);
	assert_int_equal(last_len, 3);
	assert_memory_equal(seen, "a\0b|", 4);
}

static void expect_long(size_t len, const char *end, size_t want_len,
			uint64_t want_dropped)
{
	struct lines lines;
	char text[LIMIT_CONSOLE_LINE + 64];

	start(&lines);
	memset(text, 'x', len);
	snprintf(text + len, sizeof(text) - len, "%snext\n", end);
	push(&lines, text);
	/* The rest of a long line is not the next line. */
	assert_int_equal(count, 2);
	assert_int_equal(last_len, 4);
	start(&lines);
	lines_push(&lines, bytes_of(text, len + strlen(end)), on_line, seen);
	assert_int_equal(count, 1);
	assert_int_equal(last_len, want_len);
	assert_true(last_dropped == want_dropped);
}

static void test_cap(void **state)
{
	(void)state;
	expect_long(LIMIT_CONSOLE_LINE - 1, "\n", LIMIT_CONSOLE_LINE - 1, 0);
	expect_long(LIMIT_CONSOLE_LINE, "\n", LIMIT_CONSOLE_LINE, 0);
	expect_long(LIMIT_CONSOLE_LINE + 1, "\n", LIMIT_CONSOLE_LINE, 1);
	expect_long(LIMIT_CONSOLE_LINE - 1, "\r\n", LIMIT_CONSOLE_LINE - 1, 0);
	expect_long(LIMIT_CONSOLE_LINE, "\r\n", LIMIT_CONSOLE_LINE, 0);
	expect_long(LIMIT_CONSOLE_LINE + 1, "\r\n", LIMIT_CONSOLE_LINE, 1);
	expect_long(LIMIT_CONSOLE_LINE + 9, "\n", LIMIT_CONSOLE_LINE, 9);
}

static void test_endless_line(void **state)
{
	struct lines lines;
	char text[1000];

	(void)state;
	start(&lines);
	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 10000; i++)
		lines_push(&lines, bytes_of(text, sizeof(text)), on_line, seen);
	assert_int_equal(count, 0);
	lines_finish(&lines, on_line, seen);
	assert_int_equal(count, 1);
	assert_true(last_dropped == 10000 * 1000 - LIMIT_CONSOLE_LINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_byte_at_a_time),
		cmocka_unit_test(test_nul_is_kept),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_endless_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
