/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_clock - units, and that a clock is the one it says. */
#include "shared/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

static void expect_between(clockid_t id, uint64_t (*read_ns)(void))
{
	struct timespec before, after;
	uint64_t now = 0;

	clock_gettime(id, &before);
	now = read_ns();
	clock_gettime(id, &after);
	assert_true(now >= (uint64_t)before.tv_sec * 1000000000 +
				   (uint64_t)before.tv_nsec);
	assert_true(now <= (uint64_t)after.tv_sec * 1000000000 +
				   (uint64_t)after.tv_nsec);
}

static void test_clocks(void **state)
{
	(void)state;
	expect_between(CLOCK_MONOTONIC, clock_mono_ns);
	expect_between(CLOCK_BOOTTIME, clock_boot_ns);
	expect_between(CLOCK_REALTIME, clock_real_ns);
}

static void test_units(void **state)
{
	(void)state;
	assert_true(clock_ns_of_ms(1500) == UINT64_C(1500000000));
	assert_true(clock_ms_of_ns(UINT64_C(1999999)) == 1);
	/* More than 32 bits: 50 days of milliseconds. */
	assert_true(clock_ns_of_ms(UINT64_C(4320000000)) ==
		    UINT64_C(4320000000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
