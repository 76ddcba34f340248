/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/report/json.h"
#include "host/report/json_text.h"
#include "tests/replay/script.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct files files = {.run_dir = "/r", .check_log = "agent.log"};

static void apply(void *context, const Pb__Event *event)
{
	assert_int_equal(result_apply(context, event), 0);
}

static json_t *report(const char *script, struct bytes dmesg)
{
	struct result *result = result_create();
	json_error_t error;
	json_t *json;
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	script_run(script, apply, result);
	assert_int_equal(json_write(to, result, &files, dmesg), 0);
	fclose(to);
	for (size_t i = 0; i < len; i++)
		assert_true((unsigned char)text[i] < 0x80);
	json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		print_error("%s at %d\n", error.text, error.position);
	assert_non_null(json);
	free(text);
	result_destroy(result);
	return json;
}

/* requirements.md, "Return Values". */
static void every_required_field_is_there(void **state)
{
	static const char *const boot[] = {"success",	       "duration",
					   "boot_completed",   "kernel_version",
					   "errors",	       "warnings",
					   "panics",	       "oops",
					   "dmesg_output",     "exit_code",
					   "timeout_occurred", "log_file_path"};
	static const char *const fstests[] = {
		"success", "total_tests",  "passed",   "failed",
		"notrun",  "test_results", "duration", "check_log"};
	static const char *const test[] = {
		"name",		 "config", "iteration",	  "verdict",
		"check_verdict", "reason", "exit_status", "signal",
		"duration",	 "total",  "artifacts",	  "kernel_messages"};
	static const char *const scripts[] = {
		"",
		"run_started tests=(name=a/1)\nboot 1\nvm_started plan=0\n"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		json_t *json = report(scripts[i], bytes_of(NULL, 0));
		json_t *part = json_object_get(json, "boot");

		for (size_t j = 0; j < sizeof(boot) / sizeof(boot[0]); j++)
			assert_non_null(json_object_get(part, boot[j]));
		part = json_object_get(json, "fstests");
		for (size_t j = 0; j < sizeof(fstests) / sizeof(fstests[0]);
		     j++)
			assert_non_null(json_object_get(part, fstests[j]));
		part = json_object_get(part, "test_results");
		assert_int_equal(json_array_size(part), i);
		for (size_t j = 0; i && j < sizeof(test) / sizeof(test[0]); j++)
			assert_non_null(json_object_get(json_array_get(part, 0),
							test[j]));
		json_decref(json);
	}
}

static void text_of_any_bytes_is_valid(void **state)
{
	static const struct {
		const char *text;
		const char *json;
	} rows[] = {
		{"plain", "\"plain\""},
		{"\xc3\xa9", "\"\\u00E9\""},
		{"\xff", "\"\\uFFFD\""},
		{"a\xc3", "\"a\\uFFFD\""},
		{"\xed\xa0\x80", "\"\\uFFFD\\uFFFD\\uFFFD\""}, /* surrogate */
		{"\xf4\x90\x80\x80", "\"\\uFFFD\\uFFFD\\uFFFD\\uFFFD\""},
		{"\xc0\xaf", "\"\\uFFFD\\uFFFD\""}, /* overlong */
		{"\x1b[0m\"\\\n", "\"\\u001B[0m\\\"\\\\\\n\""},
		{"\xc2\x9b", "\"\\u009B\""},
		{NULL, "\"\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *json = json_text(rows[i].text);
		char *dump =
			json_dumps(json, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);

		assert_string_equal(dump, rows[i].json);
		free(dump);
		json_decref(json);
	}
	/* Every pair of bytes. */
	for (unsigned int i = 0; i < 0x10000; i++) {
		const uint8_t pair[] = {(uint8_t)(i >> 8), (uint8_t)i};
		json_t *json = json_text_bytes(bytes_of(pair, sizeof(pair)));

		assert_non_null(json);
		json_decref(json);
	}
}

static void numbers_and_times_are_bounded(void **state)
{
	json_t *json = json_text_count(UINT64_MAX);

	(void)state;
	assert_int_equal(json_integer_value(json), INT64_MAX);
	json_decref(json);
	json = json_text_time(UINT64_MAX);
	assert_string_equal(json_string_value(json), "2554-07-21T23:34:33Z");
	json_decref(json);
	json = json_text_time(0);
	assert_true(json_is_null(json));
	json = json_text_seconds(UINT64_MAX);
	assert_true(json_real_value(json) > 1.8e10);
	json_decref(json);
}

static void dmesg_is_the_end_of_the_console(void **state)
{
	size_t len = JSON_DMESG_BYTES + 1;
	char *console = malloc(len);
	json_t *json;
	const json_t *dmesg;

	(void)state;
	assert_non_null(console);
	memset(console, 'x', len);
	console[0] = 'a';
	console[len - 1] = '\0'; /* and three bytes take its place */
	json = report("", bytes_of(console, len));
	dmesg = json_object_get(json_object_get(json, "boot"), "dmesg_output");
	assert_int_equal(json_string_length(dmesg), JSON_DMESG_BYTES + 2);
	assert_int_equal(json_string_value(dmesg)[0], 'x');
	json_decref(json);
	free(console);
}

/* A stream that is full is an error, not a short report. */
static void full_disk_is_an_error(void **state)
{
	struct result *result = result_create();
	FILE *full = fopen("/dev/full", "we");

	(void)state;
	assert_non_null(full);
	setbuf(full, NULL);
	assert_int_equal(json_write(full, result, &files, bytes_of(NULL, 0)),
			 -EIO);
	fclose(full);
	result_destroy(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_required_field_is_there),
		cmocka_unit_test(text_of_any_bytes_is_valid),
		cmocka_unit_test(numbers_and_times_are_bounded),
		cmocka_unit_test(dmesg_is_the_end_of_the_console),
		cmocka_unit_test(full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
