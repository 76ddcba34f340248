/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guard against controllers that really are killed. Each test forks one;
 * the test is the subreaper, so all that the controller leaves is its child. */
#include "host/vm/guard.h"

#include "host/vm/process.h"
#include "host/vm/sockdir.h"
#include "shared/fd.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 30000 };

/* What the controller tells before its end. */
struct told {
	char dir[SOCKDIR_PATH + 1];
	pid_t guard;
	pid_t leader;
};

static int out_of_controller[2];

static _Noreturn void give_up(int line)
{
	dprintf(2, "controller: line %d\n", line);
	_exit(99);
}

#define need(condition)                    \
	do {                               \
		if (!(condition))          \
			give_up(__LINE__); \
	} while (0)

/* The script says "ready" when it has started what it wants to. */
static void wait_until_ready(const struct process *process)
{
	struct pollfd pollfd = {.fd = process->out_fd, .events = POLLIN};
	char text[16];

	need(poll(&pollfd, 1, PATIENCE_MS) == 1);
	need(read(process->out_fd, text, sizeof(text)) > 0);
}

/* In the controller: a VM that consists of a script. */
static void start_vm(struct guard *guard, struct process *process,
		     const char *script, bool release)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	static struct sockdir dir;
	struct told told = {0};
	const char *const envp[] = {"PATH=/usr/bin:/bin", dir.mark, NULL};

	need(sockdir_open(&dir, NULL) == 0);
	need(guard_open(guard, dir.path, dir.mark) == 0);
	need(process_spawn(process, argv, envp) == 0);
	need(guard_watch(guard, process->pid) == 0);
	if (release) {
		need(process_release(process) == 0);
		wait_until_ready(process);
	}
	memcpy(told.dir, dir.path, sizeof(told.dir));
	told.guard = guard->pid;
	told.leader = process->pid;
	need(fd_write_all(out_of_controller[1], &told, sizeof(told)) == 0);
}

static pid_t fork_controller(void)
{
	pid_t pid;

	assert_int_equal(fd_pipe(out_of_controller), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid)
		fd_close(&out_of_controller[1]);
	return pid;
}

static struct told hear(void)
{
	struct told told;

	assert_int_equal(fd_read_all(out_of_controller[0], &told, sizeof(told)),
			 sizeof(told));
	fd_close(&out_of_controller[0]);
	return told;
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* All children of ours, adopted or not, have ended. The alarm ends a test in
 * which one does not. */
static void wait_for_all(void)
{
	alarm(PATIENCE_MS / 1000);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	alarm(0);
	assert_int_equal(errno, ECHILD);
}

/* The controller is killed with this VM running. */
static struct told die_with(const char *script)
{
	pid_t controller = fork_controller();
	struct told told;

