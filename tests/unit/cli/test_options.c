/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_options - command lines, and the values in them. */
#include "host/cli/options.h"
#include "shared/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS = 80 };

static struct options options;
static char *words[WORDS];
static char *copy;

/* Words are separated by blanks; "" stands for an empty one. */
static int parse(enum options_command command, const char *line)
{
	char *rest = NULL;
	int argc = 0;

	free(copy);
	copy = strdup(line);
	assert_non_null(copy);
	words[argc++] = (char *)(uintptr_t) "command";
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		assert_true(argc < WORDS - 1);
		words[argc++] = strcmp(word, "\"\"") == 0 ? word + 2 : word;
	}
	words[argc] = NULL;
	memset(&options, 0xa5, sizeof(options));
	return options_parse(command, argc, words, &options);
}

static void expect_rest(const char *expected)
{
	char text[256] = "";

	for (int i = 0; i < options.argc; i++) {
		if (i > 0)
			strcat(text, " ");
		strcat(text, options.argv[i]);
	}
	assert_string_equal(text, expected);
	assert_null(options.argv[options.argc]);
}

/* What a call writes to a standard stream. */
static const char *said(int fd, int (*call)(void))
{
	static char text[65536];
	char path[] = "/tmp/test_options.XXXXXX";
	int file = mkstemp(path);
	int saved = dup(fd);
	ssize_t len;

	assert_true(file >= 0 && saved >= 0);
	unlink(path);
	fflush(NULL);
	dup2(file, fd);
	(void)call();
	fflush(NULL);
	dup2(saved, fd);
	close(saved);
	len = pread(file, text, sizeof(text) - 1, 0);
	close(file);
	assert_true(len >= 0);
	text[len] = '\0';
	return text;
}

static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(parse(OPTIONS_RUN, ""), 0);
	assert_null(options.kernel);
	assert_null(options.memory);
	assert_false(options.quiet);
	expect_rest("");
}

static void test_forms(void **state)
{
	static const char *const forms[] = {"--kernel=K", "--kernel K", "-k K",
					    "-kK"};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_int_equal(parse(OPTIONS_RUN, forms[i]), 0);
		assert_string_equal(options.kernel, "K");
		expect_rest("");
	}
	assert_int_equal(parse(OPTIONS_RUN, "--mkfs-options=-O ^x"), 0);
	assert_string_equal(options.mkfs_options, "-O");
	assert_int_equal(parse(OPTIONS_RUN, "--append=a=b"), 0);
	assert_string_equal(options.kernel_parameters, "a=b");
	assert_int_equal(parse(OPTIONS_RUN, "--fstests= -q"), 0);
	assert_string_equal(options.fstests, "");
	assert_true(options.quiet);
	assert_int_equal(parse(OPTIONS_RUN, "-k \"\""), 0);
	assert_string_equal(options.kernel, "");
}

/* A value is taken as it is, with a leading dash too. */
static void test_values_with_dashes(void **state)
{
	(void)state;
	assert_int_equal(parse(OPTIONS_RUN, "--mkfs-options -q --kernel --"),
			 0);
	assert_string_equal(options.mkfs_options, "-q");
	assert_string_equal(options.kernel, "--");
	assert_false(options.quiet);
	expect_rest("");
}

static void test_last_one_counts(void **state)
{
	(void)state;
	assert_int_equal(parse(OPTIONS_RUN, "-k a -k b -v -v"), 0);
	assert_string_equal(options.kernel, "b");
	assert_true(options.verbose);
}

static void test_selection(void **state)
{
	(void)state;
	assert_int_equal(parse(OPTIONS_RUN, "-q -g quick -x dangerous a/001"),
			 0);
	expect_rest("-g quick -x dangerous a/001");
	assert_int_equal(parse(OPTIONS_RUN, "-q -- -k a/001"), 0);
	assert_null(options.kernel);
	expect_rest("-k a/001");
	assert_int_equal(parse(OPTIONS_LIST, "--exact-order a/001"), 0);
	expect_rest("--exact-order a/001");
	assert_int_equal(parse(OPTIONS_RUN, "a/001 -k K"), 0);
	assert_null(options.kernel);
	expect_rest("a/001 -k K");
	assert_int_equal(parse(OPTIONS_RUN, "--"), 0);
	expect_rest("");
}

