/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard - ends a VM whose controller has died, whatever the reason.
 *
 * A small process, forked before vng, that waits on a pipe from the
 * controller. The pipe closes when the controller exits or is killed, even by
 * SIGKILL; the guard then ends the VM (SIGTERM, after 2 s SIGKILL), removes
 * the private directory and exits. It lives in a session of its own, ignores
 * what a terminal or `kill` sends to the controller's group, holds nothing
 * but the pipe, and is called "fstvm-guard".
 *
 * Whom it may hit. Numbers of processes are used again, so it trusts two
 * things only:
 *
 * - the group, by its leader: guard_watch() is called while the leader stands
 *   at its gate (process.h) and is sure to be alive. The guard takes a pidfd
 *   of it. As long as that says the leader is alive, the number of the group
 *   is the leader's, and kill(-group) is exact.
 * - the mark in the environment (stray.h): for all that outlive the leader or
 *   left its group, each looked at and hit through a pidfd.
 *
 * Between the gate and exec the child has no mark yet, but then it is the
 * leader; before the gate it goes by itself. A sweep is repeated until it
 * finds none, so a fork can't slip through.
 *
 * One guard per VM and private directory. The caller ignores SIGPIPE.
 */
#pragma once

#include "shared/must.h"

#include <sys/types.h>

struct guard {
	pid_t pid; /* 0: none */
	int fd;	   /* the controller's end of the pipe */
};

/* private_dir and mark as in struct sockdir; copies are taken by fork. */
must_check int guard_open(struct guard *guard, const char *private_dir,
			  const char *mark);
/* group: of a VM that is about to start; 0: it has ended and was reaped. */
must_check int guard_watch(struct guard *guard, pid_t group);
/* Closes the pipe and waits until the guard has done its duty; after
 * guard_watch(…, 0) that is to look for strays, and to remove the directory if
 * it is still there. */
void guard_close(struct guard *guard);
