/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/cmdline.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int find(const char *text, const char *name, char *to, size_t cap)
{
	return cmdline_find(bytes_of_string(text), name, to, cap);
}

static void expect(const char *text, const char *name, const char *value)
{
	char to[64] = "before";

	assert_int_equal(find(text, name, to, sizeof(to)), strlen(value));
	assert_string_equal(to, value);
}

static void expect_none(const char *text, const char *name)
{
	char to[64] = "before";

	assert_int_equal(find(text, name, to, sizeof(to)), -ENOENT);
	assert_string_equal(to, "");
}

static void words(void **state)
{
	(void)state;
	expect("a=1 bc=2 d", "a", "1");
	expect("a=1 bc=2 d", "bc", "2");
	expect("  a=1\t\nbc=2\n", "bc", "2");
	expect("a=", "a", "");
	expect("a=b=c", "a", "b=c");
	expect("init=/x init=/y", "init", "/x");
	expect("virtme_rw_overlay10=/b virtme_rw_overlay1=/a",
	       "virtme_rw_overlay1", "/a");
	expect_none("", "a");
	expect_none("a", "a");
	expect_none("ab=1 xa=1 b=a=1", "a");
}

static void quotes(void **state)
{
	(void)state;
	expect("x=1 \"a=b c\" y=2", "a", "b c");
	expect("x=1 a=\"b c\" y=2", "a", "b c");
	expect("x=1 a=\"b c\" y=2", "y", "2");
	expect("a=\"b c", "a", "b c");
	expect_none("x=\"1 a=2\"", "a");
	expect("a=\"\"", "a", "");
	expect("a=\"", "a", "");
}

static void room(void **state)
{
	char to[4] = "zzz";

	(void)state;
	assert_int_equal(find("a=123", "a", to, sizeof(to)), 3);
	assert_string_equal(to, "123");
	assert_int_equal(find("a=12", "a", to, sizeof(to)), 2);
	assert_int_equal(find("a=1234", "a", to, sizeof(to)), -ENAMETOOLONG);
	assert_string_equal(to, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(quotes),
		cmocka_unit_test(room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
