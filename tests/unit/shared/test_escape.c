/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_escape - what a terminal must not see. */
#include "shared/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *text, const char *want)
{
	char to[256];

	assert_int_equal(
		escape_text(to, sizeof(to), bytes_of_string(text), false),
		strlen(want));
	assert_string_equal(to, want);
}

static void test_printable_passes(void **state)
{
	(void)state;
	expect("", "");
	expect("plain ~text", "plain ~text");
	expect("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\x9b",
	       "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\x9b");
	expect("\xc2\xa0", "\xc2\xa0"); /* the first above C1 */
}

static void test_controls(void **state)
{
	char to[64];

	(void)state;
	expect("\x1b[31mred", "\\x1b[31mred");
	expect("\r\b\x7f\x01", "\\x0d\\x08\\x7f\\x01");
	expect("a\nb\tc", "a\\x0ab\\x09c");
	escape_text(to, sizeof(to), bytes_of_string("a\nb\tc\r"), true);
	assert_string_equal(to, "a\nb\tc\\x0d");
	escape_text(to, sizeof(to), bytes_of("a\0b", 3), true);
	assert_string_equal(to, "a\\x00b");
}

static void test_c1_controls(void **state)
{
	(void)state;
	expect("\xc2\x9b"
	       "31m",
	       "\\xc2\\x9b31m"); /* CSI in UTF-8 */
	expect("\x9b"
	       "31m",
	       "\\x9b31m"); /* and in Latin-1 */
	expect("\xc2\x80\xc2\x9f", "\\xc2\\x80\\xc2\\x9f");
}

static void test_invalid_utf8(void **state)
{
	(void)state;
	expect("\xff\xfe", "\\xff\\xfe");
	expect("\xc3", "\\xc3");
	expect("\xc3(", "\\xc3(");
	expect("\xe2\x82", "\\xe2\\x82");
	expect("\xe2(\xa1", "\\xe2(\\xa1");
	expect("\xc0\xaf", "\\xc0\\xaf");		    /* overlong */
	expect("\xe0\x80\xaf", "\\xe0\\x80\\xaf");	    /* overlong */
	expect("\xf0\x82\x82\xac", "\\xf0\\x82\\x82\\xac"); /* overlong */
	expect("\xed\xa0\x80", "\\xed\\xa0\\x80");	    /* surrogate */
	expect("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* > 10FFFF */
	expect("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
	expect("\x80", "\\x80");
}

/* Text that reads in another order than it is written, or breaks the line. */
static void test_tricks(void **state)
{
	(void)state;
	expect("\xe2\x80\xae"
	       "evil",
	       "\\xe2\\x80\\xaeevil");		   /* U+202E */
	expect("\xe2\x81\xa6", "\\xe2\\x81\\xa6"); /* U+2066 */
	expect("\xe2\x80\xa8", "\\xe2\\x80\\xa8"); /* U+2028 */
	expect("\xe2\x80\x8b", "\\xe2\\x80\\x8b"); /* U+200B */
	expect("\xef\xbb\xbf", "\\xef\\xbb\\xbf"); /* U+FEFF */
	expect("\xe2\x80\x90", "\xe2\x80\x90");	   /* a mere hyphen */
}

static void expect_cut(const char *text, size_t cap, const char *want)
{
	char to[32];

	memset(to, '#', sizeof(to));
	assert_int_equal(escape_text(to, cap, bytes_of_string(text), false),
			 strlen(want));
	assert_string_equal(to, want);
	assert_int_equal(to[cap], '#');
}

static void test_cut(void **state)
{
	(void)state;
	expect_cut("ab\x1b", 6, "ab");
	expect_cut("ab\x1b", 7, "ab\\x1b");
	expect_cut("a\xe2\x82\xac", 4, "a");
	expect_cut("a\xe2\x82\xac", 5, "a\xe2\x82\xac");
	expect_cut("\xc2\x9b", 8, "");
	expect_cut("\xc2\x9b", 9, "\\xc2\\x9b");
	expect_cut("abc", 1, "");
	assert_int_equal(escape_text(NULL, 0, bytes_of_string("a"), false), 0);
}

static void test_utf8_prefix(void **state)
{
	(void)state;
	assert_int_equal(escape_utf8_prefix(bytes_of_string("")), 0);
	assert_int_equal(escape_utf8_prefix(bytes_of_string("abc")), 3);
	assert_int_equal(escape_utf8_prefix(bytes_of_string("a\xe2\x82")), 1);
	assert_int_equal(
		escape_utf8_prefix(bytes_of_string("a\xe2\x82\xac\xff")), 4);
	assert_int_equal(escape_utf8_prefix(bytes_of_string("\xff")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printable_passes),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_c1_controls),
		cmocka_unit_test(test_invalid_utf8),
		cmocka_unit_test(test_tricks),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_utf8_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
