/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child - a helper process: mkfs, modprobe, or a function of ours that may
 * block on a filesystem under test (mount, umount).
 *
 * The child is in a session of its own, with default signals, an empty mask,
 * oom_score_adj 0, cwd /, umask 022, stdin /dev/null, and stdout and stderr on
 * one pipe whose last bytes end up in the caller's buffer. It dies with us.
 *
 * Only its own pid is waited for, through a pidfd (before Linux 5.3: by
 * looking every 20 ms), so a caller whose SIGCHLD belongs to libev may use
 * child_run() and child_wait_all(): they return before libev can look. A child
 * that is alive 3 s after SIGKILL (D state) is given up: it stays for whoever
 * reaps our orphans. Our descriptors 0 to 2 must be open.
 */
#pragma once

#include "guest/why.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Where programs are looked for, and the PATH they are given. */
#define CHILD_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum {
	CHILD_COUNT_MAX = 16, /* of child_wait_all() */
	CHILD_KILL_WAIT_MS = 3000,
	/* Exit statuses that are ours, as a shell's: before the program ran. */
	CHILD_EXIT_NOT_SET_UP = 125,
	CHILD_EXIT_NOT_RUN = 127,
};

/* Runs in the child. 0 or a negative errno; a reason goes to *why. */
typedef int child_body(void *context, struct why *why);

struct child_plan {
	/* A program: argv[0] is a path or a name that is looked for. */
	const char *const *argv;
	const char *const *environment; /* NULL: PATH, LC_ALL=C, HOME=/ */
	/* Or, when argv is NULL, a function. */
	child_body *body;
	void *context;
	/* Gets the tail of the output, NUL-terminated. */
	char *output;
	size_t output_cap;
};

struct child {
	pid_t pid;
	int pidfd;     /* -1 where the kernel has none */
	int output_fd; /* -1 at its end */
	char *output;
	size_t output_cap;
	size_t output_used;
	bool ended;	/* reaped; the status below counts */
	bool timed_out; /* killed by us; not ended: even that did not help */
	int exit_status;
	int term_signal;
};

/* -ENOENT when no such program is in CHILD_PATH. */
must_check int child_find(const char *name, char *ret_path, size_t cap);
must_check int child_start(struct child *child, const struct child_plan *plan);
/* Waits for all of them until the deadline (CLOCK_MONOTONIC), then kills those
 * that are left. 0, or -ETIMEDOUT when one had to be killed. */
must_check int child_wait_all(struct child *children, size_t count,
			      uint64_t deadline_ns);
/* Start and wait for one. */
must_check int child_run(struct child *child, const struct child_plan *plan,
			 uint64_t timeout_ms);
/* For who has a loop and must not wait: takes what it has written, and reaps
 * it. Returns whether it has ended. */
bool child_look(struct child *child);
/* Kills one that has not ended, and forgets it. */
void child_abandon(struct child *child);
/* Whether it ended with exit status 0. */
bool child_succeeded(const struct child *child);
/* "exit status 1", "signal 11", "no end within its time". */
void child_describe(const struct child *child, char *to, size_t cap);
/* The last line of its output that is not blank; "" when there is none. */
void child_last_line(const struct child *child, char *to, size_t cap);

/* Calls body in a child. Returns what it returns, -ETIMEDOUT when it had to be
 * killed; *why is its reason, or what it has to say of a success. `what`
 * names the work for the other reasons. */
must_check int child_call(child_body *body, void *context, uint64_t timeout_ms,
			  const char *what, struct why *why);

/* For tests: as on a kernel without pidfds. */
void child_force_polling(bool on);
