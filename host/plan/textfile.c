/* SPDX-License-Identifier: GPL-2.0-or-later */
/* textfile - a whole regular file of bounded size in memory. */
#include "host/plan/textfile.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

int textfile_read(int dirfd, const char *path, struct textfile *ret_file)
{
	fd_auto int fd = fd_openat(dirfd, path, O_RDONLY | O_NONBLOCK, 0);
	struct stat status;
	ssize_t len;
	char *text;

	if (fd < 0)
		return fd;
	if (fstat(fd, &status))
		return -errno;
	if (S_ISDIR(status.st_mode))
		return -EISDIR;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (status.st_size > TEXTFILE_CAP)
		return -EFBIG;
	text = malloc((size_t)status.st_size + 1);
	if (!text)
		return -ENOMEM;
	len = fd_read_all(fd, text, (size_t)status.st_size);
	if (len < 0) {
		free(text);
		return (int)len;
	}
	text[len] = '\0';
	*ret_file = (struct textfile){text, (size_t)len};
	return 0;
}

void textfile_deinit(struct textfile *file)
{
	free(file->text);
	*file = (struct textfile){0};
}

struct bytes textfile_bytes(const struct textfile *file)
{
	return bytes_of(file->text, file->len);
}
