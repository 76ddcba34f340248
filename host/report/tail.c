/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tail - see tail.h. */
#include "host/report/tail.h"

#include "shared/beneath.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Drops the piece of a line that the text begins in the middle of. */
static ssize_t from_line(char *text, size_t len)
{
	const char *newline = memchr(text, '\n', len);

	if (newline) {
		len -= (size_t)(newline + 1 - text);
		memmove(text, newline + 1, len);
	}
	return (ssize_t)len;
}

ssize_t tail_read(int dirfd, const char *name, char *to, size_t cap)
{
	fd_auto int fd = beneath_open(dirfd, name, O_RDONLY, 0);
	off_t size;
	off_t from;
	ssize_t len;

	if (fd < 0)
		return fd;
	size = lseek(fd, 0, SEEK_END);
	if (size < 0)
		return -errno;
	from = size < (off_t)cap ? 0 : size - (off_t)cap + 1;
	if (lseek(fd, from, SEEK_SET) < 0)
		return -errno;
	len = fd_read_all(fd, to, cap - 1);
	if (len < 0)
		return len;
	if (from)
		len = from_line(to, (size_t)len);
	to[len] = '\0';
	return len;
}
