/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/vitals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_stat(void **state)
{
	uint64_t cpu_ms = 1;
	uint32_t blocked = 1;

	(void)state;
	vitals_parse_stat("cpu  10 2 30 1000 500 4 5 6 70 0\n"
			  "cpu0 1 1 1 1 1 1 1 1 1 1\nintr 5 6\n"
			  "procs_running 2\nprocs_blocked 3\n",
			  100, &cpu_ms, &blocked);
	assert_int_equal(cpu_ms, 570);
	assert_int_equal(blocked, 3);
}

static void test_what_is_missing_stays(void **state)
{
	uint64_t number = 7;
	uint32_t small = 8;

	(void)state;
	vitals_parse_stat("", 100, &number, &small);
	vitals_parse_stat("cpu  1 2 3\nxprocs_blocked 3", 100, &number, &small);
	vitals_parse_meminfo("MemTotal: 5 kB\n", &number);
	vitals_parse_loadavg("x", &small);
	assert_int_equal(number, 7);
	assert_int_equal(small, 8);
}

static void test_loadavg(void **state)
{
	uint32_t centi = 0;

	(void)state;
	vitals_parse_loadavg("12.07 1.00 0.50 1/100 200\n", &centi);
	assert_int_equal(centi, 1207);
}

static void test_meminfo(void **state)
{
	uint64_t available = 0;

	(void)state;
	vitals_parse_meminfo("MemTotal: 5 kB\nMemAvailable:   123 kB\n",
			     &available);
	assert_int_equal(available, 123 * 1024);
}

static void test_this_machine(void **state)
{
	Pb__Heartbeat first;
	Pb__Heartbeat second;
	struct vitals vitals;

	(void)state;
	pb__heartbeat__init(&second);
	pb__heartbeat__init(&first);
	assert_int_equal(vitals_open(&vitals), 0);
	vitals_fill(&vitals, &first);
	assert_true(first.cpu_ms > 0);
	assert_true(first.available_bytes > 0);
	/* From the same descriptors again, and never backwards. */
	vitals_fill(&vitals, &second);
	assert_true(second.cpu_ms >= first.cpu_ms);
	assert_true(second.available_bytes > 0);
	vitals_close(&vitals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_what_is_missing_stays),
		cmocka_unit_test(test_loadavg),
		cmocka_unit_test(test_meminfo),
		cmocka_unit_test(test_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
