/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wipe - a block device without the signatures of earlier file systems. */
#include "guest/wipe.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIPE_BYTES = 1024 * 1024, BLOCK_BYTES = 64 * 1024 };

static const uint64_t btrfs_copy_at = UINT64_C(64) << 20;

static int zero(int fd, uint64_t from, uint64_t size)
{
	static const uint8_t zeros[BLOCK_BYTES];
	uint64_t at = from;

	while (at < size && at < from + WIPE_BYTES) {
		size_t len = sizeof(zeros);
		ssize_t written;

		if (size - at < len)
			len = (size_t)(size - at);
		written = pwrite(fd, zeros, len, (off_t)at);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? -errno : -EIO;
		at += (uint64_t)written;
	}
	return 0;
}

int wipe_device(const char *path, struct why *why)
{
	fd_auto int fd = fd_open(path, O_WRONLY | O_EXCL, 0);
	uint64_t size = 0;
	uint64_t range[2] = {0, 0};
	int rc;

	if (fd < 0)
		return why_failed(why, fd, "%s", path);
	if (ioctl(fd, BLKGETSIZE64, &size) < 0)
		return why_failed(why, -errno, "size of %s", path);
	range[1] = size;
	(void)ioctl(fd, BLKDISCARD, range); /* a saving, no promise of zeros */
	rc = zero(fd, 0, size);
	if (rc == 0)
		rc = zero(fd, btrfs_copy_at, size);
	if (rc == 0 && size > WIPE_BYTES)
		rc = zero(fd, size - WIPE_BYTES, size);
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	return rc < 0 ? why_failed(why, rc, "writing to %s", path) : 0;
}
