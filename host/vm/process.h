/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process - a child in a session and process group of its own.
 *
 * Starting has two steps. process_spawn() forks: the child leads its group
 * and waits at a gate. The caller then tells the guard about the group, and
 * process_release() lets the child exec. A caller that dies in between leaves
 * nothing: the gate's end makes the child exit.
 *
 * vng leaves orphans (sh, virtme-run, QEMU) behind when it dies first, so the
 * controller must be their subreaper: they then become its children, and the
 * group's number is not used again before the last of them is reaped. So
 * process_signal() can't hit a stranger as long as only process_reap() reaps
 * them. That rules out libev's child watchers (the default loop waits for any
 * child): make the loop with ev_loop_new() and watch pidfd and SIGCHLD.
 *
 * The child: all signals at their defaults and unblocked, fd 0 is /dev/null,
 * fds 1 and 2 are pipes made here (vng opens them again through procfs, which
 * refuses sockets and what another user made), no other descriptor, cwd /.
 * Descriptors 0 to 2 of the caller must be open, and SIGPIPE ignored.
 */
#pragma once

#include "shared/must.h"

#include <stdbool.h>
#include <sys/types.h>

struct process {
	pid_t pid;  /* and number of session and group; 0: none */
	int pidfd;  /* readable when the leader has exited; -1 before
			   Linux 5.3 */
	int out_fd; /* read ends, nonblocking, owned */
	int err_fd;
	int gate_fd; /* until released */
	int exec_fd;
	bool exited; /* the leader; wait_status is valid */
	bool gone;   /* the whole group */
	int wait_status;
};

/* Orphans of our children become ours. */
must_check int process_become_subreaper(void);
/* argv[0] is a path. Both lists end with NULL. */
must_check int process_spawn(struct process *process, const char *const *argv,
			     const char *const *envp);
/* Opens the gate. A failure of exec is returned; the child is then reaped. */
must_check int process_release(struct process *process);
/* Collects who has ended. Returns 1 when the group is empty, else 0. */
must_check int process_reap(struct process *process);
/* To the whole group; nothing when it is gone. */
void process_signal(const struct process *process, int signal);
/* Closes the descriptors; the group must be gone, or never have been
 * released: its child is then ended here. */
void process_close(struct process *process);
