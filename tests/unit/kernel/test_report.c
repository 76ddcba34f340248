/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Golden logs, and what must hold for any log: told early, found once, the
 * same however the bytes come. */
#include "host/kernel/report.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	KEPT_MAX = 64,
	LOG_MAX = 256 * 1024,
};

/* What a scan told. */
struct told {
	struct report reports[KEPT_MAX];
	size_t count;
	struct report_begin begins[KEPT_MAX];
	size_t begin_count;
	uint64_t begin_at; /* lines seen at the first begin */
	struct report_scanner *scanner;
};

static void on_begin(void *context, const struct report_begin *begin)
{
	struct told *told = context;

	if (told->begin_count == 0)
		told->begin_at = report_scanner_lines(told->scanner);
	if (told->begin_count < KEPT_MAX)
		told->begins[told->begin_count++] = *begin;
}

static void on_report(void *context, const struct report *report)
{
	struct told *told = context;

	assert_true(report->id > 0);
	assert_true(report->line_begin <= report->line_header);
	assert_true(report->line_header <= report->line_end);
	assert_true(report->text.len <= REPORT_TEXT_MAX);
	/* By id: reports of several callers end in any order. */
	assert_true(report->id <= KEPT_MAX);
	told->reports[report->id - 1] = *report;
	told->reports[report->id - 1].text.data = NULL;
	told->count++;
}

static struct report_scanner *scanner_for(struct told *told)
{
	struct report_sink sink = {
		.context = told,
		.on_begin = on_begin,
		.on_report = on_report,
	};
	struct report_scanner *scanner;

	memset(told, 0, sizeof(*told));
	assert_int_equal(report_scanner_create(sink, &scanner), 0);
	told->scanner = scanner;
	return scanner;
}

static void scan_pieces(struct bytes log, size_t piece, struct told *told)
{
	struct report_scanner *scanner = scanner_for(told);

	while (log.len > 0)
		report_scanner_push(scanner, bytes_take(&log, piece));
	report_scanner_flush(scanner);
	report_scanner_destroy(scanner);
}

static void scan(struct bytes log, struct told *told)
{
	scan_pieces(log, log.len ? log.len : 1, told);
}

static void scan_text(const char *text, struct told *told)
{
	scan(bytes_of_string(text), told);
}

/* "class severity function flags | title", as the golden files have it. */
static void describe(const struct report *report, char *to, size_t cap)
{
	snprintf(to, cap, "%s %s %s%s%s%s%s | %s",
		 report_class_name(report->class),
		 report_severity_name(report->severity),
		 report->function[0] ? report->function : "-",
		 report->consequence ? " consequence" : "",
		 report->corrupted ? " corrupted" : "",
		 report->truncated ? " truncated" : "",
		 report->panicked ? " panicked" : "", report->title);
}

struct golden {
	char path[512];
	uint8_t *bytes;
	struct bytes log;
	char expected[KEPT_MAX][256];
	size_t count;
};

static void golden_read(struct golden *golden, const char *name)
{
	char line[512];
	size_t n;
	FILE *file;

	memset(golden, 0, sizeof(*golden));
	snprintf(golden->path, sizeof(golden->path), "%s/%s", KERNEL_LOGS,
		 name);
	file = fopen(golden->path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) && line[0] != '\n') {
		line[strcspn(line, "\n")] = '\0';
		assert_memory_equal(line, "expect: ", 8);
		bytes_copy_string(golden->expected[golden->count++],
				  sizeof(golden->expected[0]), line + 8);
	}
	golden->bytes = malloc(LOG_MAX);
	assert_non_null(golden->bytes);
	n = fread(golden->bytes, 1, LOG_MAX, file);
	assert_true(n < LOG_MAX);
	fclose(file);
	golden->log = bytes_of(golden->bytes, n);
}

static struct bytes line_number(struct bytes log, uint64_t number)
{
	for (uint64_t i = 1; i < number; i++) {
		const uint8_t *end = memchr(log.data, '\n', log.len);

		if (!end)
			return bytes_of(log.data + log.len, 0);
		bytes_take(&log, (size_t)(end - log.data) + 1);
	}
	return log;
}

/* Behind a report's last line it is not found again; from its first line on
 * the same one is. */
