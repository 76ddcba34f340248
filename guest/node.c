/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node - a device's node in /dev, made where devtmpfs or udev did not. */
#include "guest/node.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int node_ensure(const char *path, enum node_kind kind, const char *device)
{
	mode_t type = kind == NODE_BLOCK ? S_IFBLK : S_IFCHR;
	unsigned int numbers[2];
	char text[32];
	ssize_t len;

	if (!access(path, F_OK))
		return 0;
	len = fd_read_text(AT_FDCWD, device, text, sizeof(text));
	if (len < 0)
		return (int)len;
	if (sscanf(text, "%u:%u", &numbers[0], &numbers[1]) != 2)
		return -EINVAL;
	if (mknod(path, type | 0600, makedev(numbers[0], numbers[1])) < 0 &&
	    errno != EEXIST)
		return -errno;
	return 0;
}
