/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `fstvm dmesg` says of a log as a whole. */
#include "host/cli/cmd_dmesg.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FS_ERROR   "[  1.000001] EXT4-fs error (device vdb): f:1: inode #2: x\n"
#define HUNG	   "[  2.000001] INFO: task a:1 blocked for more than 122 seconds.\n"
#define IO_ERROR   "[  3.000001] I/O error, dev vdb, sector 8 op 0x0:(READ)\n"
#define TABLE_FULL "[  4.000001] BUG: MAX_LOCKDEP_CHAINS too low!\n"
#define FAILED_ALLOCATION                                                \
	"[  5.000001] a: page allocation failure: order:4, mode:0xcc0\n" \
	"[  5.000002] Call Trace:\n[  5.000003]  f+0x1/0x2\n"

/* Runs it on log; its output, to be freed. */
static char *run(const char *log, bool json, int *ret_status)
{
	struct cmd_dmesg_options options = {.json = json};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int ends[2];

	assert_non_null(out);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], log, strlen(log)), strlen(log));
	close(ends[1]);
	*ret_status = cmd_dmesg_fd(ends[0], "log", &options, out, stderr);
	close(ends[0]);
	fclose(out);
	return text;
}

static void check_class(const char *log, const char *class, bool problem)
{
	int status;
	char *text = run(log, true, &status);
	json_t *o = json_loads(text, 0, NULL);

	assert_non_null(o);
	assert_string_equal(json_string_value(json_object_get(o, "class")),
			    class);
	assert_int_equal(json_is_true(json_object_get(o, "problem")), problem);
	assert_int_equal(status, problem ? DMESG_FOUND : DMESG_NOTHING);
	json_decref(o);
	free(text);
}

static void test_class_is_the_first_problems(void **state)
{
	(void)state;
	check_class(FS_ERROR HUNG, "fs_error", true);
	check_class(HUNG FS_ERROR, "hung_task", true);
	check_class(IO_ERROR FS_ERROR, "fs_error", true);
	check_class(TABLE_FULL FS_ERROR, "fs_error", true);
	check_class(FAILED_ALLOCATION FS_ERROR, "fs_error", true);
	check_class(FAILED_ALLOCATION, "page_alloc", true);
	check_class("", "", false);
}

/* The exit status, the JSON and the summary agree. */
static void test_a_note_is_no_problem(void **state)
{
	static const char *const logs[] = {TABLE_FULL, IO_ERROR};
	static const char *const classes[] = {"bug_other", "io_error"};
	int status;

	(void)state;
	for (int i = 0; i < 2; i++) {
		char *text = run(logs[i], false, &status);

		assert_non_null(strstr(text, "0 problems, 0 consequences, "
					     "1 notes"));
		assert_int_equal(status, DMESG_NOTHING);
		free(text);
		check_class(logs[i], classes[i], false);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_class_is_the_first_problems),
		cmocka_unit_test(test_a_note_is_no_problem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
