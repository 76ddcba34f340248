/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/process.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_S = 20 };

static const char *const environment[] = {"PATH=/usr/bin:/bin", "COLOUR=blue",
					  NULL};
static struct process process;

static void start(const char *script)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};

	assert_int_equal(process_spawn(&process, argv, environment), 0);
	assert_int_equal(process_release(&process), 0);
}

/* Until the group is empty; SIGCHLD is blocked, so none is missed. */
static void wait_for_group(void)
{
	const struct timespec patience = {.tv_sec = PATIENCE_S};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	while (!process_reap(&process))
		assert_int_equal(sigtimedwait(&set, NULL, &patience), SIGCHLD);
}

/* All that comes from the pipe until its end. */
static void read_all(int fd, char *to, size_t cap)
{
	size_t used = 0;

	for (;;) {
		struct pollfd pollfd = {.fd = fd, .events = POLLIN};
		ssize_t len;

		assert_int_equal(poll(&pollfd, 1, PATIENCE_S * 1000), 1);
		len = read(fd, to + used, cap - 1 - used);
		if (len == 0)
			break;
		assert_true(len > 0);
		used += (size_t)len;
	}
	to[used] = '\0';
}

static void expect_output(const char *script, const char *expected)
{
	char text[4096];

	start(script);
	read_all(process.out_fd, text, sizeof(text));
	assert_string_equal(text, expected);
	wait_for_group();
	process_close(&process);
}

static void both_pipes_and_the_status(void **state)
{
	char text[64];

	(void)state;
	start("echo out; echo err >&2; exit 7");
	assert_true(fcntl(process.out_fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(process.err_fd, F_GETFL) & O_NONBLOCK);
	read_all(process.out_fd, text, sizeof(text));
	assert_string_equal(text, "out\n");
	read_all(process.err_fd, text, sizeof(text));
	assert_string_equal(text, "err\n");
	wait_for_group();
	assert_true(process.exited);
	assert_true(WIFEXITED(process.wait_status));
	assert_int_equal(WEXITSTATUS(process.wait_status), 7);
	process_close(&process);
}

static void child_has_a_clean_start(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction old;
	sigset_t set;
	sigset_t old_set;

	(void)state;
	sigaction(SIGINT, &ignore, &old);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old_set);
	expect_output("grep -E 'SigBlk|SigIgn' /proc/self/status",
		      "SigBlk:\t0000000000000000\n"
		      "SigIgn:\t0000000000000000\n");
	sigprocmask(SIG_SETMASK, &old_set, NULL);
	sigaction(SIGINT, &old, NULL);
	expect_output("pwd; env | grep COLOUR; wc -c", "/\nCOLOUR=blue\n0\n");
	expect_output("set -- $(cat /proc/$$/stat);"
		      "[ $1 = $5 ] && [ $1 = $6 ] && echo leader",
		      "leader\n");
}

static void child_has_no_other_descriptors(void **state)
{
	fd_auto int low = open("/dev/null", O_RDONLY); /* not cloexec */
	fd_auto int high = fcntl(low, F_DUPFD, 700);

	(void)state;
	assert_true(low >= 0 && high >= 700);
	/* 3 is of the directory that ls reads */
	expect_output("exec ls /proc/self/fd", "0\n1\n2\n3\n");
}

static void exec_failure_is_told(void **state)
{
	const char *const argv[] = {"/nonexistent/vng", NULL};

	(void)state;
	assert_int_equal(process_spawn(&process, argv, environment), 0);
	assert_int_equal(process_release(&process), -ENOENT);
	assert_int_equal(process_reap(&process), 1);
	process_close(&process);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* none is left */
}

static void gate_is_not_opened(void **state)
{
	const char *const argv[] = {"/bin/sh", "-c", "echo ran", NULL};
	fd_auto int out = -1;
	char text[16];

	(void)state;
	assert_int_equal(process_spawn(&process, argv, environment), 0);
	assert_int_equal(getpgid(process.pid), process.pid);
	out = fcntl(process.out_fd, F_DUPFD_CLOEXEC, 10);
	process_close(&process);
	read_all(out, text, sizeof(text));
	assert_string_equal(text, "");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void orphans_are_ours_and_are_signalled(void **state)
{
	struct pollfd leader = {.events = POLLIN};

	(void)state;
	start("sleep 1000 & exit 3");
	leader.fd = process.pidfd;
	if (leader.fd >= 0)
		assert_int_equal(poll(&leader, 1, PATIENCE_S * 1000), 1);
	while (!process.exited)
		assert_int_equal(process_reap(&process), 0);
	assert_int_equal(WEXITSTATUS(process.wait_status), 3);
	assert_int_equal(process_reap(&process), 0); /* sleep is there */
	process_signal(&process, SIGTERM);
	wait_for_group();
	assert_int_equal(WEXITSTATUS(process.wait_status), 3);
	process_signal(&process, SIGKILL); /* hits nobody */
	process_close(&process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_pipes_and_the_status),
		cmocka_unit_test(child_has_a_clean_start),
		cmocka_unit_test(child_has_no_other_descriptors),
		cmocka_unit_test(exec_failure_is_told),
		cmocka_unit_test(gate_is_not_opened),
		cmocka_unit_test(orphans_are_ours_and_are_signalled),
	};
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (process_become_subreaper())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
