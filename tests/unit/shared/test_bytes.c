/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_bytes - views, little-endian numbers, bounded copies of strings. */
#include "shared/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_take(void **state)
{
	struct bytes b = bytes_of_string("abcdef");
	struct bytes taken = bytes_take(&b, 2);

	(void)state;
	assert_true(bytes_equal_string(taken, "ab"));
	assert_true(bytes_equal_string(b, "cdef"));
	assert_true(bytes_equal_string(bytes_take(&b, 4), "cdef"));
	assert_int_equal(b.len, 0);
	assert_int_equal(bytes_take(&b, 1).len, 0);
	b = bytes_of_string("xy");
	assert_true(bytes_equal_string(bytes_take(&b, SIZE_MAX), "xy"));
}

static void test_take_of_nothing(void **state)
{
	struct bytes none = {0};

	(void)state;
	assert_int_equal(bytes_take(&none, 5).len, 0);
	assert_true(bytes_equal(none, bytes_of("x", 0)));
	assert_false(bytes_equal(none, bytes_of("x", 1)));
}

static void test_numbers(void **state)
{
	uint8_t at[8];
	static const uint8_t u64[] = {0xf8, 0xe7, 0xd6, 0xc5,
				      0xb4, 0xa3, 0x92, 0x81};

	(void)state;
	bytes_put_u64(at, 0x8192a3b4c5d6e7f8);
	assert_memory_equal(at, u64, 8);
	assert_true(bytes_get_u64(at) == 0x8192a3b4c5d6e7f8);
	assert_int_equal(bytes_get_u32(at), 0xc5d6e7f8);
	assert_int_equal(bytes_get_u16(at + 6), 0x8192);
	bytes_put_u32(at, 0xffffffff);
	assert_true(bytes_get_u64(at) == 0x8192a3b4ffffffff);
	bytes_put_u16(at + 2, 0);
	assert_int_equal(bytes_get_u32(at), 0xffff);
}

static void expect_copy(const char *text, size_t cap, const char *want)
{
	char to[16];

	memset(to, '#', sizeof(to));
	assert_int_equal(bytes_copy_string(to, cap, text), strlen(want));
	assert_string_equal(to, want);
	assert_int_equal(to[cap], '#');
}

static void test_copy_string(void **state)
{
	char none = 'x';

	(void)state;
	expect_copy("abc", 3, "ab");
	expect_copy("abc", 4, "abc");
	expect_copy("abc", 5, "abc");
	expect_copy("abc", 1, "");
	assert_int_equal(bytes_copy_string(&none, 0, "abc"), 0);
	assert_int_equal(none, 'x');
}

static void test_copy_string_keeps_characters_whole(void **state)
{
	(void)state;
	expect_copy("a\xc3\xa4", 3, "a");
	expect_copy("a\xc3\xa4", 4, "a\xc3\xa4");
	expect_copy("\xe2\x82\xac!", 2, "");
	expect_copy("\xe2\x82\xac!", 3, "");
	expect_copy("\xe2\x82\xac!", 4, "\xe2\x82\xac");
	expect_copy("\xf0\x9f\x90\x9b", 4, "");
	expect_copy("\xf0\x9f\x90\x9b", 5, "\xf0\x9f\x90\x9b");
	/* No UTF-8 at all: something is kept. */
	expect_copy("\x80\x80\x80\x80\x80\x80\x80\x80", 8, "\x80\x80\x80\x80");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_take_of_nothing),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_copy_string),
		cmocka_unit_test(test_copy_string_keeps_characters_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
