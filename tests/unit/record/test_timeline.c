/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/record/timeline.h"
#include "tests/replay/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void apply(void *context, const Pb__Event *event)
{
	timeline_apply(context, event);
}

static void every_mark_has_its_event(void **state)
{
	static const char script[] = "boot 1\n"
				     "at 1\nvm_started\n"
				     "at 2\nvm_connected\n"
				     "at 3\nhello\n"
				     "at 4\nsetup_done\n"
				     "at 5\ncheck_started\n"
				     "at 6\ntest_started name=a/1\n"
				     "at 7\ntest_finished name=a/1\n"
				     "at 8\njob_finished\n"
				     "at 9\nlink_closed\n"
				     "at 10\nvm_ended\n";
	struct timeline timeline = {0};

	(void)state;
	script_run(script, apply, &timeline);
	for (size_t i = 1; i < TIMELINE_MARKS; i++)
		assert_int_equal(timeline.mono_ns[i] - timeline.mono_ns[i - 1],
				 1000000000);
}

static void of_several_the_right_one_counts(void **state)
{
	static const char script[] =
		"boot 1\n"
		"at 1\nhello\ncheck_started\ntest_started name=a/1\n"
		"at 2\nhello\ntest_finished name=a/1\n"
		"at 3\ncheck_started\ntest_started name=a/2\n"
		"at 4\ntest_finished name=a/2\n";
	struct timeline timeline = {0};
	uint64_t first;

	(void)state;
	script_run(script, apply, &timeline);
	first = timeline.mono_ns[TIMELINE_HELLO];
	assert_true(first > 0);
	assert_int_equal(timeline.mono_ns[TIMELINE_CHECK], first);
	assert_int_equal(timeline.mono_ns[TIMELINE_FIRST_TEST], first);
	assert_int_equal(timeline.mono_ns[TIMELINE_LAST_TEST] - first,
			 3000000000);
}

static void what_did_not_come_is_zero(void **state)
{
	struct timeline timeline = {0};

	(void)state;
	script_run("boot 1\nat 1\nvm_started\nnotice text=x\n", apply,
		   &timeline);
	for (size_t i = 1; i < TIMELINE_MARKS; i++)
		assert_int_equal(timeline.mono_ns[i], 0);
}

static void names_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < TIMELINE_MARKS; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(
				timeline_mark_name((enum timeline_mark)i),
				timeline_mark_name((enum timeline_mark)j));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mark_has_its_event),
		cmocka_unit_test(of_several_the_right_one_counts),
		cmocka_unit_test(what_did_not_come_is_zero),
		cmocka_unit_test(names_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
