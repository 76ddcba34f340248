/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_heard - which of the console's reports the records have had. */
#include "host/run/heard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct heard heard;

static int begin(void **state)
{
	(void)state;
	heard_init(&heard);
	return 0;
}

static struct report report_of(const char *title, uint64_t time_us)
{
	struct report report = {
		.class = CLASS_WARNING,
		.time_us = time_us,
		.has_time = time_us > 0,
	};

	bytes_copy_string(report.title, sizeof(report.title), title);
	return report;
}

/* A report of the console, and whether it has been heard of. */
static bool known(const char *title, uint64_t time_us, bool ended_badly)
{
	struct report report = report_of(title, time_us);
	uint32_t occurrence;
	size_t index = heard_console(&heard, &report, &occurrence);

	return heard_has(&heard, &report, index, occurrence, ended_badly);
}

static void told(const char *title, uint64_t time_us)
{
	struct report report = report_of(title, time_us);

	heard_report(&heard, &report);
}

static void test_records(void **state)
{
	(void)state;
	assert_true(heard_record(&heard, 0, 10));
	assert_true(heard_record(&heard, 1, 20));
	assert_false(heard_record(&heard, 1, 20));
	assert_false(heard_record(&heard, 0, 10));
	assert_true(heard_record(&heard, 5, 30));
	assert_int_equal(heard.gap_count, 1);
	assert_false(heard_record(&heard, UINT64_MAX, 40));
	assert_int_equal(heard.next, 6);
}

static void test_by_time(void **state)
{
	(void)state;
	assert_true(heard_record(&heard, 0, 100));
	told("a", 50);
	/* the console has it in other words */
	assert_true(known("A", 50, true));
	/* after the records' end */
	assert_false(known("a2", 101, true));
	assert_false(known("a2", 101, false));
	/* the records would have had it */
	assert_true(known("a3", 100, true));
}

static void test_by_title(void **state)
{
	(void)state;
	told("a", 0);
	told("a", 0);
	assert_true(known("a", 0, true));
	assert_true(known("a", 0, true));
	assert_false(known("a", 0, true));
	assert_true(known("a", 0, false));
}

static void test_without_records(void **state)
{
	(void)state;
	assert_false(known("a", 5, true));
	assert_true(known("a", 5, false));
}

static void test_gap(void **state)
{
	(void)state;
	assert_true(heard_record(&heard, 0, 10));
	assert_true(heard_record(&heard, 1, 20));
	assert_true(heard_record(&heard, 9, 40));
	assert_true(heard_record(&heard, 10, 90));
	assert_true(known("a", 19, false));
	assert_false(known("b", 20, false));
	assert_false(known("c", 40, false));
	assert_true(known("d", 41, false));
}

/* The last gap takes the rest: the console is believed too much, not too
 * little. */
static void test_many_gaps(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < HEARD_GAPS + 10; i++)
		assert_true(heard_record(&heard, 2 * i + 1, 10 * (i + 1)));
	assert_int_equal(heard.gap_count, HEARD_GAPS);
	assert_false(known("a", UINT64_C(10) * (HEARD_GAPS + 9), true));
}

static void test_many_reports(void **state)
{
	char title[32];

	(void)state;
	for (int i = 0; i < HEARD_REPORTS + HEARD_TITLES; i++) {
		snprintf(title, sizeof(title), "t%d", i);
		told(title, (uint64_t)i + 1);
	}
	assert_int_equal(heard.title_count, HEARD_TITLES);
	assert_true(known("x", HEARD_REPORTS + HEARD_TITLES, true));
}

#define HEARD_TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEARD_TEST(test_records),      HEARD_TEST(test_by_time),
		HEARD_TEST(test_by_title),     HEARD_TEST(test_without_records),
		HEARD_TEST(test_gap),	       HEARD_TEST(test_many_gaps),
		HEARD_TEST(test_many_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
