/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_recordlog - a test's kernel records as bounded text. */
#include "host/kernel/recordlog.h"
#include "shared/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 64 * 1024 };

static void add(struct recordlog *log, uint64_t sequence, const char *text,
		const char *caller)
{
	Pb__KernelRecord record = PB__KERNEL_RECORD__INIT;

	record.sequence = sequence;
	record.priority = 6;
	record.time_us = 12000345;
	record.text = (char *)(uintptr_t)text;
	record.caller = (char *)(uintptr_t)caller;
	recordlog_add(log, &record);
}

static void expect(const struct recordlog *log, const char *want)
{
	assert_true(bytes_equal_string(recordlog_text(log), want));
}

static void test_lines(void **state)
{
	struct recordlog log;

	(void)state;
	assert_int_equal(recordlog_init(&log, CAP), 0);
	add(&log, 5, "one\x1b[31m\ntwo", "");
	add(&log, 6, "three", "T12");
	expect(&log, "<6>[   12.000345] one\\x1b[31m\\x0atwo\n"
		     "<6>[   12.000345] [T12] three\n");
	recordlog_deinit(&log);
}

static void test_only_the_present_test(void **state)
{
	struct recordlog log;

	(void)state;
	assert_int_equal(recordlog_init(&log, CAP), 0);
	add(&log, 5, "before", "");
	recordlog_begin(&log, 7);
	add(&log, 6, "late", "");
	add(&log, 7, "its own", "");
	expect(&log, "<6>[   12.000345] its own\n");
	recordlog_deinit(&log);
}

static void test_the_last_ones_are_kept(void **state)
{
	static char longest[LIMIT_KMSG_TEXT + 1];
	struct recordlog log;
	struct bytes text;
	size_t added = 0;
	char last[] = "<6>[   12.000345] last\n";

	(void)state;
	memset(longest, '\x01', LIMIT_KMSG_TEXT);
	assert_int_equal(recordlog_init(&log, CAP), 0);
	for (int i = 0; i < 1000; i++) {
		add(&log, 1, longest, longest + LIMIT_KMSG_TEXT - LIMIT_NAME);
		added += strlen("<6>[   12.000345] [] \n") +
			 4 * (LIMIT_KMSG_TEXT + LIMIT_NAME);
		text = recordlog_text(&log);
		assert_true(text.len <= CAP);
		assert_int_equal(text.len + log.dropped_bytes, added);
		assert_memory_equal(text.data, "<6>[", 4);
	}
	add(&log, 1, "last", "");
	text = recordlog_text(&log);
	assert_memory_equal(text.data + text.len - strlen(last), last,
			    strlen(last));
	recordlog_deinit(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_only_the_present_test),
		cmocka_unit_test(test_the_last_ones_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
