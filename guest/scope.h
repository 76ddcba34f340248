/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scope - the processes of one test, so that all of them can be ended.
 *
 * A cgroup2 directory, a new one for each test unless the last could not be
 * removed (a test may have made others in it). Where there is no cgroup2, or the
 * test's process has moved to another one, its descendants by /proc, which
 * misses what has been re-parented.
 *
 * It is made before the test's process, which is cloned into it (clone3(), since
 * Linux 5.7): to move a process into a cgroup makes the kernel wait for all
 * CPUs, 20 ms and more in an emulated guest.
 */
#pragma once

#include "shared/must.h"

#include <stdbool.h>
#include <sys/types.h>

struct scope {
	pid_t leader; /* the test's shell; 0: not yet */
	bool has_cgroup;
};

/* Makes the cgroup of the next test, unless there is one, or the test before has
 * still its own. */
void scope_prepare(struct scope *scope);
/* For who makes the test's process: that cgroup's directory; the caller closes
 * it. Negative errno: there is none. */
must_check int scope_entrance(void);
/* The test's process, which must not have started its work: puts it into the
 * scope where it is not there already. */
void scope_open(struct scope *scope, pid_t leader);
/* The scope again, after the agent has been replaced. leader: 0 when no test's
 * process is known. */
void scope_adopt(struct scope *scope, pid_t leader);
/* Fills pids with at most cap of its processes. Returns how many there are. */
int scope_pids(const struct scope *scope, pid_t *pids, int cap);
bool scope_is_empty(const struct scope *scope);
/* A descriptor that is readable when its cgroup has become empty, or is so no
 * more; the caller closes it. Negative errno where there is no cgroup. */
must_check int scope_watch(const struct scope *scope);
/* SIGTERM to the test's shell, whose trap runs its clean-up once its
 * foreground child has died. */
void scope_term_leader(const struct scope *scope);
/* SIGKILL to all, or to all but the leader. Returns how many were hit. */
int scope_kill(const struct scope *scope, bool spare_leader);
/* Removes its cgroup, prepared or in use; what can't die keeps it. */
void scope_close(struct scope *scope);
