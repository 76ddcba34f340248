/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_kernelwatch - each problem of a boot once, from two sources. */
#include "host/kernelwatch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TOLD_MAX = 512, KEPT = 64, TITLES = 256 };

struct told {
	char title[160];
	char class[32];
	Pb__Severity severity;
	bool from_console;
};

static struct told told[TOLD_MAX];
static size_t told_count;
static char fatal[512];
static unsigned int fatals;
static struct kernelwatch *watch;
static uint64_t sequence;
static double seconds;

static void on_fatal(void *context, const char *line)
{
	assert_ptr_equal(context, &sequence);
	fatals++;
	snprintf(fatal, sizeof(fatal), "%s", line);
}

static void on_problem(void *context, Pb__KernelProblem *problem)
{
	struct told *entry = &told[told_count++];

	assert_ptr_equal(context, &sequence);
	assert_true(told_count <= TOLD_MAX);
	assert_false(problem->in_test); /* the owner's to fill in */
	assert_true(strlen(problem->report) > 0);
	assert_true(strlen(problem->fingerprint) > 0);
	snprintf(entry->title, sizeof(entry->title), "%s", problem->title);
	snprintf(entry->class, sizeof(entry->class), "%s", problem->class_);
	entry->severity = problem->severity;
	entry->from_console = problem->from_console;
}

static int begin(void **state)
{
	static const struct kernelwatch_owner owner = {
		.on_fatal = on_fatal,
		.on_problem = on_problem,
	};

	(void)state;
	told_count = 0;
	fatals = 0;
	fatal[0] = '\0';
	sequence = 0;
	seconds = 1;
	watch = kernelwatch_create(&owner, &sequence);
	assert_non_null(watch);
	return 0;
}

static int end(void **state)
{
	(void)state;
	kernelwatch_destroy(watch);
	return 0;
}

/* ---- the two sources ---- */

static void console(const char *text)
{
	char line[512];

	snprintf(line, sizeof(line), "[%12.6f] %s", seconds, text);
	kernelwatch_console(watch, bytes_of_string(line));
}

static void record_of(unsigned int priority, const char *text)
{
	Pb__KernelRecord record = PB__KERNEL_RECORD__INIT;
	Pb__KernelRecord *list[] = {&record};
	Pb__KernelRecords records = PB__KERNEL_RECORDS__INIT;

	record.sequence = sequence++;
	record.priority = priority;
	record.time_us = (uint64_t)(seconds * 1e6);
	record.text = (char *)(uintptr_t)text;
	records.records = list;
	records.n_records = 1;
	kernelwatch_records(watch, &records);
}

static void record(const char *text)
{
	record_of(4, text);
}

typedef void source(const char *text);

/* A WARNING() of a function, and all that belongs to it. */
static void warning(source *say, const char *function)
{
	char line[256];

	say("------------[ cut here ]------------");
	snprintf(line, sizeof(line),
		 "WARNING: CPU: 0 PID: 77 at fs/fstvm/%s.c:12 %s+0x12/0x40",
		 function, function);
	say(line);
	say("CPU: 0 PID: 77 Comm: fsx Not tainted 6.1.0 #1");
	snprintf(line, sizeof(line), "RIP: 0010:%s+0x12/0x40", function);
	say(line);
	say("Call Trace:");
	say(" <TASK>");
	say(" do_syscall_64+0x5b/0xc0");
	say(" </TASK>");
	say("---[ end trace 0000000000000000 ]---");
	seconds += 20; /* no report lasts that long */
}

static void panic(source *say)
{
	say("Kernel panic - not syncing: sysrq triggered crash");
	say("CPU: 0 PID: 77 Comm: bash Not tainted 6.1.0 #1");
	say("Call Trace:");
	say(" panic+0x10d/0x2e9");
	say(" sysrq_handle_crash+0x16/0x20");
	say("---[ end Kernel panic - not syncing: sysrq triggered crash ]---");
	seconds += 20;
}

static void expect_told(size_t count)
{
	for (size_t i = 0; told_count != count && i < told_count; i++)
		print_message("told: %s\n", told[i].title);
	assert_int_equal(told_count, count);
}

static void expect_one(size_t index, const char *title, bool from_console)
{
	assert_true(index < told_count);
	assert_non_null(strstr(told[index].title, title));
	assert_int_equal(told[index].from_console, from_console);
}

/* ---- tests ---- */

static void test_records_are_told(void **state)
{
	(void)state;
	record("nothing of interest");
	warning(record, "foo");
	kernelwatch_finish(watch, false);
	expect_told(1);
	expect_one(0, "foo", false);
	assert_string_equal(told[0].class, "warning");
	assert_int_equal(told[0].severity, PB__SEVERITY__SEVERITY_ERROR);
	assert_int_equal(fatals, 0);
}

