/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard - ends a VM whose controller has died: see guard.h. */
#include "host/vm/guard.h"

#include "host/vm/ladder.h"
#include "host/vm/sockdir.h"
#include "host/vm/stray.h"
#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	GRACE_MS = 2000,
	SWEEP_MS = 50,
};

/* In the guard itself. */
struct watch {
	const char *private_dir;
	const char *mark;
	pid_t group;
	int leader_fd; /* pidfd; -1: none */
};

static void be_quiet(void)
{
	static const int ignored[] = {SIGINT,  SIGTERM, SIGHUP,	 SIGQUIT,
				      SIGPIPE, SIGUSR1, SIGUSR2, SIGTSTP,
				      SIGTTIN, SIGTTOU};
	struct sigaction action = {.sa_handler = SIG_IGN};
	struct sigaction standard = {.sa_handler = SIG_DFL};

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		sigaction(ignored[i], &action, NULL);
	sigaction(SIGCHLD, &standard, NULL);
}

/* Keeps fd alone, as descriptor 3. */
static int keep_only(int fd)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		return -errno;
	for (int i = 0; i < 3; i++)
		if (dup2(null, i) < 0)
			return -errno;
	if (fd != 3 && dup2(fd, 3) < 0)
		return -errno;
	/* before Linux 5.9: the pipe's other end is among the first */
	if (close_range(4, ~0U, 0))
		for (int i = 4; i < 65536; i++)
			close(i);
	return 0;
}

static bool leader_is_alive(const struct watch *watch)
{
	struct pollfd fd = {.fd = watch->leader_fd, .events = POLLIN};

	return watch->leader_fd >= 0 && poll(&fd, 1, 0) == 0;
}

static void watch_group(struct watch *watch, pid_t group)
{
	fd_close(&watch->leader_fd);
	watch->group = group;
	if (group > 0)
		watch->leader_fd = (int)syscall(SYS_pidfd_open, group, 0);
}

/* Until the controller's end is closed. */
static void listen_to_controller(struct watch *watch)
{
	for (;;) {
		pid_t group = 0;
		ssize_t len = read(3, &group, sizeof(group));

		if (len < 0 && errno == EINTR)
			continue;
		if (len != (ssize_t)sizeof(group))
			return;
		watch_group(watch, group);
	}
}

/* Sends signal (0: none) to all that is left; says whether anything is. */
static bool strike(const struct watch *watch, int signal)
{
	bool leader = leader_is_alive(watch);

	if (leader && signal)
		kill(-watch->group, signal);
	return stray_signal(watch->mark, signal) > 0 || leader;
}

static void end_vm(const struct watch *watch)
{
	struct ladder ladder;
	int signal;

	ladder_init(&ladder, GRACE_MS, GRACE_MS);
	signal = ladder_start(&ladder, clock_mono_ns());
	while (ladder_state(&ladder) != LADDER_DONE &&
	       ladder_state(&ladder) != LADDER_STUCK) {
		/* on the last rung every sweep may find one that was forked
		 * since the one before */
		if (ladder_state(&ladder) == LADDER_KILL)
			signal = SIGKILL;
		bool left = strike(watch, signal);

		if (left)
			(void)poll(NULL, 0, SWEEP_MS);
		signal = ladder_step(&ladder, clock_mono_ns(), !left);
	}
}

static _Noreturn void be_guard(struct watch *watch, int fd)
{
	int ignored;

	setsid();
	be_quiet();
	prctl(PR_SET_NAME, "fstvm-guard", 0, 0, 0);
	if (keep_only(fd) || chdir("/"))
		_exit(1);
	listen_to_controller(watch);
	end_vm(watch);
	ignored = sockdir_remove(watch->private_dir);
	(void)ignored;
	_exit(0);
}

int guard_open(struct guard *guard, const char *private_dir, const char *mark)
{
	struct watch watch = {
		.private_dir = private_dir, .mark = mark, .leader_fd = -1};
	int pair[2];
	int error;

	*guard = (struct guard){.fd = -1};
	error = fd_pipe(pair);
	if (error)
		return error;
	guard->pid = fork();
	if (guard->pid == 0)
		be_guard(&watch, pair[0]);
	error = guard->pid < 0 ? -errno : 0;
	fd_close(&pair[0]);
	if (error) {
		guard->pid = 0;
		fd_close(&pair[1]);
		return error;
	}
	guard->fd = pair[1];
	return 0;
}

int guard_watch(struct guard *guard, pid_t group)
{
	/* shorter than PIPE_BUF: whole or not at all */
	return fd_write_all(guard->fd, &group, sizeof(group));
}

void guard_close(struct guard *guard)
{
	fd_close(&guard->fd);
	while (guard->pid > 0 && waitpid(guard->pid, NULL, 0) < 0 &&
	       errno == EINTR)
		;
	guard->pid = 0;
}
