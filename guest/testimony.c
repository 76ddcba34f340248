/* SPDX-License-Identifier: GPL-2.0-or-later */
/* testimony - what an inquest writes down. */
#include "guest/testimony.h"

#include "guest/directory.h"
#include "guest/kmsg.h"
#include "guest/task.h"
#include "shared/escape.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

enum {
	TASKS = 1024,	/* of a test; more are not looked at */
	QUIET_MS = 100, /* the kernel has said all */
	/* syslog(2) actions, of linux/syslog.h's kernel-private half. */
	SYSLOG_CONSOLE_LEVEL = 8,
};

/* ---- the file ---- */

struct paper {
	int fd;
	size_t left;
};

static void put(struct paper *paper, const char *text, size_t len)
{
	static const char full[] = "\n[fstvm: no more is kept]\n";

	if (paper->left == 0)
		return;
	if (len > paper->left) {
		text = full;
		len = sizeof(full) - 1;
		paper->left = len;
	}
	paper->left -= len;
	if (fd_write_all(paper->fd, text, len) < 0)
		paper->left = 0;
}

static void put_line(struct paper *paper, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put_line(struct paper *paper, const char *format, ...)
{
	char line[1024];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len] = '\n';
	put(paper, line, (size_t)len + 1);
}

static int open_paper(struct paper *paper, const char *path, struct why *why)
{
	paper->left = INQUEST_FILE_BYTES;
	paper->fd = fd_open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0600);
	return paper->fd < 0 ? why_failed(why, paper->fd, "making %s", path)
			     : 0;
}

/* ---- stacks ---- */

/* Lines of the status file that tell something of a hang. */
static bool is_telling(const char *line)
{
	static const char *const keys[] = {
		"SigQ:",
		"SigPnd:",
		"ShdPnd:",
		"SigBlk:",
		"SigIgn:",
		"SigCgt:",
		"VmRSS:",
		"Threads:",
		"voluntary_ctxt_switches:",
		"nonvoluntary_ctxt_switches:",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strncmp(line, keys[i], strlen(keys[i])) == 0)
			return true;
	return false;
}

static void put_status(struct paper *paper, const struct task *task)
{
	char text[4096];
	char *at = text;
	char *line;

	task_text(task, "status", text, sizeof(text));
	while ((line = strsep(&at, "\n")) != NULL)
		if (is_telling(line))
			put_line(paper, "  %s", line);
}

static void put_stack(struct paper *paper, const struct task *task)
{
	char text[8192];
	char *at = text;
	char *line;

	if (task_text(task, "stack", text, sizeof(text)) == 0)
		put_line(paper, "  no kernel stack is told");
	while ((line = strsep(&at, "\n")) != NULL)
		if (*line != '\0')
			put_line(paper, "    %s", line);
}

static void put_task(struct paper *paper, const struct task *task)
{
	char text[256];

	put_line(paper, "\n%s: pid %d, tid %d, parent %d, state %c", task->name,
		 task->pid, task->tid, task->parent, task->state);
	task_text(task, "wchan", text, sizeof(text));
	put_line(paper, "  wchan %s", text);
	task_text(task, "syscall", text, sizeof(text));
	put_line(paper, "  syscall %s", text);
	put_stack(paper, task);
	put_status(paper, task);
}

/* Which of a process's threads are to be told of. */
typedef bool task_filter(const struct task *task, bool is_of_test);

static bool is_of_test(const struct task *task, bool of_test)
{
	(void)task;
	return of_test;
}

static bool is_other_that_sleeps(const struct task *task, bool of_test)
{
	return !of_test && task->state == 'D';
}

static unsigned int put_threads(struct paper *paper, pid_t pid, bool of_test,
				task_filter *wanted)
{
	struct directory threads;
	unsigned int count = 0;
	char path[32];
	const char *name;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	if (directory_open(&threads, AT_FDCWD, path, 0) < 0)
		return 0;
	while (directory_next(&threads, &name) > 0) {
		pid_t tid = task_number(name);
		struct task task;

		if (tid == 0 || task_read(&task, pid, tid) < 0 ||
		    !wanted(&task, of_test))
			continue;
		put_task(paper, &task);
		count++;
	}
	directory_close(&threads);
	return count;
}

struct members {
	pid_t pids[TASKS];
	int count;
	pid_t session;
};

