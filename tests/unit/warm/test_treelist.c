/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/warm/treelist.h"

#include "tests/unit/warm/place.h"

static bool has(const struct members *members, const char *path)
{
	for (size_t i = 0; i < members->count; i++)
		if (strcmp(members->list[i]->path, path) == 0)
			return true;
	return false;
}

static void test_what_a_test_may_open(void **state)
{
	struct members members;

	(void)state;
	place_put("check", "", 0755);
	place_put("tests/generic/001", "", 0755);
	place_put("tests/generic/001.out", "", 0644);
	place_put("src/.libs/program", "", 0755);
	place_put("src/program.c", "", 0644);
	place_put("src/program.o", "", 0644);
	place_put(".git/HEAD", "", 0644);
	place_put("lib/.o", "", 0644); /* a name, not a suffix */
	assert_int_equal(symlinkat("generic", place_fd, "tests/link"), 0);
	assert_int_equal(mkfifoat(place_fd, "tests/fifo", 0600), 0);
	assert_int_equal(members_init(&members, place), 0);
	assert_int_equal(treelist_add(&members), 0);
	assert_true(has(&members, "check"));
	assert_true(has(&members, "tests/generic/001.out"));
	assert_true(has(&members, "src/.libs/program"));
	assert_true(has(&members, "tests/link"));
	assert_true(has(&members, "lib/.o"));
	assert_false(has(&members, "tests/fifo"));
	assert_false(has(&members, "src/program.c"));
	assert_false(has(&members, "src/program.o"));
	assert_false(has(&members, ".git"));
	assert_int_equal(members.count, 11);
	members_deinit(&members);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_a_test_may_open,
						place_make, place_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
