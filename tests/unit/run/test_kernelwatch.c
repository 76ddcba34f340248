/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_kernelwatch - each problem of a boot once, from two sources. */
#include "host/run/kernelwatch.h"

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
	bool from_memory;
	bool in_test;
	bool unclassified;
	uint32_t test;
	uint32_t attempt;
	size_t text_len;
};

static struct told told[TOLD_MAX];
static size_t told_count;
static char fatal[512];
static unsigned int fatals;
static char death[512];
static unsigned int deaths;
static struct kernelwatch *watch;
static uint64_t sequence;
static double seconds;
static uint64_t warn_count, taint;

static void on_fatal(void *context, const char *line)
{
	assert_ptr_equal(context, &sequence);
	fatals++;
	snprintf(fatal, sizeof(fatal), "%s", line);
}

static void on_death(void *context, const char *line)
{
	assert_ptr_equal(context, &sequence);
	deaths++;
	snprintf(death, sizeof(death), "%s", line);
}

static void on_problem(void *context, Pb__KernelProblem *problem)
{
	struct told *entry = &told[told_count++];

	assert_ptr_equal(context, &sequence);
	assert_true(told_count <= TOLD_MAX);
	if (!problem->unclassified) {
		assert_true(strlen(problem->report) > 0);
		assert_true(strlen(problem->fingerprint) > 0);
	}
	snprintf(entry->title, sizeof(entry->title), "%s", problem->title);
	snprintf(entry->class, sizeof(entry->class), "%s", problem->class_);
	entry->severity = problem->severity;
	entry->from_console = problem->from_console;
	entry->from_memory = problem->from_memory;
	entry->in_test = problem->in_test;
	entry->unclassified = problem->unclassified;
	entry->test = problem->test;
	entry->attempt = problem->attempt;
	entry->text_len = strlen(problem->report);
}

