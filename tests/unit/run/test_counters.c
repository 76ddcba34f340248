/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_counters - counts that moved with and without a report. */
#include "host/run/counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char title[160];

static bool counts(struct counters *counters, uint64_t warns, uint64_t oopses)
{
	const struct counters_sample sample = {
		.has_counts = true,
		.warn_count = warns,
		.oops_count = oopses,
	};

	return counters_check(counters, &sample, title, sizeof(title));
}

static bool taint(struct counters *counters, uint64_t bits)
{
	const struct counters_sample sample = {
		.has_taint = true,
		.taint = bits,
	};

	return counters_check(counters, &sample, title, sizeof(title));
}

static void says(struct counters *counters, enum report_class class,
		 enum report_severity severity, const char *text)
{
	struct report report = {
		.class = class,
		.severity = severity,
		.text = bytes_of_string(text),
	};

	bytes_copy_string(report.header, sizeof(report.header), text);
	counters_report(counters, &report);
}

static void warns(struct counters *counters)
{
	says(counters, CLASS_WARNING, REPORT_ERROR,
	     "WARNING: CPU: 0 PID: 1 at fs/a.c:1 f+0x1/0x2\n");
}

static void test_nothing_moved(void **state)
{
	struct counters counters = {0};

	(void)state;
	assert_false(counts(&counters, 0, 0));
	assert_string_equal(title, "");
	assert_false(taint(&counters, 0));
	/* more reports than counts: not all kinds are counted */
	says(&counters, CLASS_LOCKDEP, REPORT_ERROR, "");
	assert_false(counts(&counters, 0, 0));
}

static void test_unexplained(void **state)
{
	struct counters counters = {0};

	(void)state;
	assert_true(counts(&counters, 3, 0));
	assert_string_equal(title,
			    "warn_count rose by 3 with 0 in the kernel's log");
	assert_false(counts(&counters, 3, 0));
	warns(&counters);
	assert_true(counts(&counters, 5, 1));
	assert_string_equal(title,
			    "warn_count rose by 2 with 1 in the kernel's log, "
			    "oops_count rose by 1 with 0 in the kernel's log");
}

static void test_explained(void **state)
{
	struct counters counters = {0};

	(void)state;
	says(&counters, CLASS_KASAN, REPORT_ERROR, "");
	says(&counters, CLASS_OOPS, REPORT_FATAL, "");
	assert_false(counts(&counters, 1, 1));
	/* and no longer */
	assert_true(counts(&counters, 2, 1));
}

/* What never counts as a warning explains none. */
static void test_other_classes(void **state)
{
	struct counters counters = {0};

	(void)state;
	says(&counters, CLASS_HUNG_TASK, REPORT_HANG, "");
	says(&counters, CLASS_IO_ERROR, REPORT_NOTE, "");
	assert_true(counts(&counters, 1, 0));
}

/* A report explains what the kernel counts for it, and no more. */
static void test_steps(void **state)
{
	struct counters counters = {0};

	(void)state;
	for (int i = 0; i < 5; i++)
		says(&counters, CLASS_FS_ERROR, REPORT_ERROR,
		     "EXT4-fs error (device vdb): f:1: x\n");
	says(&counters, CLASS_LOCKDEP, REPORT_ERROR,
	     "WARNING: possible circular locking dependency detected\n");
	assert_true(counts(&counters, 5, 0));
	says(&counters, CLASS_REFCOUNT, REPORT_ERROR,
	     "refcount_t: underflow\n"
	     "WARNING: lib/refcount.c:28 at f+0x1/0x2, CPU#0: a/1\n");
	says(&counters, CLASS_ATOMIC, REPORT_ERROR,
	     "BUG: scheduling while atomic: a/1/0x2\n");
	says(&counters, CLASS_ATOMIC, REPORT_ERROR,
	     "BUG: sleeping function called from invalid context at a.c:1\n");
	assert_false(counts(&counters, 7, 0));
	assert_true(counts(&counters, 8, 0));
}

/* A panic ends no task. */
static void test_panic_is_no_oops(void **state)
{
	struct counters counters = {0};

	(void)state;
	says(&counters, CLASS_PANIC, REPORT_FATAL, "Kernel panic\n");
	assert_true(counts(&counters, 0, 1));
}

/* A guest's word: it must not wrap. */
static void test_falling(void **state)
{
	struct counters counters = {0};

	(void)state;
	assert_true(counts(&counters, UINT64_MAX, 0));
	assert_false(counts(&counters, 0, 0));
}

/* Its report came before the sample, its count after it. */
static void test_counted_late(void **state)
{
	struct counters counters = {0};

	(void)state;
	warns(&counters);
	assert_false(counts(&counters, 0, 0));
	assert_false(counts(&counters, 1, 0));
	assert_true(counts(&counters, 2, 0));
}

static void test_taint(void **state)
{
	struct counters counters = {0};

	(void)state;
	/* an out-of-tree, unsigned module; a user's */
	assert_false(taint(&counters, 1 << 12 | 1 << 13 | 1 << 6));
	assert_true(taint(&counters, 1 << 9 | 1 << 12));
	assert_string_equal(title, "taint W appeared");
	assert_false(taint(&counters, 1 << 9));
	assert_true(taint(&counters, 1 << 9 | 1 << 7 | 1 << 14 | 1 << 5));
	assert_string_equal(title, "taint D appeared, taint L appeared, "
				   "taint B appeared");
}

static void test_explained_taint(void **state)
{
	struct counters counters = {0};

	(void)state;
	warns(&counters);
	assert_false(counts(&counters, 1, 0));
	assert_false(taint(&counters, 1 << 9));
	says(&counters, CLASS_IO_ERROR, REPORT_NOTE, "");
	says(&counters, CLASS_FS_ERROR, REPORT_ERROR, "EXT4-fs error (\n");
	assert_true(taint(&counters, 1 << 9 | 1 << 5));
	assert_string_equal(title, "taint B appeared");
	says(&counters, CLASS_MCE, REPORT_ERROR, "");
	says(&counters, CLASS_SOFT_LOCKUP, REPORT_HANG, "");
	says(&counters, CLASS_OOPS, REPORT_FATAL, "");
	assert_false(
		taint(&counters, 1 << 9 | 1 << 5 | 1 << 4 | 1 << 14 | 1 << 7));
}

/* The bit is set when the report has been printed. */
static void test_taint_comes_late(void **state)
{
	struct counters counters = {0};

	(void)state;
	says(&counters, CLASS_OOPS, REPORT_FATAL, "");
	assert_false(taint(&counters, 0));
	assert_false(taint(&counters, 1 << 7));
}

static void test_room(void **state)
{
	const struct counters_sample sample = {
		.has_counts = true,
		.warn_count = 1,
		.oops_count = 1,
		.has_taint = true,
		.taint = 1 << 9,
	};
	struct counters counters = {0};
	char small[16];

	(void)state;
	assert_true(counters_check(&counters, &sample, small, sizeof(small)));
	assert_string_equal(small, "warn_count rose");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_moved),
		cmocka_unit_test(test_unexplained),
		cmocka_unit_test(test_explained),
		cmocka_unit_test(test_other_classes),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_panic_is_no_oops),
		cmocka_unit_test(test_falling),
		cmocka_unit_test(test_counted_late),
		cmocka_unit_test(test_taint),
		cmocka_unit_test(test_explained_taint),
		cmocka_unit_test(test_taint_comes_late),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
