/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/tsc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void speed_is_ticks_by_time(void **state)
{
	static const struct {
		struct tsc_mark from, to;
		uint32_t khz;
	} rows[] = {
		{{1000, 0}, {1000 + 2596000000, 1000000000}, 2596000},
		{{1000, 7}, {1000 + 25960000, 10000007}, 2596000},
		/* too near */
		{{1000, 7}, {1000 + 25960000, 10000006}, 0},
		/* no counter, one that stands, one that goes back */
		{{0, 0}, {0, 1000000000}, 0},
		{{5, 0}, {5, 1000000000}, 0},
		{{6, 0}, {5, 1000000000}, 0},
		/* nothing that a processor has */
		{{5, 0}, {99999999, 1000000000}, 0},
		{{5, 0}, {20000001000, 1000000000}, 0},
		/* time goes back */
		{{5, 1000000000}, {2596000000, 0}, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(tsc_khz(&rows[i].from, &rows[i].to),
				 rows[i].khz);
}

static void this_machine_goes_forward(void **state)
{
	struct tsc_mark first, second;

	(void)state;
	tsc_take(&first);
	do {
		tsc_take(&second);
	} while (second.ns < first.ns + 20000000);
	if (first.ticks == 0)
		assert_int_equal(tsc_khz(&first, &second), 0);
	else
		assert_true(tsc_khz(&first, &second) > 0);
}

static void old_kernels_know_no_better(void **state)
{
	(void)state;
	assert_true(tsc_can_be_told("5.10.0"));
	assert_true(tsc_can_be_told("6.1.0-56-amd64"));
	assert_true(tsc_can_be_told("10.0-rc1"));
	assert_false(tsc_can_be_told("5.9.16"));
	assert_false(tsc_can_be_told("4.19.0"));
	assert_false(tsc_can_be_told("6"));
	assert_false(tsc_can_be_told("mine"));
	assert_false(tsc_can_be_told(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speed_is_ticks_by_time),
		cmocka_unit_test(this_machine_goes_forward),
		cmocka_unit_test(old_kernels_know_no_better),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
