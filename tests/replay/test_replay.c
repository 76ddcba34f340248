/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_replay - the reports of whole runs, against files that people read.
 *
 * For each case tests/data/replay/NAME.events is replayed, and what comes out
 * is compared with NAME.txt, NAME.json and NAME.live. After a wanted change:
 * FSTVM_UPDATE_GOLDEN=1 test_replay, and read the difference.
 */
#include "host/report/exitcode.h"
#include "host/report/json.h"
#include "host/report/progress.h"
#include "host/report/text.h"
#include "tests/replay/script.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct golden {
	const char *name;
	enum exitcode exitcode;
};

static const struct golden cases[] = {
	{"all-pass", EXITCODE_PASSED},	   {"failures", EXITCODE_FAILED},
	{"panic", EXITCODE_FAILED},	   {"boot-failed", EXITCODE_BROKEN},
	{"setup-failed", EXITCODE_BROKEN}, {"timeout", EXITCODE_UNFINISHED},
	{"stopped", EXITCODE_UNFINISHED},  {"all-notrun", EXITCODE_UNFINISHED},
	{"unclean", EXITCODE_FAILED},	   {"empty", EXITCODE_UNFINISHED},
	{"hostile", EXITCODE_FAILED},	   {"smoke", EXITCODE_PASSED},
	{"resumed", EXITCODE_FAILED},	   {"problems", EXITCODE_FAILED},
};

struct replay {
	struct result *result;
	struct progress *progress;
};

static void on_event(void *context, const Pb__Event *event)
{
	struct replay *replay = context;

	assert_int_equal(result_apply(replay->result, event), 0);
	progress_event(replay->progress, replay->result, event);
}

static void golden_path(char *to, size_t cap, const char *name, const char *end)
{
	snprintf(to, cap, "%s/replay/%s.%s", FSTVM_TEST_DATA, name, end);
}

static void update(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void compare(const char *name, const char *end, const char *text)
{
	char path[4096];
	char *golden;

	golden_path(path, sizeof(path), name, end);
	if (getenv("FSTVM_UPDATE_GOLDEN"))
		update(path, text);
	golden = script_read_file(path, NULL);
	if (strcmp(golden, text) != 0)
		print_error("%s differs; what came out:\n%s\n", path, text);
	assert_string_equal(golden, text);
	free(golden);
}

static json_int_t number(const json_t *json, const char *key)
{
	const json_t *value = json_object_get(json, key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

/* Nothing is lost between the plan and the report. */
static void check_accounting(const char *text, enum exitcode exitcode)
{
	static const char *const parts[] = {"passed", "failed",
					    "notrun", "excluded",
					    "lost",   "not_reached"};
	json_t *root = json_loads(text, 0, NULL);
	const json_t *fstests = json_object_get(root, "fstests");
	const json_t *verdicts = json_object_get(fstests, "verdicts");
	json_int_t total = number(fstests, "total_tests");
	json_int_t sum = 0;
	const char *key;
	json_t *value;

	assert_non_null(root);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		sum += number(fstests, parts[i]);
	assert_int_equal(sum, total);
	sum = 0;
	json_object_foreach((json_t *)(uintptr_t)verdicts, key, value) sum +=
		json_integer_value(value);
	assert_int_equal(sum, total);
	assert_int_equal(
		json_array_size(json_object_get(fstests, "test_results")),
		total);
	assert_int_equal(number(json_object_get(root, "run"), "exit_code"),
			 exitcode);
	json_decref(root);
}

static const struct files files = {
	.run_dir = "/runs/test",
	.check_log = "agent.log",
	.results = "result.json",
};

static void check_reports(const struct golden *golden,
			  const struct result *result)
{
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	assert_int_equal(text_write(to, result, &files), 0);
	fclose(to);
	compare(golden->name, "txt", text);
	free(text);
	to = open_memstream(&text, &len);
	assert_int_equal(json_write(to, result, &files, bytes_of(NULL, 0)), 0);
	fclose(to);
	check_accounting(text, golden->exitcode);
	compare(golden->name, "json", text);
	free(text);
}

static void replays(void **state)
{
	const struct golden *golden = *state;
	const struct terminal terminal = {.width = 80};
	struct replay replay = {.result = result_create()};
	char path[4096];
	char *script;
	char *live;
	size_t len;
	FILE *to = open_memstream(&live, &len);

	assert_non_null(replay.result);
	replay.progress = progress_create(to, &terminal, PROGRESS_NORMAL);
	golden_path(path, sizeof(path), golden->name, "events");
	script = script_read_file(path, NULL);
	script_run(script, on_event, &replay);
	free(script);
	progress_destroy(replay.progress);
	fclose(to);
	compare(golden->name, "live", live);
	free(live);
	assert_int_equal(exitcode_of(replay.result), golden->exitcode);
	check_reports(golden, replay.result);
	result_destroy(replay.result);
}

int main(void)
{
	enum { CASES = sizeof(cases) / sizeof(cases[0]) };
	struct CMUnitTest tests[CASES];

	memset(tests, 0, sizeof(tests));
	for (size_t i = 0; i < CASES; i++) {
		tests[i].name = cases[i].name;
		tests[i].test_func = replays;
		tests[i].initial_state = (void *)(uintptr_t)&cases[i];
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
