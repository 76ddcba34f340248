/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_timetable - whose a moment of a boot is. */
#include "host/run/timetable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MS_NS UINT64_C(1000000)
#define MS_US UINT64_C(1000)

static struct timetable table;

static int begin(void **state)
{
	(void)state;
	timetable_init(&table);
	return 0;
}

static void start(uint32_t test, uint64_t sequence, uint64_t mono_ms)
{
	const struct assignment_key key = {test, test + 100};

	timetable_start(&table, &key, sequence, mono_ms * MS_NS);
}

static void expect(struct timetable_place place, int64_t test)
{
	assert_int_equal(place.in_test, test >= 0);
	if (test < 0)
		return;
	assert_int_equal(place.key.test, test);
	assert_int_equal(place.key.attempt, test + 100);
}

static void test_empty(void **state)
{
	(void)state;
	expect(timetable_now(&table), -1);
	expect(timetable_by_sequence(&table, UINT64_MAX), -1);
	expect(timetable_by_time(&table, UINT64_MAX), -1);
	timetable_record(&table, 1, 1);
}

static void test_sequences(void **state)
{
	(void)state;
	start(4, 100, 0);
	start(2, 200, 0);
	expect(timetable_by_sequence(&table, 99), -1);
	expect(timetable_by_sequence(&table, 100), 4);
	expect(timetable_by_sequence(&table, 199), 4);
	expect(timetable_by_sequence(&table, 200), 2);
	expect(timetable_now(&table), 2);
	timetable_end(&table, 300, 0);
	expect(timetable_by_sequence(&table, 299), 2);
	expect(timetable_by_sequence(&table, 300), -1);
	expect(timetable_now(&table), -1);
}

/* The kernel's clock, as far as it is known. */
static void test_times(void **state)
{
	(void)state;
	start(1, 10, 1000);
	expect(timetable_by_time(&table, 999 * MS_US), -1);
	expect(timetable_by_time(&table, 1000 * MS_US), 1);
	timetable_record(&table, 9, 1 * MS_US); /* of before */
	timetable_record(&table, 10, 1500 * MS_US);
	timetable_record(&table, 11, 1600 * MS_US);
	expect(timetable_by_time(&table, 1499 * MS_US), -1);
	expect(timetable_by_time(&table, 1500 * MS_US), 1);
	/* 500 ms apart: so is the next one, until its record comes */
	start(2, 20, 3000);
	expect(timetable_by_time(&table, 3499 * MS_US), 1);
	expect(timetable_by_time(&table, 3500 * MS_US), 2);
	timetable_record(&table, 25, 3510 * MS_US);
	expect(timetable_by_time(&table, 3509 * MS_US), 1);
}

/* The kernel's clock may be the one behind. */
static void test_slow_clock(void **state)
{
	(void)state;
	start(1, 10, 5000);
	timetable_record(&table, 10, 4000 * MS_US);
	start(2, 20, 9000);
	expect(timetable_by_time(&table, 7999 * MS_US), 1);
	expect(timetable_by_time(&table, 8000 * MS_US), 2);
}

static void test_told_twice(void **state)
{
	(void)state;
	start(1, 10, 5);
	start(1, 12, 6);
	assert_int_equal(table.count, 1);
	timetable_end(&table, 20, 7);
	timetable_end(&table, 21, 8);
	assert_int_equal(table.count, 2);
	/* check goes on with it in the same boot */
	start(1, 30, 9);
	expect(timetable_now(&table), 1);
}

static void test_more_than_are_kept(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < TIMETABLE_ROWS + 1; i++)
		start(i, 10 * i, 10 * i);
	expect(timetable_by_sequence(&table, 9), -1);
	expect(timetable_by_sequence(&table, 10), 1);
	expect(timetable_by_time(&table, 9 * MS_US), -1);
	expect(timetable_now(&table), TIMETABLE_ROWS);
}

#define TABLE_TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(test_empty),
		TABLE_TEST(test_sequences),
		TABLE_TEST(test_times),
		TABLE_TEST(test_slow_clock),
		TABLE_TEST(test_told_twice),
		TABLE_TEST(test_more_than_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
