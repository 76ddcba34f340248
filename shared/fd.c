/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fd - descriptors: ownership, whole reads and writes. */
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void fd_close(int *fd)
{
	int saved_errno = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved_errno;
}

int fd_release(int *fd)
{
	int released = *fd;

	*fd = -1;
	return released;
}

int fd_open(const char *path, int flags, mode_t mode)
{
	return fd_openat(AT_FDCWD, path, flags, mode);
}

int fd_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	int fd = -1;

	do {
		fd = openat(dirfd, path, flags | O_CLOEXEC, mode);
	} while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

int fd_pipe(int ret_pair[2])
{
	int pair[2] = {-1, -1};

	if (pipe2(pair, O_CLOEXEC) < 0)
		return -errno;
	ret_pair[0] = pair[0];
	ret_pair[1] = pair[1];
	return 0;
}

int fd_set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

int fd_write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t fd_read_all(int fd, void *to, size_t cap)
{
	size_t used = 0;

	while (used < cap) {
		ssize_t n = read(fd, (char *)to + used, cap - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

static ssize_t read_once(int fd, void *to, size_t cap)
{
	ssize_t n = 0;

	do {
		n = read(fd, to, cap);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static ssize_t read_string(int dirfd, const char *path, char *to, size_t cap,
			   ssize_t (*read_fd)(int fd, void *to, size_t cap))
{
	fd_auto int fd = -1;
	ssize_t len = 0;

	must(cap > 0);
	to[0] = '\0';
	fd = fd_openat(dirfd, path, O_RDONLY, 0);
	if (fd < 0)
		return fd;
	len = read_fd(fd, to, cap - 1);
	if (len < 0)
		return len;
	if (len > 0 && to[len - 1] == '\n')
		len--;
	to[len] = '\0';
	return len;
}

ssize_t fd_read_text(int dirfd, const char *path, char *to, size_t cap)
{
	return read_string(dirfd, path, to, cap, fd_read_all);
}

ssize_t fd_read_attribute(int dirfd, const char *path, char *to, size_t cap)
{
	return read_string(dirfd, path, to, cap, read_once);
}

int fd_write_text(int dirfd, const char *path, const char *text)
{
	fd_auto int fd = fd_openat(dirfd, path, O_WRONLY, 0);
	size_t len = strlen(text);
	ssize_t n = 0;

	if (fd < 0)
		return fd;
	do {
		n = write(fd, text, len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}
