/* SPDX-License-Identifier: GPL-2.0-or-later */
/* port - our virtio-serial port, from the guest's side. */
#include "guest/port.h"

#include "guest/directory.h"
#include "guest/modules.h"
#include "guest/node.h"
#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_INTERVAL_MS = 20 };

static bool has_name(int dirfd, const char *node, const char *name)
{
	char path[PORT_NODE_MAX + 8];
	char text[64];
	int need = snprintf(path, sizeof(path), "%s/name", node);

	if (need < 0 || (size_t)need >= sizeof(path))
		return false;
	return fd_read_text(dirfd, path, text, sizeof(text)) > 0 &&
	       !strcmp(text, name);
}

int port_find(const char *sysfs, const char *name, char ret_node[PORT_NODE_MAX])
{
	struct directory directory;
	const char *node;
	int rc = directory_open(&directory, AT_FDCWD, sysfs, 0);

	if (rc < 0)
		return rc;
	while ((rc = directory_next(&directory, &node)) > 0) {
		if (strlen(node) >= PORT_NODE_MAX ||
		    !has_name(directory.fd, node, name))
			continue;
		(void)snprintf(ret_node, PORT_NODE_MAX, "%s", node);
		break;
	}
	directory_close(&directory);
	return rc > 0 ? 0 : rc < 0 ? rc : -ENOENT;
}

static int try_open(const char *name)
{
	char node[PORT_NODE_MAX];
	char device[sizeof(PORT_SYSFS) + PORT_NODE_MAX + 8];
	char path[PORT_NODE_MAX + 8];
	int rc = port_find(PORT_SYSFS, name, node);

	if (rc < 0)
		return rc;
	(void)snprintf(path, sizeof(path), "/dev/%s", node);
	(void)snprintf(device, sizeof(device), PORT_SYSFS "/%s/dev", node);
	rc = node_ensure(path, NODE_CHARACTER, device);
	if (rc < 0)
		return rc;
	return fd_open(path, O_RDWR | O_NONBLOCK | O_NOCTTY, 0);
}

static bool look_again(uint64_t deadline_ns)
{
	if (clock_mono_ns() >= deadline_ns)
		return false;
	(void)poll(NULL, 0, LOOK_INTERVAL_MS);
	return true;
}

int port_open(const char *name, uint64_t wait_ms, struct why *why)
{
	uint64_t deadline_ns = clock_mono_ns() + clock_ns_of_ms(wait_ms);
	int fd = try_open(name);

	if (fd == -ENOENT && modules_load("virtio_console", wait_ms, why) < 0)
		return -ENODEV;
	while (fd < 0 && look_again(deadline_ns))
		fd = try_open(name);
	if (fd == -ENOENT)
		return why_is(why, fd, "no virtio port is named %s", name);
	if (fd < 0)
		return why_failed(why, fd, "virtio port %s", name);
	return fd;
}

bool port_host_is_absent(int fd)
{
	struct pollfd polled = {.fd = fd, .events = POLLIN};

	return poll(&polled, 1, 0) > 0 && (polled.revents & POLLHUP);
}

int port_wait_host(int fd, uint64_t wait_ms)
{
	uint64_t deadline_ns = clock_mono_ns() + clock_ns_of_ms(wait_ms);

	while (port_host_is_absent(fd)) {
		if (!look_again(deadline_ns))
			return -ETIMEDOUT;
	}
	return 0;
}

ssize_t port_read(int fd, void *to, size_t cap)
{
	ssize_t len;

	do
		len = read(fd, to, cap);
	while (len < 0 && errno == EINTR);
	if (len > 0)
		return len;
	return len == 0 ? -ENOTCONN : -errno;
}

ssize_t port_write(int fd, const void *data, size_t len)
{
	ssize_t written;

	do
		written = write(fd, data, len);
	while (written < 0 && errno == EINTR);
	if (written > 0)
		return written;
	if (written < 0 && errno != EAGAIN)
		return errno == EPIPE ? -ENOTCONN : -errno;
	return port_host_is_absent(fd) ? -ENOTCONN : -EAGAIN;
}
