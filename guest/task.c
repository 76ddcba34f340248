/* SPDX-License-Identifier: GPL-2.0-or-later */
/* task - what procfs tells of a task without touching its memory. */
#include "guest/task.h"

#include "shared/bytes.h"
#include "shared/escape.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum {
	STAT_BYTES = 1024,
	PID_MAX = 4194304, /* PID_MAX_LIMIT of 64-bit kernels */
};

int task_parse(struct task *ret_task, const char *stat)
{
	/* A name may hold anything, a ')' too. */
	const char *name = strchr(stat, '(');
	const char *end = strrchr(stat, ')');
	struct task task = {.pid = 0};
	int parent, group, session;

	if (name == NULL || end == NULL || end < name ||
	    sscanf(end + 1, " %c %d %d %d", &task.state, &parent, &group,
		   &session) != 4)
		return -EBADMSG;
	escape_text(task.name, sizeof(task.name),
		    bytes_of(name + 1, (size_t)(end - name - 1)), false);
	task.parent = parent;
	task.session = session;
	*ret_task = task;
	return 0;
}

static ssize_t read_file(pid_t pid, pid_t tid, const char *file, char *to,
			 size_t cap)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, tid, file);
	return fd_read_text(AT_FDCWD, path, to, cap);
}

int task_read(struct task *ret_task, pid_t pid, pid_t tid)
{
	char stat[STAT_BYTES];
	int rc;

	if (read_file(pid, tid, "stat", stat, sizeof(stat)) < 0)
		return -ENOENT;
	rc = task_parse(ret_task, stat);
	if (rc < 0)
		return rc;
	ret_task->pid = pid;
	ret_task->tid = tid;
	return 0;
}

pid_t task_number(const char *name)
{
	int number = 0;

	for (; *name >= '0' && *name <= '9' && number <= PID_MAX; name++)
		number = number * 10 + (*name - '0');
	return *name == '\0' && number <= PID_MAX ? number : 0;
}

size_t task_text(const struct task *task, const char *file, char *to,
		 size_t cap)
{
	ssize_t len = read_file(task->pid, task->tid, file, to, cap);

	if (len < 0)
		to[0] = '\0';
	return len < 0 ? 0 : (size_t)len;
}

void task_describe(pid_t pid, char *to, size_t cap)
{
	char wchan[64];
	struct task task;

	to[0] = '\0';
	if (task_read(&task, pid, pid) < 0)
		return;
	task_text(&task, "wchan", wchan, sizeof(wchan));
	snprintf(to, cap, "%s (%d), state %c", task.name, pid, task.state);
	/* "0": it runs, or the kernel does not tell. */
	if (wchan[0] != '\0' && strcmp(wchan, "0") != 0)
		snprintf(to + strlen(to), cap - strlen(to), " in %s", wchan);
}
