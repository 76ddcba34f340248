/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/words.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void quoted(const char *text, const char *shell, const char *option)
{
	const char *list[3];
	char storage[256];
	struct words words;

	words_init(&words, list, 2, storage, sizeof(storage));
	words_begin(&words);
	words_shell(&words, text);
	words_end(&words);
	words_begin(&words);
	words_option(&words, text);
	words_end(&words);
	assert_int_equal(words_finish(&words), 0);
	assert_string_equal(list[0], shell);
	assert_string_equal(list[1], option);
	assert_null(list[2]);
}

static void quoting(void **state)
{
	(void)state;
	quoted("", "''", "''");
	quoted("/plain_@%+=:./-9Z", "/plain_@%+=:./-9Z", "/plain_@%+=:./-9Z");
	quoted("a,b", "a,b", "a,,b");
	quoted("a b", "'a b'", "'a b'");
	quoted("a b,c", "'a b,c'", "'a b,,c'");
	quoted("it's", "'it'\"'\"'s'", "'it'\"'\"'s'");
	quoted("\xc3\xbc", "'\xc3\xbc'", "'\xc3\xbc'");
}

static int fill(size_t text_cap, size_t cap)
{
	const char *list[8];
	char storage[32];
	struct words words;

	words_init(&words, list, cap, storage, text_cap);
	words_add(&words, "abc");
	words_format(&words, "%d", 12);
	words_begin(&words);
	words_end(&words);
	return words_finish(&words);
}

static void room_for_text(void **state)
{
	(void)state;
	assert_int_equal(fill(8, 3), 0); /* abc, 12, "" and their ends */
	assert_int_equal(fill(7, 3), -E2BIG);
	assert_int_equal(fill(6, 3), -E2BIG);
	assert_int_equal(fill(1, 3), -E2BIG);
}

static void room_for_words(void **state)
{
	(void)state;
	assert_int_equal(fill(32, 4), 0);
	assert_int_equal(fill(32, 3), 0);
	assert_int_equal(fill(32, 2), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quoting),
		cmocka_unit_test(room_for_text),
		cmocka_unit_test(room_for_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