static void check_parse_again(const struct golden *golden,
			      const struct told *told)
{
	struct told again;

	for (size_t i = 0; i < told->count; i++) {
		const struct report *report = &told->reports[i];

		if (report->class == CLASS_REBOOT)
			continue; /* needs what was before */
		scan(line_number(golden->log, report->line_begin), &again);
		assert_true(again.count > 0);
		if (told->count == 1) {
			assert_string_equal(again.reports[0].fingerprint,
					    report->fingerprint);
			scan(line_number(golden->log, report->line_end + 1),
			     &again);
			assert_int_equal(again.count, 0);
		}
	}
}

static void check_golden(const char *name)
{
	struct golden golden;
	struct told told, pieces;
	char got[512];

	golden_read(&golden, name);
	scan(golden.log, &told);
	for (size_t i = 0; i < told.count || i < golden.count; i++) {
		describe(&told.reports[i], got, sizeof(got));
		if (i >= told.count || i >= golden.count ||
		    strcmp(got, golden.expected[i]) != 0) {
			print_error("%s report %zu of %zu:\n got      %s\n "
				    "expected %s\n",
				    name, i + 1, told.count,
				    i < told.count ? got : "(none)",
				    golden.expected[i]);
			fail();
		}
	}
	check_parse_again(&golden, &told);
	for (size_t piece = 1; piece < 200; piece += 33) {
		scan_pieces(golden.log, piece, &pieces);
		assert_int_equal(pieces.count, told.count);
		for (size_t i = 0; i < told.count; i++)
			assert_string_equal(pieces.reports[i].fingerprint,
					    told.reports[i].fingerprint);
	}
	free(golden.bytes);
}

static void test_golden_logs(void **state)
{
	DIR *dir = opendir(KERNEL_LOGS);
	const struct dirent *entry;
	size_t count = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (!strstr(entry->d_name, ".log"))
			continue;
		check_golden(entry->d_name);
		count++;
	}
	closedir(dir);
	assert_true(count > 60);
}

static void test_fatal_is_told_at_once(void **state)
{
	static const char first[] =
		"[   10.000001] EXT4-fs (vdb): mounted\n"
		"[   10.000002] BUG: kernel NULL pointer dereference, address: "
		"0000000000000018\n";
	struct told told;
	struct report_scanner *scanner = scanner_for(&told);

	(void)state;
	report_scanner_push(scanner, bytes_of_string(first));
	assert_int_equal(told.begin_count, 1);
	assert_int_equal(told.begin_at, 2);
	assert_int_equal(told.begins[0].severity, REPORT_FATAL);
	assert_int_equal(told.begins[0].class, CLASS_OOPS);
	assert_int_equal(told.count, 0);
	report_scanner_flush(scanner);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.reports[0].id, told.begins[0].id);
	report_scanner_destroy(scanner);
}

/* A WARN() that panics before it dumps: one report, but the death is told. */
static void test_panic_within_a_warning_is_told(void **state)
{
	struct told told;

	(void)state;
	scan_text(
		"[    1.0001] WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\n"
		"[    1.0002] Kernel panic - not syncing: panic_on_warn set\n",
		&told);
	assert_int_equal(told.count, 1);
	assert_true(told.reports[0].panicked);
	assert_int_equal(told.begin_count, 2);
	assert_int_equal(told.begins[1].class, CLASS_PANIC);
	assert_int_equal(told.begins[1].id, told.begins[0].id);
}

static void test_particulars(void **state)
{
	struct told told;
	const struct report *report = &told.reports[0];

	(void)state;
	scan_text(
		"[  100.000001][ T4711] ------------[ cut here ]------------\n"
		"[  100.000002][ T4711] WARNING: CPU: 3 PID: 4711 at fs/a.c:12 "
		"f+0x1/0x2\n"
		"[  100.000003][ T4711] CPU: 3 UID: 0 PID: 4711 Comm: my task "
		"Tainted: G        W          6.12.0-rc1+ #2\n"
		"[  100.000004][ T4711] ---[ end trace 0000000000000000 ]---\n",
		&told);
	assert_int_equal(told.count, 1);
	assert_int_equal(report->cpu, 3);
	assert_int_equal(report->pid, 4711);
	assert_string_equal(report->comm, "my task");
	assert_string_equal(report->taint, "G        W");
	assert_string_equal(report->kernel, "6.12.0-rc1+ #2");
	assert_string_equal(report->caller, "T4711");
	assert_string_equal(report->source, "fs/a.c:12");
	assert_int_equal(report->line_begin, 1);
	assert_int_equal(report->line_header, 2);
	assert_int_equal(report->line_end, 4);
	assert_int_equal(report->time_us, 100000002);
}

