/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/stray.h"

#include "host/vm/process.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char mark[64];
static char longer[80];

/* A sleeper with this entry; it has exec'ed when this returns. */
static void start(struct process *process, const char *entry)
{
	const char *const argv[] = {"/bin/sleep", "1000", NULL};
	const char *const envp[] = {"PATH=/bin", entry, "LAST=1", NULL};

	assert_int_equal(process_spawn(process, argv, envp), 0);
	assert_int_equal(process_release(process), 0);
}

static void end(struct process *process)
{
	process_signal(process, SIGKILL);
	assert_int_equal(waitpid(process->pid, &process->wait_status, 0),
			 process->pid);
	assert_int_equal(process_reap(process), 1);
	process_close(process);
}

static void only_the_marked_are_hit(void **state)
{
	struct process ours;
	struct process other;

	(void)state;
	assert_int_equal(stray_signal(mark, 0), 0);
	start(&ours, mark);
	start(&other, longer); /* our entry is its beginning */
	assert_int_equal(stray_signal(mark, 0), 1);
	assert_int_equal(stray_signal(longer, 0), 1);
	assert_int_equal(stray_signal(mark, SIGTERM), 1);
	assert_int_equal(waitpid(ours.pid, &ours.wait_status, 0), ours.pid);
	assert_int_equal(WTERMSIG(ours.wait_status), SIGTERM);
	assert_int_equal(stray_signal(mark, SIGTERM), 0);
	assert_int_equal(kill(other.pid, 0), 0);
	assert_int_equal(process_reap(&ours), 1);
	process_close(&ours);
	end(&other);
}

static void zombies_do_not_count(void **state)
{
	struct process ours;
	siginfo_t info;

	(void)state;
	start(&ours, mark);
	process_signal(&ours, SIGKILL);
	assert_int_equal(
		waitid(P_PID, (id_t)ours.pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(stray_signal(mark, 0), 0);
	end(&ours);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_marked_are_hit),
		cmocka_unit_test(zombies_do_not_count),
	};

	signal(SIGPIPE, SIG_IGN);
	snprintf(mark, sizeof(mark), "FSTVM_TEST_STRAY=%d", (int)getpid());
	snprintf(longer, sizeof(longer), "%s0", mark);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
