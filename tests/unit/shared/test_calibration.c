/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_calibration - a factor that no guest can take out of its bounds. */
#include "shared/calibration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_slowness(void **state)
{
	(void)state;
	assert_int_equal(calibration_slowness(0, 500), 100);
	assert_int_equal(calibration_slowness(500, 500), 100);
	assert_int_equal(calibration_slowness(505, 500), 101);
	assert_int_equal(calibration_slowness(6000, 500), 1200);
	assert_int_equal(calibration_slowness(24999, 500), 4999);
	assert_int_equal(calibration_slowness(25000, 500), 5000);
	assert_int_equal(calibration_slowness(UINT64_MAX, 500), 5000);
	assert_int_equal(calibration_slowness(500, 0), 100);
	assert_int_equal(calibration_slowness(UINT64_MAX, UINT64_MAX), 100);
}

static void test_it_takes_time(void **state)
{
	(void)state;
	/* 256 KiB in less than 10 us would be no loop any more. */
	assert_true(calibration_measure_ns() > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slowness),
		cmocka_unit_test(test_it_takes_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
