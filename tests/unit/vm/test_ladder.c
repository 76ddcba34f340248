/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/ladder.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

static void goes_after_term(void **state)
{
	struct ladder ladder;

	(void)state;
	ladder_init(&ladder, 2000, 1000);
	assert_int_equal(ladder_state(&ladder), LADDER_IDLE);
	assert_int_equal(ladder_deadline_ns(&ladder), 0);
	assert_int_equal(ladder_step(&ladder, 5 * MS, false), 0);
	assert_int_equal(ladder_state(&ladder), LADDER_IDLE);
	assert_int_equal(ladder_start(&ladder, 10 * MS), SIGTERM);
	assert_int_equal(ladder_deadline_ns(&ladder), 2010 * MS);
	assert_int_equal(ladder_start(&ladder, 20 * MS), 0);
	assert_int_equal(ladder_deadline_ns(&ladder), 2010 * MS);
	assert_int_equal(ladder_step(&ladder, 30 * MS, true), 0);
	assert_int_equal(ladder_state(&ladder), LADDER_DONE);
	assert_int_equal(ladder_deadline_ns(&ladder), 0);
	assert_int_equal(ladder_step(&ladder, 9000 * MS, false), 0);
	assert_int_equal(ladder_start(&ladder, 9000 * MS), 0);
}

static void is_killed_when_it_stays(void **state)
{
	struct ladder ladder;

	(void)state;
	ladder_init(&ladder, 2000, 1000);
	assert_int_equal(ladder_start(&ladder, 0), SIGTERM);
	assert_int_equal(ladder_step(&ladder, 2000 * MS - 1, false), 0);
	assert_int_equal(ladder_step(&ladder, 2000 * MS, false), SIGKILL);
	assert_int_equal(ladder_state(&ladder), LADDER_KILL);
	assert_int_equal(ladder_step(&ladder, 2001 * MS, false), 0);
	assert_int_equal(ladder_step(&ladder, 2002 * MS, true), 0);
	assert_int_equal(ladder_state(&ladder), LADDER_DONE);
}

static void stuck_is_told_and_may_end(void **state)
{
	struct ladder ladder;

	(void)state;
	ladder_init(&ladder, 2000, 1000);
	assert_int_equal(ladder_start(&ladder, 0), SIGTERM);
	assert_int_equal(ladder_step(&ladder, 5000 * MS, false), SIGKILL);
	assert_int_equal(ladder_step(&ladder, 6000 * MS - 1, false), 0);
	assert_int_equal(ladder_state(&ladder), LADDER_KILL);
	assert_int_equal(ladder_step(&ladder, 6000 * MS, false), 0);
	assert_int_equal(ladder_state(&ladder), LADDER_STUCK);
	assert_int_equal(ladder_deadline_ns(&ladder), 0);
	assert_int_equal(ladder_step(&ladder, 60000 * MS, false), 0);
	assert_int_equal(ladder_state(&ladder), LADDER_STUCK);
	assert_int_equal(ladder_step(&ladder, 60001 * MS, true), 0);
	assert_int_equal(ladder_state(&ladder), LADDER_DONE);
}

static void may_end_before_the_start(void **state)
{
	struct ladder ladder;

	(void)state;
	ladder_init(&ladder, 1, 1);
	assert_int_equal(ladder_step(&ladder, 0, true), 0);
	assert_int_equal(ladder_state(&ladder), LADDER_DONE);
	assert_int_equal(ladder_start(&ladder, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_after_term),
		cmocka_unit_test(is_killed_when_it_stays),
		cmocka_unit_test(stuck_is_told_and_may_end),
		cmocka_unit_test(may_end_before_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
