/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loop - attach a file to a free loop device, and detach it. */
#include "guest/loop.h"

#include "guest/node.h"
#include "shared/bytes.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

enum { ATTACH_TRIES = 16 };

static bool force_old_ioctls;

void loop_force_old_ioctls(bool on)
{
	force_old_ioctls = on;
}

static int attach_new(int loop_fd, struct loop_config *config)
{
	config->info.lo_flags = LO_FLAGS_DIRECT_IO;
	if (ioctl(loop_fd, LOOP_CONFIGURE, config) == 0)
		return 0;
	if (errno == EBUSY)
		return -EBUSY;
	config->info.lo_flags = 0;
	return ioctl(loop_fd, LOOP_CONFIGURE, config) < 0 ? -errno : 0;
}

static int attach_old(int loop_fd, const struct loop_config *config)
{
	struct loop_info64 info = config->info;
	int rc;

	info.lo_flags = 0;
	if (ioctl(loop_fd, LOOP_SET_FD, config->fd) < 0)
		return -errno;
	if (ioctl(loop_fd, LOOP_SET_STATUS64, &info) < 0) {
		rc = -errno;
		(void)ioctl(loop_fd, LOOP_CLR_FD, 0);
		return rc;
	}
	/* 4.10; without it, or where the file can't, it stays buffered. */
	(void)ioctl(loop_fd, LOOP_SET_DIRECT_IO, 1UL);
	return 0;
}

static int attach(int loop_fd, int file_fd, const char *name)
{
	struct loop_config config = {.fd = (__u32)file_fd, .block_size = 512};
	int rc = -ENOTTY;

	(void)bytes_copy_string((char *)config.info.lo_file_name,
				sizeof(config.info.lo_file_name), name);
	if (!force_old_ioctls)
		rc = attach_new(loop_fd, &config);
	if (rc == -ENOTTY || rc == -EINVAL)
		rc = attach_old(loop_fd, &config);
	return rc;
}

/* 0, or -EBUSY when this one was taken meanwhile. */
static int attach_number(int number, int file_fd, const char *name, char *path,
			 size_t cap)
{
	fd_auto int loop_fd = -1;
	char device[64];
	int need = snprintf(path, cap, "/dev/loop%d", number);
	int rc;

	must(need > 0 && (size_t)need < cap);
	(void)snprintf(device, sizeof(device), "/sys/block/loop%d/dev", number);
	rc = node_ensure(path, NODE_BLOCK, device);
	if (rc < 0)
		return rc;
	loop_fd = fd_open(path, O_RDWR, 0);
	if (loop_fd < 0)
		return loop_fd;
	return attach(loop_fd, file_fd, name);
}

int loop_attach(int file_fd, const char *name, char *ret_path, size_t cap,
		struct why *why)
{
	fd_auto int control_fd = -1;
	int rc = -EBUSY;
	int tries;

	control_fd = fd_open("/dev/loop-control", O_RDWR, 0);
	if (control_fd < 0)
		return why_failed(why, control_fd,
				  "no loop support: /dev/loop-control");
	for (tries = 0; rc == -EBUSY && tries < ATTACH_TRIES; tries++) {
		int number = ioctl(control_fd, LOOP_CTL_GET_FREE);

		if (number < 0)
			return why_failed(why, -errno, "no free loop device");
		rc = attach_number(number, file_fd, name, ret_path, cap);
	}
	if (rc < 0)
		return why_failed(why, rc, "attaching %s to a loop device",
				  name);
	return 0;
}

int loop_detach(const char *path, struct why *why)
{
	fd_auto int loop_fd = fd_open(path, O_RDONLY, 0);

	if (loop_fd < 0)
		return why_failed(why, loop_fd, "%s", path);
	if (ioctl(loop_fd, LOOP_CLR_FD, 0) < 0 && errno != ENXIO)
		return why_failed(why, -errno, "detaching %s", path);
	return 0;
}