static void test_hung_task_carries_its_age(void **state)
{
	struct told told;

	(void)state;
	scan_text("[  200.5] x\n[  200.600000] INFO: task a:b:12 blocked for "
		  "more than 122 seconds.\n",
		  &told);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.reports[0].age_s, 122);
	assert_int_equal(told.reports[0].pid, 12);
	assert_string_equal(told.reports[0].comm, "a:b");
}

static void test_hung_task_names_its_kernel(void **state)
{
	struct told told;

	(void)state;
	scan_text("[  200.600000] INFO: task a:12 blocked for more than 122 "
		  "seconds.\n[  200.600001]       Tainted: G        W"
		  "           6.17.0 #1\n",
		  &told);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.reports[0].taint, "G        W");
	assert_string_equal(told.reports[0].kernel, "6.17.0 #1");
	scan_text("[  200.600000] INFO: task a:12 blocked for more than 122 "
		  "seconds.\n[  200.600001]       Not tainted 5.10.0-1 #2\n",
		  &told);
	assert_string_equal(told.reports[0].taint, "Not tainted");
	assert_string_equal(told.reports[0].kernel, "5.10.0-1 #2");
	assert_string_equal(told.reports[0].comm, "a");
}

static void test_leak_names_its_task(void **state)
{
	struct told told;

	(void)state;
	scan_text("[  200.600000] BUG: memory leak\n"
		  "[  200.600001] unreferenced object 0xffff888012345678 "
		  "(size 64):\n"
		  "[  200.600002]   comm \"mount x\", pid 1234, jiffies "
		  "4294942137\n",
		  &told);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.reports[0].pid, 1234);
	assert_string_equal(told.reports[0].comm, "mount x");
}

static uint32_t stall_age(const char *line)
{
	static struct told told;
	char log[512];

	snprintf(log, sizeof(log), "[  200.600000] rcu: INFO: rcu_preempt %s\n",
		 line);
	scan_text(log, &told);
	assert_int_equal(told.count, 1);
	return told.reports[0].age_s;
}

/* HZ is the highest with which the stall is old enough to be told. */
static void test_stall_carries_its_age(void **state)
{
	(void)state;
	assert_int_equal(stall_age("self-detected stall on CPU { 1}  (t=21003 "
				   "jiffies g=1 c=0 q=5)"),
			 21);
	assert_int_equal(stall_age("self-detected stall on CPU { 1}  (t=5250 "
				   "jiffies g=1 c=0 q=5)"),
			 21);
	assert_int_equal(stall_age("self-detected stall on CPU { 1}  (t=6300 "
				   "jiffies g=1 c=0 q=5)"),
			 21);
	assert_int_equal(stall_age("self-detected stall on CPU { 1}  (t=2100 "
				   "jiffies g=1 c=0 q=5)"),
			 21);
	/* The timeout was set lower. */
	assert_int_equal(stall_age("self-detected stall on CPU { 1}  (t=2099 "
				   "jiffies g=1 c=0 q=5)"),
			 2);
	assert_int_equal(stall_age("detected expedited stalls on CPUs/tasks: "
				   "{ 1-...D } 21512 jiffies s: 1021 root: "
				   "0x2/."),
			 21);
}

/* The file of an assertion that prints its own line before BUG(). */
static void test_assertion_has_a_source(void **state)
{
	struct told told;

	(void)state;
	scan_text("[    1.000001] page dumped because: VM_BUG_ON_PAGE(a)\n"
		  "[    1.000002] ------------[ cut here ]------------\n"
		  "[    1.000003] kernel BUG at mm/filemap.c:12!\n",
		  &told);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.reports[0].source, "mm/filemap.c:12");
}

static void give_record(struct report_scanner *scanner, unsigned int facility,
			uint64_t sequence, const char *text)
{
	struct report_record record = {
		.sequence = sequence,
		.time_us = sequence,
		.facility = facility,
		.level = 4,
		.caller = bytes_of_string("T1"),
	};

	report_scanner_record(scanner, bytes_of_string(text), &record);
}

