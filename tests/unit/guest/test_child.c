/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/child.h"

#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONG_MS = 60000 };

static struct child run_shell(const char *script, char *output, size_t cap,
			      uint64_t timeout_ms, int expected)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	struct child_plan plan = {
		.argv = argv, .output = output, .output_cap = cap};
	struct child child;

	assert_int_equal(child_run(&child, &plan, timeout_ms), expected);
	return child;
}

static void test_success_and_output(void **state)
{
	char output[64];
	struct child child;

	(void)state;
	child = run_shell("echo out; echo err >&2", output, sizeof(output),
			  LONG_MS, 0);
	assert_true(child_succeeded(&child));
	assert_string_equal(output, "out\nerr\n");
}

static void test_status_and_signal(void **state)
{
	char output[64];
	char text[64];
	struct child child;

	(void)state;
	child = run_shell("exit 7", output, sizeof(output), LONG_MS, 0);
	assert_false(child_succeeded(&child));
	assert_int_equal(child.exit_status, 7);
	child_describe(&child, text, sizeof(text));
	assert_string_equal(text, "exit status 7");
	child = run_shell("kill -TERM $$", output, sizeof(output), LONG_MS, 0);
	assert_int_equal(child.term_signal, SIGTERM);
	child_describe(&child, text, sizeof(text));
	assert_string_equal(text, "signal 15");
}

static void test_tail_of_output(void **state)
{
	char output[9];
	char text[64];
	struct child child;

	(void)state;
	/* One less than the room, just the room, one more. */
	child = run_shell("printf 1234567", output, sizeof(output), LONG_MS, 0);
	assert_string_equal(output, "1234567");
	child = run_shell("printf 12345678", output, sizeof(output), LONG_MS,
			  0);
	assert_string_equal(output, "12345678");
	child = run_shell("printf 123456789", output, sizeof(output), LONG_MS,
			  0);
	assert_string_equal(output, "23456789");
	child = run_shell("seq 1 20000; printf 'a\\nend\\n\\n '", output,
			  sizeof(output), LONG_MS, 0);
	child_last_line(&child, text, sizeof(text));
	assert_string_equal(text, "end");
}

static void test_no_such_program(void **state)
{
	const char *argv[] = {"fstvm-no-such-program", NULL};
	char output[256];
	char line[256];
	struct child_plan plan = {
		.argv = argv, .output = output, .output_cap = sizeof(output)};
	struct child child;

	(void)state;
	assert_int_equal(child_run(&child, &plan, LONG_MS), 0);
	assert_int_equal(child.exit_status, CHILD_EXIT_NOT_RUN);
	child_last_line(&child, line, sizeof(line));
	assert_string_equal(line, "can't run fstvm-no-such-program: "
				  "No such file or directory");
}

static void test_deadline_kills_descendants(void **state)
{
	char output[64];
	char text[64];
	struct child child;
	long grandchild;
	int tries;

	(void)state;
	child = run_shell("sleep 1000 & echo $!; wait", output, sizeof(output),
			  300, -ETIMEDOUT);
	assert_true(child.timed_out);
	assert_true(child.ended);
	assert_false(child_succeeded(&child));
	child_describe(&child, text, sizeof(text));
	assert_string_equal(text, "no end within its time");
	assert_int_equal(sscanf(output, "%ld", &grandchild), 1);
	/* Dead, or a zombie of whoever reaps orphans here. */
	(void)snprintf(text, sizeof(text), "/proc/%ld/cmdline", grandchild);
	for (tries = 0; tries < 500 && fd_read_text(AT_FDCWD, text, output,
						    sizeof(output)) > 0;
	     tries++)
		(void)poll(NULL, 0, 10); /* it takes a moment to die */
	assert_true(tries < 500);
}

static void test_background_process_does_not_hold_us(void **state)
{
	char output[64];
	uint64_t before = clock_mono_ns();
	struct child child;
	long left;

	(void)state;
	child = run_shell("sleep 1000 & echo $!", output, sizeof(output),
			  LONG_MS, 0);
	assert_true(child_succeeded(&child));
	assert_true(clock_mono_ns() - before < clock_ns_of_ms(30000));
	assert_int_equal(sscanf(output, "%ld", &left), 1);
	(void)kill((pid_t)left, SIGKILL);
}

