/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_bootjob - what one boot is to do. */
#include "host/run/bootjob.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char first[] = "generic/001", second[] = "generic/002",
	    third[] = "generic/003";
static Pb__PlannedTest tests[3];
static Pb__PlannedTest *const planned[] = {&tests[0], &tests[1], &tests[2]};
static Pb__RunStarted started;
static struct warm warm;
static struct run_spec run = {.started = &started, .warm = &warm};
static struct schedule schedule;

static int begin(void **state)
{
	char *const names[] = {first, second, third};
	Pb__Event event = PB__EVENT__INIT;

	(void)state;
	pb__run_started__init(&started);
	for (size_t i = 0; i < 3; i++) {
		pb__planned_test__init(&tests[i]);
		tests[i].name = names[i];
	}
	tests[1].excluded = true;
	started.tests = (Pb__PlannedTest **)(uintptr_t)planned;
	started.n_tests = 3;
	started.test_timeout_ms = 1000;
	event.body_case = PB__EVENT__BODY_RUN_STARTED;
	event.run_started = &started;
	warm = (struct warm){
		.cache_fd = -1,
		.ready = true,
		.result = {.tools = {.name = "tools-1", .bytes = 100000000},
			   .tree = {.name = "tree-1", .bytes = 10000000}},
	};
	schedule_init(&schedule);
	return schedule_apply(&schedule, &event);
}

static int end(void **state)
{
	(void)state;
	schedule_deinit(&schedule);
	return 0;
}

static struct bootjob make(int expected)
{
	struct bootjob job;
	Pb__RunEnd how;

	assert_int_equal(bootjob_init(&job, &run, &schedule, &how), expected);
	return job;
}

static void test_what_is_left(void **state)
{
	struct bootjob job = make(2);

	(void)state;
	assert_int_equal(job.spec.n_tests, 2);
	assert_string_equal(job.spec.tests[0], first);
	assert_string_equal(job.spec.tests[1], third);
	assert_int_equal(job.plan[1], 2);
	assert_int_equal(job.attempt[1], 0);
	assert_int_equal(job.spec.seed.len, BOOTJOB_SEED_BYTES);
	bootjob_deinit(&job);
}

static void test_nothing_is_left(void **state)
{
	struct bootjob job;
	Pb__RunEnd how;

	(void)state;
	schedule.tests[0].state = schedule.tests[2].state = SCHEDULE_DONE;
	assert_int_equal(bootjob_init(&job, &run, &schedule, &how), 0);
	assert_int_equal(how, PB__RUN_END__RUN_END_COMPLETE);
	bootjob_deinit(&job);
}

/* At, and one byte below, the memory that it takes. */
static void test_memory_for_bundles(void **state)
{
	const uint64_t enough = 110000000ULL * LIMIT_BUNDLE_MEMORY_SHARE;
	struct bootjob job = make(2);
	Pb__Hello hello = PB__HELLO__INIT;
	char why[BOOTJOB_WHY];

	(void)state;
	hello.memory_bytes = enough;
	assert_true(bootjob_offer_warm(&job, &hello, why));
	assert_string_equal(job.spec.warm_tools, "tools-1");
	assert_string_equal(job.spec.warm_tree, "tree-1");
	bootjob_deinit(&job);

	job = make(2);
	hello.memory_bytes = enough - LIMIT_BUNDLE_MEMORY_SHARE;
	assert_false(bootjob_offer_warm(&job, &hello, why));
	assert_non_null(strstr(why, "100 MB"));
	assert_string_equal(job.spec.warm_tools, "");
	assert_string_equal(job.spec.warm_tree, "tree-1");
	bootjob_deinit(&job);
}

static void test_no_bundles(void **state)
{
	struct bootjob job = make(2);
	Pb__Hello hello = PB__HELLO__INIT;
	char why[BOOTJOB_WHY];

	(void)state;
	warm.ready = false;
	assert_false(bootjob_offer_warm(&job, &hello, why));
	assert_non_null(strstr(why, "not ready"));
	warm.ready = true;
	warm.result.error = -ENOSPC;
	assert_false(bootjob_offer_warm(&job, &hello, why));
	assert_non_null(strstr(why, "No space left"));
	assert_string_equal(job.spec.warm_tag, "");
	bootjob_deinit(&job);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test_setup_teardown(test_what_is_left, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing_is_left, begin,
						end),
		cmocka_unit_test_setup_teardown(test_memory_for_bundles, begin,
						end),
		cmocka_unit_test_setup_teardown(test_no_bundles, begin, end),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
