/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/filesystem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct filesystem_words words;

static void expect(const char *options, unsigned int count,
		   const char *const *list)
{
	unsigned int i;

	assert_int_equal(filesystem_split(&words, options), 0);
	assert_int_equal(words.count, count);
	for (i = 0; i < count; i++)
		assert_string_equal(words.word[i], list[i]);
}

static void test_words(void **state)
{
	(void)state;
	expect("", 0, NULL);
	expect(" \t\n", 0, NULL);
	expect("-b 4096", 2, (const char *[]){"-b", "4096"});
	expect("  -O\t'a b'\n-L\"it's\"x  ", 3,
	       (const char *[]){"-O", "a b", "-Lit'sx"});
}

static void test_quotes(void **state)
{
	(void)state;
	expect("'' \"\"", 2, (const char *[]){"", ""});
	expect("a'b'\"c\"d", 1, (const char *[]){"abcd"});
	expect("$HOME `x` \\n", 3, (const char *[]){"$HOME", "`x`", "\\n"});
	assert_int_equal(filesystem_split(&words, "-L 'a"), -EINVAL);
	assert_int_equal(filesystem_split(&words, "\""), -EINVAL);
}

static void test_limits(void **state)
{
	char text[2 * FILESYSTEM_TEXT_MAX];
	int count;

	(void)state;
	for (count = FILESYSTEM_WORDS_MAX - 1;
	     count <= FILESYSTEM_WORDS_MAX + 1; count++) {
		int i;

		for (i = 0; i < count; i++)
			memcpy(text + 2 * i, "x ", 3);
		assert_int_equal(filesystem_split(&words, text),
				 count <= FILESYSTEM_WORDS_MAX ? 0 : -E2BIG);
	}
	for (count = FILESYSTEM_TEXT_MAX - 2; count <= FILESYSTEM_TEXT_MAX;
	     count++) {
		memset(text, 'x', (size_t)count);
		text[count] = '\0';
		assert_int_equal(filesystem_split(&words, text),
				 count < FILESYSTEM_TEXT_MAX ? 0 : -E2BIG);
	}
}

static void test_force_options(void **state)
{
	(void)state;
	assert_string_equal(filesystem_force_options("ext4"), "-F -q");
	assert_string_equal(filesystem_force_options("xfs"), "-f -q");
	assert_string_equal(filesystem_force_options("udf"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_force_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
