/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scope - the processes of one test, so that all of them can be ended.
 *
 * A cgroup2 directory per test. Where there is no cgroup2, or the test's
 * process has moved to another one, its descendants by /proc, which misses what
 * has been re-parented.
 */
#pragma once

#include "shared/must.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct scope {
	uint32_t number;
	pid_t leader; /* the test's shell */
	bool has_cgroup;
};

/* Puts leader, which must not have started its work, into a new scope. */
void scope_open(struct scope *scope, uint32_t number, pid_t leader);
/* The scope again, after the agent has been replaced. */
void scope_adopt(struct scope *scope, uint32_t number, pid_t leader);
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
/* Removes its cgroup; what can't die keeps it. */
void scope_close(struct scope *scope);
