/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/record/duration.h"
#include "host/report/printer.h"
#include "host/report/text.h"
#include "tests/replay/script.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void apply(void *context, const Pb__Event *event)
{
	assert_int_equal(result_apply(context, event), 0);
}

/* The example of requirements.md, but for the mark of a run with failures. */
static const char required[] =
	"=== Kernel Boot with fstests ===\n"
	"\n"
	"\xe2\x9c\x93 Boot successful, no issues detected (45.2s)\n"
	"\n"
	"Full boot log: "
	"/tmp/kerneldev-boot-logs/boot-20250122-143022-success.log\n"
	"\n"
	"=== fstests Results ===\n"
	"\n"
	"\xe2\x9c\x97 45/50 passed (90.0% pass rate, 120.5s)\n"
	"\n"
	"Failed Tests (3):\n"
	"  1. generic/003\n"
	"     output mismatch (see generic/003.out.bad)\n"
	"  2. generic/010\n"
	"     failed, exit status 1\n"
	"  3. generic/025\n"
	"     dumped core\n"
	"\n"
	"Not Run (2):\n"
	"  1. generic/002\n"
	"     requires feature XYZ\n"
	"  2. generic/015\n"
	"     test device too small\n"
	"\n"
	"Full results: /tmp/kerneldev-boot-logs/result.json\n";

static void evidence(char *to, size_t cap, int number)
{
	const char *words = "check_verdict=pass";

	if (number == 2)
		words = "check_verdict=notrun "
			"notrun_reason=\"requires feature XYZ\"";
	else if (number == 3)
		words = "check_verdict=fail output_mismatch=1";
	else if (number == 10)
		words = "check_verdict=fail has_status=1 exit_status=1";
	else if (number == 15)
		words = "check_verdict=notrun "
			"notrun_reason=\"test device too small\"";
	else if (number == 25)
		words = "check_verdict=fail dumped_core=1";
	snprintf(to, cap, "boot 1\ntest_finished index=%d total_ns=2.41s %s\n",
		 number - 1, words);
}

static void required_example_comes_out(void **state)
{
	const struct files files = {.run_dir = "/tmp/kerneldev-boot-logs",
				    .results = "result.json"};
	struct result *result = result_create();
	char script[8192] = "run_started suite=fstests";
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	for (int i = 1; i <= 50; i++)
		snprintf(script + strlen(script),
			 sizeof(script) - strlen(script),
			 " tests=(name=generic/%03d)", i);
	strcat(script, "\nboot 1\nat 1\nvm_started console_log=boot-20250122-"
		       "143022-success.log");
	for (int i = 0; i < 50; i++)
		snprintf(script + strlen(script),
			 sizeof(script) - strlen(script), " plan=%d", i);
	strcat(script, "\nat 46.2\nhello\n");
	script_run(script, apply, result);
	for (int i = 1; i <= 50; i++) {
		evidence(script, sizeof(script), i);
		script_run(script, apply, result);
	}
	script_run("boot 1\nvm_ended reason=finished\nrun_ended end=complete\n",
		   apply, result);
	assert_int_equal(text_write(to, result, &files), 0);
	fclose(to);
	assert_string_equal(text, required);
	free(text);
	result_destroy(result);
}

static void a_line_is_one_line_and_safe(void **state)
{
	static const struct {
		const char *text;
		const char *line;
	} rows[] = {
		{NULL, ""},
		{"", ""},
		{"\n \n", ""},
		{"one", "one"},
		{"one\n", "one"},
		{"one\r\n\n", "one"},
		{"\none\ntwo", "one \xe2\x80\xa6"},
		{"a\x1b[2Jb\xff", "a\\x1b[2Jb\\xff"},
		{"\xc3\xa9", "\xc3\xa9"},
	};
	char line[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = printer_line(line, sizeof(line), rows[i].text);

		assert_string_equal(line, rows[i].line);
		assert_int_equal(len, strlen(line));
	}
}

static void long_lines_are_cut(void **state)
{
	char text[PRINTER_LINE + 2];
	char line[PRINTER_LINE + 16];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t len = PRINTER_LINE - 1; len <= PRINTER_LINE + 1; len++) {
		size_t want = len > PRINTER_LINE ? PRINTER_LINE + 4 : len;

		text[len] = '\0';
		assert_int_equal(printer_line(line, sizeof(line), text), want);
		text[len] = 'x';
	}
	assert_int_equal(printer_line(line, 8, "0123456789"), 7);
	assert_string_equal(line, "0123456");
}

static void durations_in_words(void **state)
{
	char text[DURATION_TEXT];

	(void)state;
	assert_string_equal(duration_words(text, 0), "0s");
	assert_string_equal(duration_words(text, UINT64_C(59999999999)), "59s");
	assert_string_equal(duration_words(text, UINT64_C(60000000000)),
			    "1m 0s");
	assert_string_equal(duration_words(text, UINT64_C(1200000000000)),
			    "20m 0s");
	assert_string_equal(duration_words(text, UINT64_C(3723000000000)),
			    "1h 2m 3s");
	assert_true(strlen(duration_words(text, UINT64_MAX)) < DURATION_TEXT);
	assert_string_equal(duration_seconds(text, 0), "0.0s");
	assert_string_equal(duration_seconds(text, 49999999), "0.0s");
	assert_string_equal(duration_seconds(text, 50000000), "0.1s");
	assert_string_equal(duration_seconds(text, UINT64_C(9950000000)),
			    "10.0s");
	assert_true(strlen(duration_seconds(text, UINT64_MAX)) < DURATION_TEXT);
}

static void full_disk_is_an_error(void **state)
{
	const struct files files = {0};
	struct result *result = result_create();
	FILE *full = fopen("/dev/full", "we");

	(void)state;
	assert_non_null(full);
	setbuf(full, NULL);
	assert_int_equal(text_write(full, result, &files), -EIO);
	fclose(full);
	result_destroy(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(required_example_comes_out),
		cmocka_unit_test(a_line_is_one_line_and_safe),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(durations_in_words),
		cmocka_unit_test(full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
