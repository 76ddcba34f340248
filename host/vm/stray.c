/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stray - processes that are ours by their environment: see stray.h. */
#include "host/vm/stray.h"

#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ENVIRONMENT_BYTES = 128 * 1024 }; /* ours is far smaller */

static bool has_entry(const char *environment, size_t len, const char *entry)
{
	const char *end = environment + len;

	while (environment < end) {
		size_t left = (size_t)(end - environment);
		size_t size = strnlen(environment, left);

		if (size == left)
			return false;
		if (strcmp(environment, entry) == 0)
			return true;
		environment += size + 1;
	}
	return false;
}

static bool is_marked(pid_t pid, const char *entry, char *buffer)
{
	char path[64];
	fd_auto int fd = -1;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
	fd = fd_open(path, O_RDONLY, 0);
	if (fd < 0)
		return false;
	len = fd_read_all(fd, buffer, ENVIRONMENT_BYTES);
	return len > 0 && has_entry(buffer, (size_t)len, entry);
}

/* Whether it is one of ours; it has been sent the signal then. */
static bool signal_one(pid_t pid, const char *entry, int signal, char *buffer)
{
	fd_auto int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0 && errno == ESRCH)
		return false;
	if (!is_marked(pid, entry, buffer))
		return false;
	if (signal == 0)
		return true;
	if (fd >= 0)
		return syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0) == 0;
	return kill(pid, signal) == 0; /* before Linux 5.3 */
}

int stray_signal(const char *entry, int signal)
{
	char *buffer = malloc(ENVIRONMENT_BYTES);
	DIR *proc = opendir("/proc");
	struct dirent *item;
	int count = 0;

	if (!buffer || !proc) {
		count = buffer ? -errno : -ENOMEM;
		goto out;
	}
	while ((item = readdir(proc))) {
		long pid = strtol(item->d_name, NULL, 10);

		if (pid > 0 && pid != getpid() &&
		    signal_one((pid_t)pid, entry, signal, buffer))
			count++;
	}
out:
	free(buffer);
	if (proc)
		closedir(proc);
	return count;
}