/* As they come, not at the end of the boot. */
static void test_records_are_told_at_once(void **state)
{
	(void)state;
	warning(record, "foo");
	warning(record, "bar");
	expect_told(2);
	kernelwatch_finish(watch, true);
	expect_told(2);
}

static void test_both_sources_tell_once(void **state)
{
	(void)state;
	warning(console, "foo");
	warning(record, "foo");
	warning(record, "bar");
	warning(console, "bar");
	kernelwatch_finish(watch, true);
	expect_told(2);
	expect_one(0, "foo", false);
	expect_one(1, "bar", false);
}

/* The agent died with the kernel: only the console has the last words. */
static void test_last_words(void **state)
{
	(void)state;
	warning(console, "foo");
	warning(record, "foo");
	panic(console);
	expect_told(1);
	kernelwatch_finish(watch, true);
	expect_told(2);
	expect_one(1, "sysrq triggered crash", true);
	assert_string_equal(told[1].class, "panic");
	assert_int_equal(told[1].severity, PB__SEVERITY__SEVERITY_FATAL);
}

/* Anything can write to the console; a boot that ended well did not die. */
static void test_console_alone_is_not_believed(void **state)
{
	(void)state;
	panic(console);
	warning(console, "foo");
	kernelwatch_finish(watch, false);
	expect_told(0);
}

/* The same warning three times, of which the records have one. */
static void test_occurrences_are_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		warning(console, "foo");
	warning(record, "foo");
	kernelwatch_finish(watch, true);
	expect_told(3);
	expect_one(0, "foo", false);
	expect_one(1, "foo", true);
	expect_one(2, "foo", true);
}

/* The console can be the poorer one, too: garbled, or never attached. */
static void test_records_know_more(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		warning(record, "foo");
	warning(console, "foo");
	kernelwatch_finish(watch, true);
	expect_told(3);
}

static void test_death_is_suspected_at_once(void **state)
{
	(void)state;
	warning(console, "foo");
	assert_int_equal(fatals, 0);
	console("Kernel panic - not syncing: sysrq triggered crash");
	assert_int_equal(fatals, 1);
	assert_non_null(strstr(fatal, "Kernel panic - not syncing"));
	expect_told(0);
}

/* A kernel that still sends records has not died of what they say. */
static void test_records_raise_no_suspicion(void **state)
{
	(void)state;
	panic(record);
	assert_int_equal(fatals, 0);
	kernelwatch_finish(watch, true);
	expect_told(1);
}

/* /dev/kmsg is open to programs; their facility is not the kernel's. */
static void test_foreign_records(void **state)
{
	(void)state;
	record_of(8 + 4, "Kernel panic - not syncing: not at all");
	record_of(24 + 4, "------------[ cut here ]------------");
	record_of(24 + 4, "WARNING: CPU: 0 PID: 7 at a.c:1 foo+0x1/0x2");
	kernelwatch_finish(watch, true);
	expect_told(0);
}

/* Of a flood on the console the last ones are kept, in their order. */
static void test_flood_on_console(void **state)
{
	char function[32];

	(void)state;
	for (int i = 0; i < KEPT + 6; i++) {
		snprintf(function, sizeof(function), "f%03d", i);
		warning(console, function);
	}
	kernelwatch_finish(watch, true);
	expect_told(KEPT);
	expect_one(0, "f006", true);
	expect_one(KEPT - 1, "f069", true);
}

/* More titles than are counted: the rest share a count, nothing breaks. */
static void test_many_titles(void **state)
{
	char function[32];

	(void)state;
	for (int i = 0; i < TITLES + 10; i++) {
		snprintf(function, sizeof(function), "f%03d", i);
		warning(record, function);
	}
	expect_told(TITLES + 10);
	warning(console, "f000");
	warning(console, "f265");
	kernelwatch_finish(watch, true);
	expect_told(TITLES + 10);
}

/* A report that is cut off by the kernel's end is told all the same. */
static void test_cut_off(void **state)
{
	(void)state;
	record("------------[ cut here ]------------");
	record("WARNING: CPU: 0 PID: 77 at fs/a.c:12 foo+0x12/0x40");
	expect_told(0);
	kernelwatch_finish(watch, true);
	expect_told(1);
}

#define WATCH_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WATCH_TEST(test_records_are_told),
		WATCH_TEST(test_records_are_told_at_once),
		WATCH_TEST(test_both_sources_tell_once),
		WATCH_TEST(test_last_words),
		WATCH_TEST(test_console_alone_is_not_believed),
		WATCH_TEST(test_occurrences_are_counted),
		WATCH_TEST(test_records_know_more),
		WATCH_TEST(test_death_is_suspected_at_once),
		WATCH_TEST(test_records_raise_no_suspicion),
		WATCH_TEST(test_foreign_records),
		WATCH_TEST(test_flood_on_console),
		WATCH_TEST(test_many_titles),
		WATCH_TEST(test_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