static void test_refused(void **state)
{
	static const struct {
		enum options_command command;
		const char *line;
	} lines[] = {
		{OPTIONS_RUN, "--no-such-option"},
		{OPTIONS_RUN, "--no-such-option=1"},
		{OPTIONS_RUN, "--kern K"}, /* no abbreviations */
		{OPTIONS_RUN, "--kernel"},
		{OPTIONS_RUN, "-k"},
		{OPTIONS_RUN, "--quiet=yes"},
		{OPTIONS_RUN, "-qv"},
		{OPTIONS_RUN, "--format json"},
		{OPTIONS_LIST, "--kernel K"},
		{OPTIONS_REPORT, "--kernel K"},
		{OPTIONS_REPORT, "-x"},
		{OPTIONS_RESUME, "--memory 4G"},
		{OPTIONS_DOCTOR, "-g quick"},
		{OPTIONS_DMESG, "--quiet"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (parse(lines[i].command, lines[i].line) != -EINVAL)
			fail_msg("taken: %s", lines[i].line);
}

static void test_words(void **state)
{
	(void)state;
	assert_int_equal(parse(OPTIONS_REPORT, "--format json latest"), 0);
	assert_string_equal(options.format, "json");
	expect_rest("latest");
	assert_int_equal(parse(OPTIONS_DMESG, "--json -"), 0);
	assert_true(options.json);
	expect_rest("-");
	assert_int_equal(parse(OPTIONS_RESUME, "-q run-1"), 0);
	expect_rest("run-1");
	assert_int_equal(parse(OPTIONS_DMESG, "-- --file"), 0);
	expect_rest("--file");
	/* Options may stand behind the one word. */
	assert_int_equal(parse(OPTIONS_REPORT, "latest --format json"), 0);
	assert_string_equal(options.format, "json");
	assert_int_equal(options.argc, 1);
	assert_string_equal(options.argv[0], "latest");
	assert_int_equal(parse(OPTIONS_REPORT, "latest other"), -EINVAL);
}

static int complain(void)
{
	return parse(OPTIONS_RUN, "--memori 4G");
}

static int help_run(void)
{
	return parse(OPTIONS_RUN, "--kernel K --help");
}

static int help_report(void)
{
	return parse(OPTIONS_REPORT, "-h");
}

static void test_complaint_names_the_option(void **state)
{
	(void)state;
	assert_non_null(strstr(said(STDERR_FILENO, complain), "--memori"));
}

static void test_environment(void **state)
{
	char line[3 * WORDS * 8] = "";
	size_t len = 0;

	(void)state;
	assert_int_equal(parse(OPTIONS_RUN, "--env A=1 --env=B=2 -q"), 0);
	assert_string_equal(options.environment[0], "A=1");
	assert_string_equal(options.environment[1], "B=2");
	assert_null(options.environment[2]);
	for (int i = 0; i < LIMIT_ENVIRONMENT; i++)
		len += (size_t)snprintf(line + len, sizeof(line) - len,
					"--env=A%d= ", i);
	assert_int_equal(parse(OPTIONS_RUN, line), 0);
	assert_non_null(options.environment[LIMIT_ENVIRONMENT - 1]);
	assert_null(options.environment[LIMIT_ENVIRONMENT]);
	strcpy(line + len, "--env=B=");
	assert_int_equal(parse(OPTIONS_RUN, line), -EINVAL);
}

static void test_help(void **state)
{
	const char *text;

	(void)state;
	text = said(STDOUT_FILENO, help_run);
	assert_int_equal(strncmp(text, "Usage: fstvm run ", 17), 0);
	assert_non_null(strstr(text, "-k, --kernel=K"));
	assert_non_null(strstr(text, "--max-crashes=N"));
	assert_null(strstr(text, "--format"));
	text = said(STDOUT_FILENO, help_report);
	assert_non_null(strstr(text, "--format=FORMAT"));
	assert_null(strstr(text, "--kernel"));
	assert_int_equal(parse(OPTIONS_RUN, "-- --help"), 0);
}

static int help_of[6];
static const enum options_command commands[] = {OPTIONS_RUN,	OPTIONS_LIST,
						OPTIONS_DOCTOR, OPTIONS_REPORT,
						OPTIONS_RESUME, OPTIONS_DMESG};

static int help_all(void)
{
	for (size_t i = 0; i < 6; i++)
		help_of[i] = parse(commands[i], "--help");
	return 0;
}

static void test_help_of_all(void **state)
{
	const char *text = said(STDOUT_FILENO, help_all);
	size_t usages = 0;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(help_of[i], 1);
	while ((text = strstr(text, "Usage: fstvm ")) != NULL) {
		usages++;
		text++;
	}
	assert_int_equal(usages, 6);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} good[] = {
		{"1", 1000},
		{"90", 90000},
		{"90s", 90000},
		{"15m", 900000},
		{"2h", 7200000},
		{"1d", 86400000},
		{"250ms", 250},
		{"1ms", 1},
		{"366d", 31622400000},
		{"008", 8000},
		{"8784h", 31622400000},
		{"31622400", 31622400000},
		{"31622400000ms", 31622400000},
	};
	static const char *const bad[] = {"",
					  "0",
					  "0s",
					  "-1",
					  "+1",
					  " 1",
					  "1 s",
					  "1.5s",
					  "s",
					  "1x",
					  "1sec",
					  "367d",
					  "8785h",
					  "31622401",
					  "31622400001ms",
					  "1S",
					  "0x10",
					  "99999999999999999999",
					  "18446744073709551615d",
					  "1s ",
					  "\xd9\xa1"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint64_t ms = 0;

		assert_int_equal(options_duration_ms(good[i].text, &ms), 0);
		assert_int_equal(ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t ms = 77;

		if (options_duration_ms(bad[i], &ms) != -EINVAL)
			fail_msg("taken: \"%s\"", bad[i]);
		assert_int_equal(ms, 77);
	}
}

static void test_numbers(void **state)
{
	static const char *const bad[] = {
		"",   "-1",  "+1", " 1",	 "1 ",
		"1k", "0x1", "11", "4294967296", "18446744073709551616"};
	uint32_t number = 77;

	(void)state;
	assert_int_equal(options_number("0", 10, &number), 0);
	assert_int_equal(number, 0);
	assert_int_equal(options_number("9", 10, &number), 0);
	assert_int_equal(options_number("10", 10, &number), 0);
	assert_int_equal(number, 10);
	assert_int_equal(options_number("4294967295", UINT32_MAX, &number), 0);
	assert_int_equal(number, UINT32_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		number = 77;
		if (options_number(bad[i], 10, &number) != -EINVAL)
			fail_msg("taken: \"%s\"", bad[i]);
		assert_int_equal(number, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_values_with_dashes),
		cmocka_unit_test(test_last_one_counts),
		cmocka_unit_test(test_selection),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_complaint_names_the_option),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_of_all),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_numbers),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(copy);
	return failed;
}
