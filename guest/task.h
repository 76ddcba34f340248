/* SPDX-License-Identifier: GPL-2.0-or-later */
/* task - what procfs tells of a task without touching its memory.
 *
 * Of comm, stat, status, wchan, syscall and stack only: these take no lock of
 * the task's mm and go through no file system under test. cmdline, environ,
 * maps, exe and fd do, and block on a task that is stuck there.
 */
#pragma once

#include "shared/must.h"

#include <stddef.h>
#include <sys/types.h>

enum {
	TASK_NAME = 64,	  /* comm has 15 bytes, a kernel thread's up to 63 */
	TASK_WORDS = 192, /* of task_describe() */
};

struct task {
	pid_t pid; /* the process */
	pid_t tid; /* its thread */
	pid_t parent;
	pid_t session;
	char state; /* R, S, D, T, Z, … */
	char name[TASK_NAME];
};

/* Of a thread; tid == pid: of the first one. -ENOENT: it is gone. */
must_check int task_read(struct task *ret_task, pid_t pid, pid_t tid);
/* The text of its stat (pure); pid and tid are not set. -EBADMSG. */
must_check int task_parse(struct task *ret_task, const char *stat);
/* The number that a directory of procfs has for a name (pure); 0: none. */
pid_t task_number(const char *name);
/* A text file of it, as it is; "" when it can't be read. */
size_t task_text(const struct task *task, const char *file, char *to,
		 size_t cap);
/* "fsstress (812), state D in percpu_rwsem_wait"; "" when it is gone. */
void task_describe(pid_t pid, char *to, size_t cap);
