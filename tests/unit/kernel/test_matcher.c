/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The quick search finds what a slow one finds. */
#include "host/kernel/matcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const texts[] = {
	"BUG: ", "WARNING: ",	     "BUG: KASAN: ", "possible circular",
	"aaaaa", "circular locking", NULL,
};

static size_t slow_count(struct bytes text)
{
	size_t count = 0;

	for (size_t i = 0; texts[i]; i++) {
		size_t n = strlen(texts[i]);

		for (size_t at = 0; at + n <= text.len; at++)
			count += memcmp(text.data + at, texts[i], n) == 0;
	}
	return count;
}

static size_t quick_count(const struct matcher *matcher, struct bytes text)
{
	struct match_cursor cursor = {0};
	struct match match;
	size_t count = 0;

	while (matcher_next(matcher, text, &cursor, &match)) {
		assert_memory_equal(text.data + match.offset,
				    texts[match.which],
				    strlen(texts[match.which]));
		count++;
	}
	return count;
}

static void check(const struct matcher *matcher, const char *text)
{
	struct bytes bytes = bytes_of_string(text);

	assert_int_equal(quick_count(matcher, bytes), slow_count(bytes));
	assert_int_equal(matcher_find(matcher, bytes) < bytes.len,
			 slow_count(bytes) > 0);
}

static void test_all_matches(void **state)
{
	struct matcher *matcher = matcher_create(texts);

	(void)state;
	assert_non_null(matcher);
	check(matcher, "");
	check(matcher, "BUG:");
	check(matcher, "BUG: ");
	check(matcher, "xBUG: KASAN: BUG: WARNING: ");
	check(matcher, "aaaaaaaa");
	check(matcher, "aaaa");
	check(matcher, "possible circular locking dependency");
	matcher_destroy(matcher);
}

/* A string at every place of a long text, so at every place of a lane. */
static void test_every_offset(void **state)
{
	struct matcher *matcher = matcher_create(texts);
	size_t size = 40000;
	char *text = malloc(size);

	(void)state;
	assert_non_null(matcher);
	assert_non_null(text);
	for (size_t at = 0; at + 9 <= size; at += at < 64 || at % 7 ? 1 : 5) {
		memset(text, 'x', size);
		memcpy(text + at, "WARNING: ", 9);
		assert_int_equal(matcher_find(matcher, bytes_of(text, size)),
				 at);
		if (at > 200 && at < 8000)
			at += 97;
		if (at > 8300 && at < 16000)
			at += 97;
		if (at > 16500 && at + 300 < size)
			at += 97;
	}
	free(text);
	matcher_destroy(matcher);
}

/* Of two the first is found, whichever lane meets its own sooner. */
static void test_the_first_of_two(void **state)
{
	struct matcher *matcher = matcher_create(texts);
	size_t size = 20000;
	char *text = malloc(size);

	(void)state;
	assert_non_null(matcher);
	assert_non_null(text);
	memset(text, 'x', size);
	memcpy(text + 8000, "WARNING: ", 9);
	memcpy(text + 8300, "WARNING: ", 9);
	assert_int_equal(matcher_find(matcher, bytes_of(text, size)), 8000);
	free(text);
	matcher_destroy(matcher);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_matches),
		cmocka_unit_test(test_every_offset),
		cmocka_unit_test(test_the_first_of_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
