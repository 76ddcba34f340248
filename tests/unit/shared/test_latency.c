/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shared/latency.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void nothing_has_no_percentile(void **state)
{
	struct latency latency = {0};

	(void)state;
	assert_int_equal(latency_percentile_ns(&latency, 50), 0);
	assert_int_equal(latency_percentile_ns(&latency, 100), 0);
}

static void one_is_every_percentile(void **state)
{
	static const uint64_t values[] = {0,	   999,	     1000,
					  1234567, 99999999, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct latency latency = {0};

		latency_add(&latency, values[i]);
		assert_int_equal(latency.count, 1);
		assert_int_equal(latency.max_ns, values[i]);
		assert_true(latency_percentile_ns(&latency, 1) <= values[i]);
	}
}

/* At every size, the answer is at least the value and at most an eighth more:
 * a larger one keeps the maximum out of it. */
static void percentile_is_close(void **state)
{
	(void)state;
	for (uint64_t ns = 1000; ns < 3600ULL * 1000000000; ns += ns / 7) {
		struct latency latency = {0};
		uint64_t found;

		for (int i = 0; i < 99; i++)
			latency_add(&latency, ns);
		latency_add(&latency, ns * 100);
		found = latency_percentile_ns(&latency, 99);
		assert_in_range(found, ns, ns + ns / 8 + 1000);
		assert_true(latency_percentile_ns(&latency, 100) > ns * 75);
	}
}

static void percentiles_are_in_order(void **state)
{
	struct latency latency = {0};

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++)
		latency_add(&latency, i * 1000000);
	assert_in_range(latency_percentile_ns(&latency, 50), 500000000,
			562500000);
	assert_in_range(latency_percentile_ns(&latency, 99), 990000000,
			1000000000);
	assert_int_equal(latency_percentile_ns(&latency, 100), 1000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_has_no_percentile),
		cmocka_unit_test(one_is_every_percentile),
		cmocka_unit_test(percentile_is_close),
		cmocka_unit_test(percentiles_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
