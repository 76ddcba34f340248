/* SPDX-License-Identifier: GPL-2.0-or-later */
/* directory - the names in a directory, without the heap. */
#include "guest/directory.h"

#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

int directory_open(struct directory *directory, int dirfd, const char *path,
		   int nofollow)
{
	int fd = fd_openat(dirfd, path, O_RDONLY | O_DIRECTORY | nofollow, 0);

	directory->fd = fd < 0 ? -1 : fd;
	directory->at = 0;
	directory->end = 0;
	return fd < 0 ? fd : 0;
}

static int refill(struct directory *directory)
{
	ssize_t len = getdents64(directory->fd, directory->buffer,
				 sizeof(directory->buffer));

	if (len < 0)
		return -errno;
	directory->at = 0;
	directory->end = (size_t)len;
	return len > 0;
}

int directory_next(struct directory *directory, const char **ret_name)
{
	for (;;) {
		const struct dirent64 *entry;

		if (directory->at >= directory->end) {
			int rc = refill(directory);

			if (rc <= 0)
				return rc;
		}
		entry = (const void *)(directory->buffer + directory->at);
		directory->at += entry->d_reclen;
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		*ret_name = entry->d_name;
		return 1;
	}
}

void directory_close(struct directory *directory)
{
	fd_close(&directory->fd);
}
