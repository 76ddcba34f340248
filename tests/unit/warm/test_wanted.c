/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/warm/wanted.h"

#include "tests/unit/warm/place.h"

static char path[1200];

static int set_up(void **state)
{
	if (place_make(state) < 0)
		return -1;
	place_put("first/tool", "", 0755);
	place_put("second/tool", "", 0755);
	place_put("second/other", "", 0755);
	place_put("second/never", "", 0755);
	place_put("second/text", "", 0644);
	place_put("second/mkfs.ext4", "", 0755);
	place_put("tree/check", "tool\n", 0755);
	place_put("tree/common/rc",
		  "\t# never\nx=$(type -P other)\ntool tool\n", 0644);
	place_put("tree/tests/generic/001", "_require_command tool", 0755);
	place_put("tree/tests/generic/001.out", "never text\n", 0644);
	place_put("tree/src/x", "never\n", 0644);
	snprintf(path, sizeof(path), "%s:%s:/nowhere::relative",
		 place_path("first"), place_path("second"));
	return 0;
}

static void test_most_used_first_and_as_the_path_says(void **state)
{
	struct wanted wanted;

	(void)state;
	assert_int_equal(wanted_find(path, place_path("tree"), &wanted), 0);
	assert_int_equal(wanted.count, 3);
	assert_string_equal(wanted.list[0].path, place_path("first/tool"));
	assert_int_equal(wanted.list[0].uses, 3); /* files, not words */
	/* Always, as check makes its name up. */
	assert_string_equal(wanted.list[1].path,
			    place_path("second/mkfs.ext4"));
	assert_string_equal(wanted.list[2].path, place_path("second/other"));
	wanted_deinit(&wanted);
}

static void test_tree_without_anything(void **state)
{
	struct wanted wanted;

	(void)state;
	assert_int_equal(wanted_find(path, "/nowhere", &wanted), 0);
	assert_int_equal(wanted.count, 1);
	wanted_deinit(&wanted);
	assert_int_equal(wanted_find("", "/nowhere", &wanted), 0);
	assert_int_equal(wanted.count, 0);
	wanted_deinit(&wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_most_used_first_and_as_the_path_says, set_up,
			place_remove),
		cmocka_unit_test_setup_teardown(test_tree_without_anything,
						set_up, place_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