/* The facility is exact: a test that writes an oops to /dev/kmsg is none. */
static void test_records_of_users_are_ignored(void **state)
{
	struct told told;
	struct report_scanner *scanner = scanner_for(&told);

	(void)state;
	give_record(scanner, 1, 7, "BUG: unable to handle page fault");
	give_record(scanner, 0, 8, "WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2");
	give_record(scanner, 0, 9, "Call Trace:\n g+0x1/0x2");
	report_scanner_flush(scanner);
	report_scanner_destroy(scanner);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.reports[0].class, CLASS_WARNING);
	assert_int_equal(told.reports[0].sequence, 8);
	assert_string_equal(told.reports[0].caller, "T1");
	assert_int_equal(told.reports[0].line_end, 4);
}

/* More callers than can be open: every one is still reported, once. */
static void test_more_callers_than_places(void **state)
{
	struct told told;
	struct report_scanner *scanner = scanner_for(&told);
	char line[160];

	(void)state;
	for (int i = 0; i < REPORT_OPEN_MAX + 1; i++) {
		snprintf(line, sizeof(line),
			 "[    1.00000%d][    T%d] WARNING: CPU: 0 PID: %d at "
			 "a.c:1 f%d+0x1/0x2",
			 i % 10, i, i, i);
		report_scanner_line(scanner, bytes_of_string(line));
	}
	assert_int_equal(told.count, 1);
	report_scanner_flush(scanner);
	report_scanner_destroy(scanner);
	assert_int_equal(told.count, REPORT_OPEN_MAX + 1);
	assert_int_equal(told.begin_count, REPORT_OPEN_MAX + 1);
}

/* A caller that falls silent ends its report: by the clock, by what others
 * say, by another boot's clock. */
static void test_silence_ends_a_report(void **state)
{
	static const char first[] =
		"[  100.000000][    T1] WARNING: at a.c:1 f+0x1/0x2";
	struct told told;
	struct report_scanner *scanner = scanner_for(&told);

	(void)state;
	report_scanner_line(scanner, bytes_of_string(first));
	report_scanner_line(scanner,
			    bytes_of_string("[  110.000000][    T2] x"));
	assert_int_equal(told.count, 0);
	report_scanner_line(scanner,
			    bytes_of_string("[  110.000001][    T2] x"));
	assert_int_equal(told.count, 1);
	report_scanner_line(scanner, bytes_of_string(first));
	report_scanner_line(scanner,
			    bytes_of_string("[    1.000000][    T2] x"));
	assert_int_equal(told.count, 2);
	report_scanner_line(scanner, bytes_of_string(first));
	for (int i = 0; i < 4096; i++)
		report_scanner_line(
			scanner, bytes_of_string("[  100.000000][    T2] x"));
	assert_int_equal(told.count, 2);
	report_scanner_line(scanner,
			    bytes_of_string("[  100.000000][    T2] x"));
	assert_int_equal(told.count, 3);
	report_scanner_destroy(scanner);
}

/* What mounts and the next test say is not put into a report's text. */
static void test_others_end_a_report(void **state)
{
	static const char report[] =
		"[  100.000001] WARNING: CPU: 1 PID: 7 at a.c:1 f+0x1/0x2\n"
		"[  100.000002] Call Trace:\n"
		"[  100.000003]  <TASK>\n"
		"[  100.000004]  g+0x1/0x2\n"
		"[  100.000005]  </TASK>\n";
	static const char *const others[] = {
		"XFS (vdc): Unmounting Filesystem 1234",
		"XFS (vdc): Ending clean mount",
		" loop0: p1 p2",
		" vda: vda1 vda2 < vda5 >",
		"EXT4-fs (vdb): mounted filesystem with ordered data mode.",
		"run fstests generic/002 at 2026-01-01 00:00:00",
	};
	struct told told;
	char log[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(log, sizeof(log),
			 "%s[  100.000006] %s\n[  100.000007]  h+0x1/0x2\n",
			 report, others[i]);
		scan_text(log, &told);
		assert_int_equal(told.count, 1);
		assert_int_equal(told.reports[0].line_end, 5);
	}
	/* But what belongs to it still does. */
	snprintf(log, sizeof(log),
		 "%s[  100.000006]  r10: 0000\n"
		 "[  100.000007] CR2: 0000000000000008\n",
		 report);
	scan_text(log, &told);
	assert_int_equal(told.reports[0].line_end, 7);
}

