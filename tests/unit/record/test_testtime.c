/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_testtime - how long a test may take. */
#include "host/record/testtime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint64_t times[] = {0, 5000, 100};

static Pb__RunStarted make(bool kvm, bool chosen)
{
	Pb__RunStarted run = PB__RUN_STARTED__INIT;

	run.kvm = kvm;
	run.test_timeout_chosen = chosen;
	run.test_timeout_ms = 3000;
	run.test_timeouts_ms = times;
	run.n_test_timeouts_ms = 3;
	return run;
}

static void test_default(void **state)
{
	Pb__RunStarted run = make(true, false);

	(void)state;
	assert_true(testtime_ms(&run, 0, 0) == 3000);
	assert_true(testtime_ms(&run, 1, 0) == 5000);
	assert_true(testtime_ms(&run, 2, 0) == 3000);
	/* Beyond the list there is the default. */
	assert_true(testtime_ms(&run, 3, 0) == 3000);
	run.n_test_timeouts_ms = 0;
	assert_true(testtime_ms(&run, 1, 0) == 3000);
}

/* A busy host makes a guest with KVM look slow; that is not its own. */
static void test_slowness(void **state)
{
	Pb__RunStarted run = make(true, false);

	(void)state;
	assert_true(testtime_ms(&run, 0, 1000) == 3000);
	run.kvm = false;
	assert_true(testtime_ms(&run, 0, 0) == 3000);
	assert_true(testtime_ms(&run, 0, 300) == 3000);
	assert_true(testtime_ms(&run, 0, 100) == 1000);
	assert_true(testtime_ms(&run, 0, 1000) == 10000);
	/* What is known of the test is of such a guest already. */
	assert_true(testtime_ms(&run, 1, 100) == 5000);
	assert_true(testtime_ms(&run, 1, 1000) == 10000);
}

static void test_chosen(void **state)
{
	Pb__RunStarted run = make(false, true);

	(void)state;
	for (size_t test = 0; test < 4; test++)
		assert_true(testtime_ms(&run, test, 1000) == 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_slowness),
		cmocka_unit_test(test_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