static int begin(void **state)
{
	static const struct kernelwatch_owner owner = {
		.on_fatal = on_fatal,
		.on_death = on_death,
		.on_problem = on_problem,
	};

	(void)state;
	told_count = 0;
	fatals = deaths = 0;
	fatal[0] = '\0';
	sequence = 0;
	seconds = 1;
	warn_count = taint = 0;
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

static void record_as(uint64_t number, unsigned int priority, const char *text)
{
	Pb__KernelRecord record = PB__KERNEL_RECORD__INIT;
	Pb__KernelRecord *list[] = {&record};
	Pb__KernelRecords records = PB__KERNEL_RECORDS__INIT;

	record.sequence = number;
	record.priority = priority;
	record.time_us = (uint64_t)(seconds * 1e6);
	record.text = (char *)(uintptr_t)text;
	records.records = list;
	records.n_records = 1;
	kernelwatch_records(watch, &records);
}

static void record_of(unsigned int priority, const char *text)
{
	record_as(sequence++, priority, text);
}

static void record(const char *text)
{
	record_of(4, text);
}

/* The same line in both. */
static void both(const char *text)
{
	console(text);
	record(text);
}

/* Only read by the kernel's own console: the agent was dead, or too slow. */
static void lost(const char *text)
{
	console(text);
	sequence++;
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

/* ---- the guest's messages ---- */

static void event_of(Pb__Event *event)
{
	pb__event__init(event);
	event->boot = 1;
	/* The guest's CLOCK_MONOTONIC, 500 ms behind the kernel's. */
	event->guest_mono_ns = (uint64_t)((seconds - 0.5) * 1e9);
}

static void test_starts(uint32_t test, uint32_t attempt)
{
	const struct assignment_key key = {test, attempt};
	Pb__TestStarted started = PB__TEST_STARTED__INIT;
	Pb__Event event;

	event_of(&event);
	started.kmsg_sequence = sequence;
	started.has_counts = true;
	started.warn_count = warn_count;
	event.body_case = PB__EVENT__BODY_TEST_STARTED;
	event.test_started = &started;
	kernelwatch_event(watch, &event, &key);
}

static void test_ends(uint32_t test, uint32_t attempt)
{
	const struct assignment_key key = {test, attempt};
	Pb__TestFinished finished = PB__TEST_FINISHED__INIT;
	Pb__Event event;

	event_of(&event);
	finished.kmsg_sequence = sequence;
	finished.has_counts = true;
	finished.warn_count = warn_count;
	finished.taint = taint;
	event.body_case = PB__EVENT__BODY_TEST_FINISHED;
	event.test_finished = &finished;
	kernelwatch_event(watch, &event, &key);
}

static void job_ends(void)
{
	Pb__JobFinished finished = PB__JOB_FINISHED__INIT;
	Pb__Event event;

	event_of(&event);
	event.body_case = PB__EVENT__BODY_JOB_FINISHED;
	event.job_finished = &finished;
	kernelwatch_event(watch, &event, NULL);
}

static void expect_in(size_t index, uint32_t test, uint32_t attempt)
{
	assert_true(index < told_count);
	assert_true(told[index].in_test);
	assert_int_equal(told[index].test, test);
	assert_int_equal(told[index].attempt, attempt);
}

static void expect_in_boot(size_t index)
{
	assert_true(index < told_count);
	assert_false(told[index].in_test);
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
	double before = seconds;

	(void)state;
	for (int i = 0; i < 3; i++)
		warning(console, "foo");
	seconds = before;
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

static void oops(source *say)
{
	say("BUG: kernel NULL pointer dereference, address: 0000000000000008");
	say("#PF: supervisor read access in kernel mode");
	say("CPU: 0 PID: 77 Comm: fsx Not tainted 6.1.0 #1");
	say("RIP: 0010:foo_read+0x12/0x40");
	say("Call Trace:");
	say(" <TASK>");
	say(" vfs_read+0x5b/0xc0");
	say(" </TASK>");
	say("---[ end trace 0000000000000000 ]---");
}

/* An oops can be survived, and a kernel that still sends records has. */
static void test_records_raise_no_suspicion(void **state)
{
	(void)state;
	oops(record);
	assert_int_equal(fatals, 0);
	kernelwatch_finish(watch, true);
	expect_told(1);
	assert_int_equal(deaths, 0);
}

/* No program can write it there: the other CPUs have a moment yet. */
static void test_panic_in_records_is_suspected(void **state)
{
	(void)state;
	panic(record);
	assert_int_equal(fatals, 1);
	assert_string_equal(
		fatal, "Kernel panic - not syncing: sysrq triggered crash");
	assert_int_equal(deaths, 0);
}

/* ---- the dead guest's memory ---- */

static void memory_of(unsigned int priority, const char *text)
{
	Pb__KernelRecord record = PB__KERNEL_RECORD__INIT;

	record.sequence = sequence++;
	record.priority = priority;
	record.time_us = (uint64_t)(seconds * 1e6);
	record.text = (char *)(uintptr_t)text;
	record.caller = (char *)(uintptr_t) "T77";
	kernelwatch_memory(watch, &record);
}

static void memory(const char *text)
{
	memory_of(4, text);
}

static void test_death_in_memory(void **state)
{
	(void)state;
	warning(record, "foo");
	warning(memory, "bar");
	assert_int_equal(deaths, 0);
	panic(memory);
	assert_int_equal(deaths, 1);
	assert_string_equal(
		death, "Kernel panic - not syncing: sysrq triggered crash");
	assert_int_equal(fatals, 0);
	kernelwatch_finish(watch, true);
	expect_told(3);
	assert_false(told[0].from_memory);
	assert_true(told[1].from_memory);
	assert_true(told[2].from_memory);
	assert_false(told[2].from_console);
}

/* The first one counts, be it an oops. */
static void test_one_death_only(void **state)
{
	(void)state;
	oops(memory);
	seconds += 20;
	panic(memory);
	assert_int_equal(deaths, 1);
	assert_non_null(strstr(death, "BUG: kernel NULL pointer dereference"));
}

/* The agent has had the oops, and the panic that it led to killed it. */
static void test_death_by_what_was_passed_on(void **state)
{
	(void)state;
	record("BUG: kernel NULL pointer dereference, address: 00000008");
	record("CPU: 0 PID: 77 Comm: fsx Not tainted 6.1.0 #1");
	record("RIP: 0010:foo_read+0x12/0x40");
	record("Call Trace:");
	memory(" vfs_read+0x5b/0xc0");
	assert_int_equal(deaths, 0);
	memory("Kernel panic - not syncing: Fatal exception");
	assert_int_equal(deaths, 1);
	assert_non_null(strstr(death, "BUG: kernel NULL pointer dereference"));
	kernelwatch_finish(watch, true);
	/* begun there and ended here, and its consequence */
	expect_told(2);
	assert_true(told[0].from_memory);
	assert_true(told[0].text_len > strlen("BUG: ") + 4 * 20);
	expect_one(1, "Fatal exception", false);
}

static void test_foreign_memory(void **state)
{
	(void)state;
	memory_of(8 + 4, "Kernel panic - not syncing: not at all");
	kernelwatch_finish(watch, true);
	assert_int_equal(deaths, 0);
	expect_told(0);
}

/* What the console has had meanwhile is the same. */
static void test_memory_and_console_tell_once(void **state)
{
	(void)state;
	panic(console);
	assert_int_equal(fatals, 1);
	seconds -= 20;
	panic(memory);
	assert_int_equal(deaths, 1);
	kernelwatch_finish(watch, true);
	expect_told(1);
	expect_one(0, "sysrq triggered crash", false);
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

/* ---- two sources of one boot ---- */

/* The records come later than the console's lines, or earlier; a report that
 * both have is told once, however alike others are. */
static void test_same_report_in_both(void **state)
{
	(void)state;
	warning(both, "foo");
	warning(both, "foo");
	kernelwatch_finish(watch, true);
	expect_told(2);
	expect_one(0, "foo", false);
	expect_one(1, "foo", false);
}

static void test_console_first(void **state)
{
	double before = seconds;

	(void)state;
	warning(console, "foo");
	seconds = before;
	warning(record, "foo");
	kernelwatch_finish(watch, true);
	expect_told(1);
	expect_one(0, "foo", false);
}

static void test_records_first(void **state)
{
	double before = seconds;

	(void)state;
	warning(record, "foo");
	seconds = before;
	warning(console, "foo");
	kernelwatch_finish(watch, true);
	expect_told(1);
	expect_one(0, "foo", false);
}

/* A ring that was read out of a dead guest's RAM repeats what was there. */
static void test_records_twice(void **state)
{
	(void)state;
	warning(record, "foo");
	sequence = 0;
	seconds = 1;
	warning(record, "foo");
	assert_int_equal(kernelwatch_next(watch), sequence);
	warning(record, "bar");
	kernelwatch_finish(watch, true);
	expect_told(2);
	expect_one(1, "bar", false);
}

/* The agent held records back: what is in the gap only the console has. */
static void test_gap_in_records(void **state)
{
	(void)state;
	both("nothing of interest");
	seconds += 1;
	warning(lost, "foo");
	both("nothing of interest");
	kernelwatch_finish(watch, false);
	expect_told(1);
	expect_one(0, "foo", true);
}

/* A program wrote it to /dev/kmsg: the console shows no facility, the records
 * go past it and know better. */
static void test_imitation_before_death(void **state)
{
	static const char imitation[] =
		"WARNING: CPU: 0 PID: 7 at fs/nothing.c:1 foo+0x1/0x2";

	(void)state;
	console(imitation);
	record_of(8 + 4, imitation);
	seconds += 20;
	both("nothing of interest");
	seconds += 20;
	panic(console);
	kernelwatch_finish(watch, true);
	expect_told(1);
	expect_one(0, "sysrq triggered crash", true);
}

/* After the agent has said all, the kernel may still die. */
static void test_end_of_a_good_boot(void **state)
{
	(void)state;
	both("nothing of interest");
	seconds += 1;
	warning(console, "foo");
	kernelwatch_finish(watch, false);
	expect_told(1);
	expect_one(0, "foo", true);
}

/* The guest died while the agent was sending: the console has the rest. */
static void test_records_stop_in_the_midst(void **state)
{
	static const char header[] =
		"WARNING: CPU: 0 PID: 77 at fs/fstvm/foo.c:12 foo+0x12/0x40";
	size_t short_len;

	(void)state;
	both("------------[ cut here ]------------");
	both(header);
	short_len = strlen(header);
	console("CPU: 0 PID: 77 Comm: fsx Not tainted 6.1.0 #1");
	console("Call Trace:");
	console(" do_syscall_64+0x5b/0xc0");
	kernelwatch_finish(watch, true);
	expect_told(1);
	expect_one(0, "foo", true);
	assert_true(told[0].text_len > short_len + 60);
}

/* ---- whose it is ---- */

static void test_places(void **state)
{
	(void)state;
	warning(record, "boot");
	test_starts(7, 0);
	warning(record, "in_seven");
	test_ends(7, 0);
	warning(record, "after_seven");
	test_starts(3, 2);
	record("run fstests generic/003");
	warning(record, "in_three");
	test_ends(3, 2);
	seconds += 1;
	job_ends();
	warning(record, "down");
	kernelwatch_finish(watch, false);
	expect_told(5);
	expect_in_boot(0);
	expect_in(1, 7, 0);
	expect_in(2, 7, 0);
	expect_in(3, 3, 2);
	expect_in_boot(4);
}

/* What the test's end finds open is told before its verdict is given. */
static void test_told_before_the_end(void **state)
{
	(void)state;
	test_starts(1, 0);
	record("------------[ cut here ]------------");
	record("WARNING: CPU: 0 PID: 77 at fs/a.c:12 foo+0x12/0x40");
	expect_told(0);
	seconds += 1;
	test_ends(1, 0);
	expect_told(1);
	expect_in(0, 1, 0);
}

/* A dump that goes on over the end of a test, even into the next one. */
static void test_dump_over_the_end(void **state)
{
	(void)state;
	test_starts(1, 0);
	record("------------[ cut here ]------------");
	record("WARNING: CPU: 0 PID: 77 at fs/a.c:12 foo+0x12/0x40");
	warn_count = 1;
	taint = 1 << 9;
	test_ends(1, 0);
	expect_told(0);
	record("Call Trace:");
	seconds += 0.01;
	test_starts(2, 0);
	record(" bar+0x5b/0xc0");
	expect_told(0);
	record("---[ end trace 0000000000000000 ]---");
	expect_told(1);
	expect_in(0, 1, 0);
	assert_true(told[0].text_len > 130);
	warning(record, "second");
	warn_count = 2;
	test_ends(2, 0);
	kernelwatch_finish(watch, false);
	expect_told(2);
	expect_in(1, 2, 0);
}

/* One without an end mark is told when the kernel's clock has gone on. */
static void test_dump_is_waited_for_shortly(void **state)
{
	(void)state;
	test_starts(1, 0);
	oops(record);
	test_ends(1, 0);
	expect_told(0);
	seconds += 0.2;
	record_of(8 + 4, "run fstests generic/002");
	expect_told(1);
	expect_in(0, 1, 0);
	kernelwatch_finish(watch, false);
	expect_told(1);
}

static void hung(source *say, int for_s)
{
	char line[128];

	snprintf(line, sizeof(line),
		 "INFO: task fsstress:77 blocked for more than %d seconds.",
		 for_s);
	say(line);
	say("      Not tainted 6.1.0 #1");
	say("task:fsstress        state:D stack:0     pid:77");
	say("Call Trace:");
	say(" __schedule+0x34d/0x9e0");
	say(" schedule+0x5a/0xd0");
	say(" ext4_foo+0x5a/0xd0");
	seconds += 20;
}

/* It began in an earlier test than the one that it was printed in. */
static void test_age(void **state)
{
	(void)state;
	test_starts(1, 0);
	record("run fstests generic/001");
	seconds += 100;
	test_ends(1, 0);
	test_starts(2, 0);
	record("run fstests generic/002");
	seconds += 100;
	hung(record, 120);
	test_ends(2, 0);
	seconds += 100;
	test_starts(3, 0);
	hung(record, 120);
	hung(record, 1000);
	kernelwatch_finish(watch, false);
	expect_told(3);
	expect_in(0, 1, 0);
	assert_string_equal(told[0].class, "hung_task");
	expect_in(1, 2, 0);
	expect_in_boot(2);
}

/* Without a sequence number the time has to do. */
static void test_place_of_console(void **state)
{
	(void)state;
	test_starts(1, 0);
	record("run fstests generic/001");
	seconds += 10;
	test_ends(1, 0);
	test_starts(2, 0);
	record("run fstests generic/002");
	seconds += 10;
	test_ends(2, 0);
	test_starts(3, 0); /* its first record never came */
	seconds += 0.4;
	panic(console);
	kernelwatch_finish(watch, true);
	expect_told(1);
	expect_in(0, 3, 0);
}

/* ---- the counters ---- */

static void test_counter_without_a_report(void **state)
{
	(void)state;
	test_starts(1, 0);
	record("nothing of interest");
	warn_count = 2;
	test_ends(1, 0);
	expect_told(1);
	expect_in(0, 1, 0);
	assert_true(told[0].unclassified);
	assert_string_equal(told[0].class, "bug_other");
	assert_non_null(strstr(told[0].title, "warn_count rose by 2"));
	test_starts(2, 0);
	test_ends(2, 0);
	kernelwatch_finish(watch, false);
	expect_told(1);
}

static void test_counter_with_a_report(void **state)
{
	(void)state;
	warning(record, "boot");
	warn_count = 1;
	taint = 1 << 9;
	test_starts(1, 0);
	warning(record, "foo");
	warn_count = 2;
	test_ends(1, 0);
	test_starts(2, 0);
	kernelwatch_finish(watch, false);
	expect_told(2);
	assert_false(told[0].unclassified);
	assert_false(told[1].unclassified);
}

/* The agent held records of a flood back: what it sent explains the rest. */
static void test_counter_of_a_flood(void **state)
{
	(void)state;
	test_starts(1, 0);
	warning(record, "foo");
	warning(lost, "foo");
	warning(lost, "foo");
	record("more");
	warn_count = 3;
	test_ends(1, 0);
	expect_told(1);
	/* but not of the next test */
	test_starts(2, 0);
	warn_count = 4;
	test_ends(2, 0);
	expect_told(2);
	expect_in(1, 2, 0);
	assert_true(told[1].unclassified);
}

/* Nothing of it was sent: what is known is that something is not. */
static void test_counter_of_lost_records(void **state)
{
	(void)state;
	test_starts(1, 0);
	record("run fstests generic/001");
	sequence += 9;
	record("more");
	warn_count = 1;
	test_ends(1, 0);
	expect_told(1);
	assert_non_null(strstr(told[0].title, "records of it were lost"));
	kernelwatch_finish(watch, false);
	expect_told(1);
}

/* The test's end overtook its records. */
static void test_counter_before_its_report(void **state)
{
	(void)state;
	test_starts(1, 0);
	record("run fstests generic/001");
	sequence += 9; /* lines of warning() */
	warn_count = 1;
	test_ends(1, 0);
	sequence -= 9;
	expect_told(0);
	warning(record, "foo");
	record("more");
	expect_told(1);
	expect_one(0, "foo", false);
	kernelwatch_finish(watch, false);
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
		WATCH_TEST(test_panic_in_records_is_suspected),
		WATCH_TEST(test_death_in_memory),
		WATCH_TEST(test_one_death_only),
		WATCH_TEST(test_death_by_what_was_passed_on),
		WATCH_TEST(test_foreign_memory),
		WATCH_TEST(test_memory_and_console_tell_once),
		WATCH_TEST(test_foreign_records),
		WATCH_TEST(test_flood_on_console),
		WATCH_TEST(test_many_titles),
		WATCH_TEST(test_cut_off),
		WATCH_TEST(test_same_report_in_both),
		WATCH_TEST(test_console_first),
		WATCH_TEST(test_records_first),
		WATCH_TEST(test_records_twice),
		WATCH_TEST(test_gap_in_records),
		WATCH_TEST(test_imitation_before_death),
		WATCH_TEST(test_end_of_a_good_boot),
		WATCH_TEST(test_records_stop_in_the_midst),
		WATCH_TEST(test_places),
		WATCH_TEST(test_told_before_the_end),
		WATCH_TEST(test_dump_over_the_end),
		WATCH_TEST(test_dump_is_waited_for_shortly),
		WATCH_TEST(test_age),
		WATCH_TEST(test_place_of_console),
		WATCH_TEST(test_counter_without_a_report),
		WATCH_TEST(test_counter_with_a_report),
		WATCH_TEST(test_counter_of_a_flood),
		WATCH_TEST(test_counter_of_lost_records),
		WATCH_TEST(test_counter_before_its_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
