/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/task.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_stat(void **state)
{
	struct task task;

	(void)state;
	assert_int_equal(task_parse(&task, "812 (fsstress) D 810 99 77 0 -1"),
			 0);
	assert_string_equal(task.name, "fsstress");
	assert_int_equal(task.state, 'D');
	assert_int_equal(task.parent, 810);
	assert_int_equal(task.session, 77);
}

/* A name is what a test wants it to be. */
static void test_hostile_names(void **state)
{
	struct task task;
	char stat[256];

	(void)state;
	assert_int_equal(task_parse(&task, "1 (a) S 5 (x) R 2 3 4 0"), 0);
	assert_string_equal(task.name, "a) S 5 (x");
	assert_int_equal(task.parent, 2);
	assert_int_equal(task_parse(&task, "1 (\033[1m\xff) R 2 3 4 0"), 0);
	assert_string_equal(task.name, "\\x1b[1m\\xff");
	assert_int_equal(task_parse(&task, "1 () R 2 3 4 0"), 0);
	assert_string_equal(task.name, "");
	snprintf(stat, sizeof(stat), "1 (%0200d) R 2 3 4 0", 0);
	assert_int_equal(task_parse(&task, stat), 0);
	assert_true(strlen(task.name) < TASK_NAME);
}

static void test_no_stat(void **state)
{
	static const char *const bad[] = {
		"", "1", "1 (a", "1 a) R 2 3 4", ")(", "1 (a) R 2 3", "1 (a)",
	};
	struct task task;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(task_parse(&task, bad[i]), -EBADMSG);
}

static void test_numbers(void **state)
{
	(void)state;
	assert_int_equal(task_number("1"), 1);
	assert_int_equal(task_number("4194304"), 4194304);
	assert_int_equal(task_number("4194305"), 0);
	assert_int_equal(task_number("99999999999999999999"), 0);
	assert_int_equal(task_number("12a"), 0);
	assert_int_equal(task_number("-1"), 0);
	assert_int_equal(task_number(""), 0);
}

static void test_a_real_one(void **state)
{
	char words[TASK_WORDS];
	char want[64];
	struct task task;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_NAME, "a task");
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, WUNTRACED), pid);
	assert_int_equal(task_read(&task, pid, pid), 0);
	assert_int_equal(task.parent, getpid());
	assert_int_equal(task.state, 'T');
	task_describe(pid, words, sizeof(words));
	snprintf(want, sizeof(want), "a task (%d), state T", pid);
	assert_int_equal(strncmp(words, want, strlen(want)), 0);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(task_read(&task, pid, pid), -ENOENT);
	task_describe(pid, words, sizeof(words));
	assert_string_equal(words, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_no_stat),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_a_real_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
