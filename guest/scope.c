/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scope - the processes of one test, so that all of them can be ended. */
#include "guest/scope.h"

#include "guest/directory.h"
#include "guest/task.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* A process that a test has left in it and that does not die ends the job, and
 * the VM: the next test never needs another name. */
#define CGROUP "/sys/fs/cgroup/fstvm.test"
#define PROCS  CGROUP "/cgroup.procs"
#define EVENTS CGROUP "/cgroup.events"

enum { SCOPE_PIDS = 512, PROCS_BYTES = 8192, PID_MAX = 4194304 };

void scope_adopt(struct scope *scope, pid_t leader)
{
	*scope = (struct scope){
		.leader = leader,
		.has_cgroup = access(PROCS, F_OK) == 0,
	};
}

static int pids_of_cgroup(pid_t *pids, int cap)
{
	static char text[PROCS_BYTES];
	char *end = text;
	int count = 0;

	if (fd_read_text(AT_FDCWD, PROCS, text, sizeof(text)) < 0)
		return 0;
	while (count < cap && *end != '\0') {
		long pid = strtol(end, &end, 10);

		if (pid <= 0 || (*end != '\n' && *end != '\0'))
			break;
		pids[count++] = (pid_t)pid;
		if (*end == '\n')
			end++;
	}
	return count;
}

static bool is_in(const pid_t *pids, int count, pid_t pid)
{
	for (int i = 0; i < count; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

void scope_prepare(struct scope *scope)
{
	if (scope->leader == 0 && !scope->has_cgroup)
		scope->has_cgroup = mkdir(CGROUP, 0755) == 0 || errno == EEXIST;
}

int scope_entrance(void)
{
	return fd_open(CGROUP, O_RDONLY | O_DIRECTORY, 0);
}

static bool has_leader(const struct scope *scope)
{
	pid_t pids[SCOPE_PIDS];
	int count = pids_of_cgroup(pids, SCOPE_PIDS);

	return is_in(pids, count, scope->leader);
}

static bool move_leader(const struct scope *scope)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", scope->leader);
	return fd_write_text(AT_FDCWD, PROCS, text) == 0;
}

void scope_open(struct scope *scope, pid_t leader)
{
	scope_prepare(scope);
	scope->leader = leader;
	if (!scope->has_cgroup || has_leader(scope) || move_leader(scope))
		return;
	(void)rmdir(CGROUP);
	scope->has_cgroup = false;
}

static int add_children(pid_t *pids, int count, int cap)
{
	struct directory proc;
	const char *name;

	if (directory_open(&proc, AT_FDCWD, "/proc", 0) < 0)
		return count;
	while (count < cap && directory_next(&proc, &name) > 0) {
		pid_t pid = task_number(name);
		struct task task;

		if (pid > 0 && !is_in(pids, count, pid) &&
		    task_read(&task, pid, pid) == 0 &&
		    is_in(pids, count, task.parent))
			pids[count++] = pid;
	}
	directory_close(&proc);
	return count;
}

/* Adds the leader and its descendants to what is there. /proc lists by number,
 * and a child has mostly a higher one; passes are repeated until nothing is
 * added, for those who wrapped around. */
static int add_tree(const struct scope *scope, pid_t *pids, int count, int cap)
{
	int before;

	if (count == cap || is_in(pids, count, scope->leader) ||
	    kill(scope->leader, 0) < 0)
		return count;
	pids[count++] = scope->leader;
	do {
		before = count;
		count = add_children(pids, count, cap);
	} while (count > before && count < cap);
	return count;
}

int scope_pids(const struct scope *scope, pid_t *pids, int cap)
{
	int count = 0;

	if (scope->leader <= 0)
		return 0;
	if (scope->has_cgroup)
		count = pids_of_cgroup(pids, cap);
	/* A test may have moved itself to a cgroup of its own. */
	return add_tree(scope, pids, count, cap);
}

bool scope_is_empty(const struct scope *scope)
{
	pid_t one;

	return scope_pids(scope, &one, 1) == 0;
}

int scope_watch(const struct scope *scope)
{
	fd_auto int fd = -1;

	if (!scope->has_cgroup)
		return -ENOENT;
	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (inotify_add_watch(fd, EVENTS, IN_MODIFY) < 0)
		return -errno;
	return fd_release(&fd);
}

void scope_term_leader(const struct scope *scope)
{
	if (scope->leader > 0)
		kill(scope->leader, SIGTERM);
}

int scope_kill(const struct scope *scope, bool spare_leader)
{
	static pid_t pids[SCOPE_PIDS];
	int count = scope_pids(scope, pids, SCOPE_PIDS);
	int hit = 0;

	for (int i = 0; i < count; i++) {
		if (spare_leader && pids[i] == scope->leader)
			continue;
		if (pids[i] > 1 && pids[i] <= PID_MAX &&
		    kill(pids[i], SIGKILL) == 0)
			hit++;
	}
	return hit;
}

void scope_close(struct scope *scope)
{
	if (scope->has_cgroup)
		(void)rmdir(CGROUP);
	*scope = (struct scope){0};
}