static void test_only_its_own_pid_is_reaped(void **state)
{
	char output[16];
	pid_t other = fork();
	int status;

	(void)state;
	if (other == 0)
		_exit(3);
	(void)run_shell("exit 0", output, sizeof(output), LONG_MS, 0);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_int_equal(WEXITSTATUS(status), 3);
}

static void test_signals_and_environment_are_fresh(void **state)
{
	char output[512];
	sigset_t blocked;

	(void)state;
	sigfillset(&blocked);
	(void)sigprocmask(SIG_BLOCK, &blocked, NULL);
	(void)signal(SIGTERM, SIG_IGN);
	(void)setenv("FSTVM_LEAK", "1", 1);
	(void)run_shell("grep -E '^Sig(Blk|Ign)' /proc/self/status | "
			"tr -d '\\n\\t '; echo; echo ${FSTVM_LEAK-none}; pwd; "
			"umask; readlink /proc/self/fd/0; "
			"cat /proc/self/oom_score_adj",
			output, sizeof(output), LONG_MS, 0);
	assert_string_equal(output,
			    "SigBlk:0000000000000000SigIgn:0000000000000000\n"
			    "none\n/\n0022\n/dev/null\n0\n");
	(void)signal(SIGTERM, SIG_DFL);
	(void)sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

static void test_several_at_once(void **state)
{
	const char *script[3] = {"exit 0", "sleep 1000", "exit 2"};
	char output[3][32];
	struct child child[3];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		const char *argv[] = {"sh", "-c", script[i], NULL};
		struct child_plan plan = {.argv = argv,
					  .output = output[i],
					  .output_cap = sizeof(output[i])};

		assert_int_equal(child_start(&child[i], &plan), 0);
	}
	assert_int_equal(
		child_wait_all(child, 3, clock_mono_ns() + clock_ns_of_ms(500)),
		-ETIMEDOUT);
	assert_true(child_succeeded(&child[0]));
	assert_true(child[1].timed_out);
	assert_false(child[2].timed_out);
	assert_int_equal(child[2].exit_status, 2);
}

static int body(void *context, struct why *why)
{
	const int *rc = context;

	if (*rc == -ENOSPC)
		return why_failed(why, *rc, "a disk");
	if (*rc == 1)
		abort();
	if (*rc == 2) {
		for (;;)
			(void)pause();
	}
	return *rc;
}

static void test_call(void **state)
{
	struct why why;
	int rc = 0;

	(void)state;
	assert_int_equal(child_call(body, &rc, LONG_MS, "it", &why), 0);
	assert_string_equal(why.text, "");
	rc = -ENOSPC;
	assert_int_equal(child_call(body, &rc, LONG_MS, "it", &why), -ENOSPC);
	assert_string_equal(why.text, "a disk: No space left on device");
	rc = -EPERM;
	assert_int_equal(child_call(body, &rc, LONG_MS, "it", &why), -EPERM);
	assert_string_equal(why.text, "it: Operation not permitted");
	rc = 1;
	assert_int_equal(child_call(body, &rc, LONG_MS, "it", &why), -EIO);
	assert_string_equal(why.text, "it: died of signal 6");
	rc = 2;
	assert_int_equal(child_call(body, &rc, 200, "it", &why), -ETIMEDOUT);
	assert_string_equal(why.text, "it: no end within 0.2 s");
}

static int with_pidfd(void **state)
{
	(void)state;
	child_force_polling(false);
	return 0;
}

static int by_polling(void **state)
{
	(void)state;
	child_force_polling(true);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_success_and_output),
		cmocka_unit_test(test_status_and_signal),
		cmocka_unit_test(test_tail_of_output),
		cmocka_unit_test(test_no_such_program),
		cmocka_unit_test(test_deadline_kills_descendants),
		cmocka_unit_test(test_background_process_does_not_hold_us),
		cmocka_unit_test(test_only_its_own_pid_is_reaped),
		cmocka_unit_test(test_signals_and_environment_are_fresh),
		cmocka_unit_test(test_several_at_once),
		cmocka_unit_test(test_call),
	};
	int failed = cmocka_run_group_tests(tests, with_pidfd, NULL);

	return failed + cmocka_run_group_tests(tests, by_polling, NULL);
}
