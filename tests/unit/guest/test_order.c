/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/order.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static char *names[] = {
	(char *)(uintptr_t) "generic/001",
	(char *)(uintptr_t) "generic/002",
	(char *)(uintptr_t) "generic/002",
	(char *)(uintptr_t) "generic/003",
};
static struct job job;
static Pb__RunSpec spec;

static void begin(uint32_t loops)
{
	pb__run_spec__init(&spec);
	spec.tests = names;
	spec.n_tests = sizeof(names) / sizeof(names[0]);
	spec.loop_failures = loops;
	job.next_index = 0;
	job.test = (struct job_test){.active = false};
}

static void expect(const char *name, uint32_t index, uint32_t rerun)
{
	struct order_place place = {.index = UINT32_MAX};

	assert_int_equal(order_find(&job, &spec, name, &place), 0);
	assert_int_equal(place.index, index);
	assert_int_equal(place.rerun, rerun);
	job.next_index = place.index + 1;
	job.test.index = place.index;
	job.last_rerun = place.rerun;
}

static void expect_none(const char *name)
{
	struct order_place place;

	assert_int_equal(order_find(&job, &spec, name, &place), -ENOENT);
}

static void test_one_after_the_other(void **state)
{
	(void)state;
	begin(0);
	expect("generic/001", 0, 0);
	expect_none("generic/001");
	expect("generic/002", 1, 0);
	expect("generic/002", 2, 0);
	expect_none("generic/002");
	expect_none("generic/004");
	expect("generic/003", 3, 0);
	expect_none("generic/003");
}

static void test_stepped_over(void **state)
{
	(void)state;
	begin(0);
	expect("generic/003", 3, 0);
	expect_none("generic/002");
}

static void test_repetitions(void **state)
{
	(void)state;
	begin(2);
	expect("generic/001", 0, 0);
	expect("generic/001", 0, 1);
	expect("generic/001", 0, 2);
	expect_none("generic/001");
	/* Planned twice: the second is its own, not a repetition. */
	expect("generic/002", 1, 0);
	expect("generic/002", 2, 0);
	expect("generic/002", 2, 1);
	expect("generic/003", 3, 0);
	expect("generic/003", 3, 1);
}

static void test_told_twice(void **state)
{
	(void)state;
	begin(0);
	expect("generic/001", 0, 0);
	assert_false(order_is_repeated(&job, &spec, "generic/001"));
	job.test.active = true;
	assert_true(order_is_repeated(&job, &spec, "generic/001"));
	assert_false(order_is_repeated(&job, &spec, "generic/002"));
	job.test.pid = 5;
	assert_false(order_is_repeated(&job, &spec, "generic/001"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_stepped_over),
		cmocka_unit_test(test_repetitions),
		cmocka_unit_test(test_told_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
