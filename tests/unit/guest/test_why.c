/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/why.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_words(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(why_failed(&why, -ENOENT, "opening %s", "/x"),
			 -ENOENT);
	assert_string_equal(why.text, "opening /x: No such file or directory");
	assert_int_equal(why_is(&why, -EIO, "%d disks", 3), -EIO);
	assert_string_equal(why.text, "3 disks");
}

static void test_control_characters_are_escaped(void **state)
{
	struct why why;

	(void)state;
	(void)why_is(&why, -EIO, "a\033[1m\nb");
	assert_string_equal(why.text, "a\\x1b[1m\\x0ab");
}

static void test_long_text_is_cut(void **state)
{
	char text[2 * sizeof(((struct why *)0)->text)];
	struct why why;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)why_failed(&why, -EIO, "%s", text);
	assert_int_equal(strlen(why.text), sizeof(why.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_control_characters_are_escaped),
		cmocka_unit_test(test_long_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
