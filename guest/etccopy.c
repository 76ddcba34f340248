/* SPDX-License-Identifier: GPL-2.0-or-later */
/* etccopy - what of /etc each program opens when it starts, in memory. */
#include "guest/etccopy.h"

#include "shared/fd.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 1024 * 1024 };

/* Seen in the host's log of what a guest asks for while it runs check. */
static const char *const paths[] = {
	"/etc/ld.so.cache",
	"/etc/localtime",
	"/etc/alternatives/awk",
	"/etc/fstab",
	"/etc/hosts",
	"/etc/nsswitch.conf",
	"/etc/mke2fs.conf",
	"/etc/host.conf",
	"/etc/resolv.conf",
	"/etc/bash.bashrc",
	"/etc/profile",
	"/etc/login.defs",
	"/etc/security/limits.conf",
};

static bool copy_link(const char *from, const char *to, const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t len = readlink(from, target, sizeof(target) - 1);

	if (len <= 0)
		return false;
	target[len] = '\0';
	return symlink(target, to) == 0 &&
	       lchown(to, st->st_uid, st->st_gid) == 0;
}

static bool write_copy(int to, const void *data, size_t len,
		       const struct stat *st)
{
	const struct timespec times[] = {st->st_atim, st->st_mtim};

	return fd_write_all(to, data, len) == 0 &&
	       fchown(to, st->st_uid, st->st_gid) == 0 &&
	       fchmod(to, st->st_mode & 07777) == 0 && futimens(to, times) == 0;
}

static bool copy_file(const char *from, const char *to, const struct stat *st)
{
	fd_auto int source = fd_open(from, O_RDONLY, 0);
	fd_auto int copy = -1;
	bool whole = false;
	uint8_t *data;
	ssize_t len;

	if (source < 0 || st->st_size > FILE_BYTES)
		return false;
	data = malloc(FILE_BYTES + 1);
	if (data == NULL)
		return false;
	len = fd_read_all(source, data, FILE_BYTES + 1);
	if (len == st->st_size)
		copy = fd_open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (copy >= 0)
		whole = write_copy(copy, data, (size_t)len, st);
	free(data);
	return whole;
}

void etccopy_renew(const char *path)
{
	char aside[PATH_MAX];
	struct stat st;
	bool copied;

	if (lstat(path, &st) < 0 ||
	    snprintf(aside, sizeof(aside), "%s.fstvm-new", path) >= PATH_MAX)
		return;
	if (S_ISLNK(st.st_mode))
		copied = copy_link(path, aside, &st);
	else
		copied = S_ISREG(st.st_mode) && copy_file(path, aside, &st);
	if (!copied || rename(aside, path) < 0)
		(void)unlink(aside);
}

void etccopy_make(void)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		etccopy_renew(paths[i]);
}
