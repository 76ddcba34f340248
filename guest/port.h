/* SPDX-License-Identifier: GPL-2.0-or-later */
/* port - our virtio-serial port, from the guest's side.
 *
 * Found by its name in /sys/class/virtio-ports, without udev. A port has one
 * opener (-EBUSY for a second one), so its owner hands the descriptor on.
 *
 * What the kernel does (virtio_console, measured on 6.1): with no host at the
 * other end poll says POLLHUP at once, read gives 0 and write gives EAGAIN;
 * when the host comes back, POLLHUP clears on the same descriptor. So a reader
 * that finds -ENOTCONN must not wait in poll, which would spin, but look again
 * after PORT_ABSENT_MS. A write takes at most 32 KiB at a time.
 */
#pragma once

#include "guest/why.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PORT_NAME  "fstvm.0"
#define PORT_SYSFS "/sys/class/virtio-ports"

enum {
	PORT_ABSENT_MS = 50,
	PORT_NODE_MAX = 32, /* "vport6p2" */
};

/* The node whose port has this name, below a directory like PORT_SYSFS.
 * -ENOENT: none. */
must_check int port_find(const char *sysfs, const char *name,
			 char ret_node[PORT_NODE_MAX]);
/* Waits until the port is there and can be opened; loads virtio_console when
 * it is not. Returns a nonblocking descriptor. */
must_check int port_open(const char *name, uint64_t wait_ms, struct why *why);
/* Nobody is at the other end. */
bool port_host_is_absent(int fd);
/* Until the host is there: 0, or -ETIMEDOUT. */
must_check int port_wait_host(int fd, uint64_t wait_ms);
/* More than 0 bytes, or -EAGAIN: nothing now; -ENOTCONN: no host. */
must_check ssize_t port_read(int fd, void *to, size_t cap);
/* More than 0 bytes, or -EAGAIN: no room now; -ENOTCONN: no host. */
must_check ssize_t port_write(int fd, const void *data, size_t len);