static bool is_member(const struct members *members, pid_t pid)
{
	struct task task;

	for (int i = 0; i < members->count; i++)
		if (members->pids[i] == pid)
			return true;
	return members->session > 0 && task_read(&task, pid, pid) == 0 &&
	       task.session == members->session;
}

static unsigned int put_tasks(struct paper *paper,
			      const struct members *members,
			      task_filter *wanted)
{
	struct directory proc;
	unsigned int count = 0;
	const char *name;

	if (directory_open(&proc, AT_FDCWD, "/proc", 0) < 0)
		return 0;
	while (count < TASKS && directory_next(&proc, &name) > 0) {
		pid_t pid = task_number(name);

		if (pid > 0 && pid != getpid())
			count += put_threads(paper, pid,
					     is_member(members, pid), wanted);
	}
	directory_close(&proc);
	return count;
}

int testimony_stacks(const char *path, const struct inquest_order *order,
		     struct why *why)
{
	static struct members members;
	struct paper paper;
	int rc = open_paper(&paper, path, why);

	if (rc < 0)
		return rc;
	members.session = order->session;
	members.count = scope_pids(&order->scope, members.pids, TASKS);
	put_line(&paper, "%s is over its time.", order->subject);
	put_line(&paper, "Its tasks, and those of check:");
	if (put_tasks(&paper, &members, is_of_test) == 0)
		put_line(&paper, "there are none");
	put_line(&paper, "\nOther tasks that sleep uninterruptibly:");
	if (put_tasks(&paper, &members, is_other_that_sleeps) == 0)
		put_line(&paper, "there are none");
	fd_close(&paper.fd);
	return 0;
}

/* ---- sysrq ---- */

static void put_record(struct paper *paper, const struct kmsg_record *record)
{
	put_line(paper, "[%5llu.%06llu] %s",
		 (unsigned long long)record->time_us / 1000000,
		 (unsigned long long)record->time_us % 1000000, record->text);
}

/* What the kernel says until it is quiet. Bounded: others may flood. */
static void put_records(struct paper *paper, int kmsg_fd)
{
	static struct kmsg_record record;
	struct pollfd readable = {.fd = kmsg_fd, .events = POLLIN};
	char raw[KMSG_RECORD_MAX];

	while (paper->left > 0 && poll(&readable, 1, QUIET_MS) > 0) {
		ssize_t len = read(kmsg_fd, raw, sizeof(raw));

		if (len < 0 && errno == EPIPE)
			put_line(paper, "[fstvm: records were overwritten]");
		else if (len <= 0 && errno != EAGAIN)
			return;
		if (len > 0 &&
		    kmsg_parse(&record, bytes_of(raw, (size_t)len)) == 0)
			put_record(paper, &record);
	}
}

static void ask(struct paper *paper, int kmsg_fd, const char *letter)
{
	if (fd_write_text(AT_FDCWD, "/proc/sysrq-trigger", letter) < 0) {
		put_line(paper, "sysrq %s: not there", letter);
		return;
	}
	put_records(paper, kmsg_fd);
}

/* All tasks are some hundred lines: a serial console needs seconds for them,
 * so they go to the log alone. */
static void ask_for_all_tasks(struct paper *paper, int kmsg_fd)
{
	char text[32];
	int level = 7;

	if (fd_read_text(AT_FDCWD, "/proc/sys/kernel/printk", text,
			 sizeof(text)) > 0)
		level = atoi(text);
	(void)klogctl(SYSLOG_CONSOLE_LEVEL, NULL, 1);
	ask(paper, kmsg_fd, "t");
	(void)klogctl(SYSLOG_CONSOLE_LEVEL, NULL, level);
}

int testimony_sysrq(const char *path, const struct inquest_order *order,
		    struct why *why)
{
	fd_auto int kmsg_fd = fd_open("/dev/kmsg", O_RDONLY | O_NONBLOCK, 0);
	struct paper paper;
	int rc;

	if (kmsg_fd < 0 || lseek(kmsg_fd, 0, SEEK_END) < 0)
		return why_failed(why, -errno, "/dev/kmsg");
	rc = open_paper(&paper, path, why);
	if (rc < 0)
		return rc;
	ask(&paper, kmsg_fd, "w");
	ask(&paper, kmsg_fd, "l");
	if (access("/proc/lockdep", F_OK) == 0)
		ask(&paper, kmsg_fd, "d");
	if (order->is_last)
		ask_for_all_tasks(&paper, kmsg_fd);
	fd_close(&paper.fd);
	return 0;
}
