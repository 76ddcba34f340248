/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disk - a virtio-blk disk, found by its serial, without udev. */
#include "guest/disk.h"

#include "guest/directory.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { SECTOR_BYTES = 512 };

static bool has_serial(int dirfd, const char *name, const char *serial)
{
	char path[DISK_NAME_MAX + 16];
	char text[64];

	if (strncmp(name, "vd", 2) || strlen(name) >= DISK_NAME_MAX)
		return false;
	(void)snprintf(path, sizeof(path), "%s/serial", name);
	return fd_read_text(dirfd, path, text, sizeof(text)) > 0 &&
	       !strcmp(text, serial);
}

static int read_size(int dirfd, const char *name, uint64_t *ret_bytes)
{
	char path[DISK_NAME_MAX + 16];
	char text[32];
	uint64_t sectors;
	ssize_t len;

	(void)snprintf(path, sizeof(path), "%s/size", name);
	len = fd_read_text(dirfd, path, text, sizeof(text));
	if (len < 0)
		return (int)len;
	if (sscanf(text, "%" SCNu64, &sectors) != 1)
		return -EINVAL;
	*ret_bytes = sectors * SECTOR_BYTES;
	return 0;
}

int disk_find(const char *sysfs, const char *serial,
	      char ret_name[DISK_NAME_MAX], uint64_t *ret_bytes)
{
	struct directory directory;
	const char *name;
	int rc = directory_open(&directory, AT_FDCWD, sysfs, 0);

	if (rc < 0)
		return rc;
	while ((rc = directory_next(&directory, &name)) > 0) {
		if (has_serial(directory.fd, name, serial))
			break;
	}
	if (rc > 0) {
		(void)snprintf(ret_name, DISK_NAME_MAX, "%s", name);
		rc = read_size(directory.fd, name, ret_bytes);
	} else if (rc == 0) {
		rc = -ENOENT;
	}
	directory_close(&directory);
	return rc;
}