/* A scanner that was reset knows nothing of the stream before. */
static void test_reset(void **state)
{
	struct told told;
	struct report_scanner *scanner = scanner_for(&told);

	(void)state;
	report_scanner_push(scanner, bytes_of_string("BUG: memory leak\nBUG"));
	report_scanner_reset(scanner);
	report_scanner_push(scanner, bytes_of_string(": memory leak\n"));
	report_scanner_flush(scanner);
	assert_int_equal(told.count, 0);
	assert_int_equal(report_scanner_lines(scanner), 1);
	report_scanner_destroy(scanner);
}

/* A report of lines without end is cut at the cap, and says so. */
static void test_text_is_capped(void **state)
{
	struct told told;
	struct report_scanner *scanner = scanner_for(&told);
	char line[128];
	size_t frame, fits;

	(void)state;
	for (int extra = 0; extra < 2; extra++) {
		report_scanner_destroy(scanner);
		scanner = scanner_for(&told);
		report_scanner_line(
			scanner,
			bytes_of_string("[    1.000000] WARNING: at a.c:1 "
					"f+0x1/0x2"));
		frame = strlen(" function_of_a_long_trace+0x11/0x22") + 1;
		fits = (REPORT_TEXT_MAX -
			strlen("WARNING: at a.c:1 f+0x1/0x2") - 1) /
		       frame;
		snprintf(line, sizeof(line), "[    1.000001] %s",
			 " function_of_a_long_trace+0x11/0x22");
		for (size_t i = 0; i < fits + (extra ? 1 : 0); i++)
			report_scanner_line(scanner, bytes_of_string(line));
		report_scanner_flush(scanner);
		assert_int_equal(told.count, 1);
		assert_int_equal(told.reports[0].truncated, extra);
	}
	report_scanner_destroy(scanner);
}

/* An overlong line is cut, and the next one is whole. */
static void test_overlong_line(void **state)
{
	struct told told;
	struct report_scanner *scanner = scanner_for(&told);
	char *junk = malloc(100000);

	(void)state;
	assert_non_null(junk);
	memset(junk, 'x', 100000);
	report_scanner_push(scanner, bytes_of(junk, 100000));
	report_scanner_push(scanner, bytes_of_string("\nBUG: memory leak\n"));
	report_scanner_flush(scanner);
	assert_int_equal(report_scanner_lines(scanner), 2);
	report_scanner_destroy(scanner);
	free(junk);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.reports[0].line_header, 2);
}

/* What is skipped quickly is counted all the same. */
static void test_line_numbers_after_skipping(void **state)
{
	struct told told;
	struct report_scanner *scanner = scanner_for(&told);
	static const char quiet[] = "[    1.000000] EXT4-fs (vdb): mounted\n";

	(void)state;
	for (int i = 0; i < 5000; i++)
		report_scanner_push(scanner, bytes_of_string(quiet));
	report_scanner_push(scanner,
			    bytes_of_string("[    2.000000] WARNING: at a.c:1 "
					    "f+0x1/0x2\n"));
	report_scanner_flush(scanner);
	report_scanner_destroy(scanner);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.reports[0].line_header, 5001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden_logs),
		cmocka_unit_test(test_fatal_is_told_at_once),
		cmocka_unit_test(test_panic_within_a_warning_is_told),
		cmocka_unit_test(test_particulars),
		cmocka_unit_test(test_hung_task_carries_its_age),
		cmocka_unit_test(test_hung_task_names_its_kernel),
		cmocka_unit_test(test_leak_names_its_task),
		cmocka_unit_test(test_stall_carries_its_age),
		cmocka_unit_test(test_assertion_has_a_source),
		cmocka_unit_test(test_records_of_users_are_ignored),
		cmocka_unit_test(test_more_callers_than_places),
		cmocka_unit_test(test_silence_ends_a_report),
		cmocka_unit_test(test_others_end_a_report),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_text_is_capped),
		cmocka_unit_test(test_overlong_line),
		cmocka_unit_test(test_line_numbers_after_skipping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