	if (controller == 0) {
		struct guard guard;
		struct process process;

		start_vm(&guard, &process, script, true);
		kill(getpid(), SIGKILL);
	}
	told = hear();
	wait_for_all();
	return told;
}

static void killed_controller_leaves_nothing(void **state)
{
	struct told told = die_with("sleep 1000 & echo ready; wait");

	(void)state;
	assert_false(exists(told.dir));
	assert_int_equal(kill(-told.leader, 0), -1);
}

static void term_is_ignored(void **state)
{
	struct told told =
		die_with("trap '' TERM; sleep 1000 & echo ready; wait");

	(void)state;
	assert_false(exists(told.dir));
}

static void leader_is_dead_already(void **state)
{
	struct told told = die_with("trap '' TERM; (sleep 1000; :) & echo "
				    "ready; kill -9 $$");

	(void)state;
	assert_false(exists(told.dir));
	assert_int_equal(kill(-told.leader, 0), -1);
}

static void one_left_the_group(void **state)
{
	struct told told =
		die_with("setsid sh -c 'trap \"\" TERM; echo ready; sleep 1000;"
			 " sleep 1000' & wait");

	(void)state;
	assert_false(exists(told.dir));
}

static void strangers_live(void **state)
{
	int gate[2];
	pid_t stranger;
	pid_t controller;
	struct told told;
	int status = 0;

	(void)state;
	assert_int_equal(fd_pipe(gate), 0);
	stranger = fork();
	assert_true(stranger >= 0);
	if (stranger == 0) {
		char byte;
		ssize_t len;

		fd_close(&gate[1]);
		len = read(gate[0], &byte, 1);
		_exit(len == 1 ? 42 : 43);
	}
	fd_close(&gate[0]);
	controller = fork_controller();
	if (controller == 0) {
		struct guard guard;
		struct process process;

		start_vm(&guard, &process, "echo ready; sleep 1000", true);
		kill(getpid(), SIGKILL);
	}
	told = hear();
	/* when it has been collected, the guard has become our child */
	assert_int_equal(waitpid(controller, NULL, 0), controller);
	assert_int_equal(waitpid(told.guard, NULL, 0), told.guard);
	assert_false(exists(told.dir));
	assert_int_equal(fd_write_all(gate[1], "x", 1), 0);
	fd_close(&gate[1]);
	assert_int_equal(waitpid(stranger, &status, 0), stranger);
	assert_int_equal(WEXITSTATUS(status), 42);
	wait_for_all();
}

static void controller_dies_before_the_release(void **state)
{
	struct told told;

	(void)state;
	if (fork_controller() == 0) {
		struct guard guard;
		struct process process;

		start_vm(&guard, &process, "sleep 1000", false);
		kill(getpid(), SIGKILL);
	}
	told = hear();
	wait_for_all();
	assert_false(exists(told.dir));
}

/* In the controller: all as it should be. */
static _Noreturn void end_well(void)
{
	struct guard guard;
	struct process process;

	start_vm(&guard, &process, "echo ready", true);
	while (!process_reap(&process))
		sched_yield();
	need(guard_watch(&guard, 0) == 0);
	guard_close(&guard);
	need(guard.pid == 0 && guard.fd == -1);
	process_close(&process);
	_exit(0);
}

static void normal_end(void **state)
{
	pid_t controller;
	struct told told;
	int status = -1;

	(void)state;
	controller = fork_controller();
	if (controller == 0)
		end_well();
	told = hear();
	assert_int_equal(waitpid(controller, &status, 0), controller);
	assert_int_equal(status, 0);
	assert_false(exists(told.dir));
	wait_for_all();
}

/* What /proc says in a file of the guard's, which has just been forked: until
 * it is that, for a bounded time. */
static bool comes_to_say(pid_t pid, const char *file, const char *expected)
{
	char path[64];
	char text[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	for (int i = 0; i < 1000000; i++) {
		if (fd_read_text(-1, path, text, sizeof(text)) > 0 &&
		    strcmp(text, expected) == 0)
			return true;
		sched_yield();
	}
	return false;
}

static void signals_do_not_end_it(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sockdir dir;
	struct guard guard;
	pid_t pid;

	(void)state;
	assert_int_equal(sockdir_open(&dir, NULL), 0);
	assert_int_equal(guard_open(&guard, dir.path, dir.mark), 0);
	pid = guard.pid;
	assert_true(comes_to_say(pid, "comm", "fstvm-guard"));
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		assert_int_equal(kill(pid, signals[i]), 0);
	assert_int_equal(getsid(pid), pid);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	guard_close(&guard);
	assert_false(exists(dir.path)); /* so it was there to do that */
	assert_int_equal(sockdir_close(&dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_controller_leaves_nothing),
		cmocka_unit_test(term_is_ignored),
		cmocka_unit_test(leader_is_dead_already),
		cmocka_unit_test(one_left_the_group),
		cmocka_unit_test(strangers_live),
		cmocka_unit_test(controller_dies_before_the_release),
		cmocka_unit_test(normal_end),
		cmocka_unit_test(signals_do_not_end_it),
	};

	signal(SIGPIPE, SIG_IGN);
	if (process_become_subreaper())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
