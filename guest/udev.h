/* SPDX-License-Identifier: GPL-2.0-or-later */
/* udev - udevadm for a guest in which no udevd runs.
 *
 * fstests calls `udevadm settle` and, where `udevadm help` knows it, `udevadm
 * wait` after each change of a device mapper device. Without a daemon the
 * first is at its end at once, and the second waits for ever (systemd 252).
 * Here wait looks at the node itself, which the kernel (devtmpfs) or
 * libdevmapper makes; the latter does so when it finds no udevd, and settle and
 * wait make a link of it. What only a daemon or its database can do is left to
 * the real udevadm.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum udev_verb {
	UDEV_SETTLE, /* settle, trigger, control: done at once */
	UDEV_HELP,
	UDEV_WAIT,
	UDEV_REAL, /* info, test, …: the real one's */
};

/* What a command line wants. Devices are argv[first_device] and on. */
struct udev_request {
	enum udev_verb verb;
	bool removed;	     /* wait until it is gone */
	uint64_t timeout_ms; /* what the caller says, or ours: bounded */
	int first_device;
};

/* Pure. argv[0] is "udevadm". */
void udev_parse(int argc, char **argv, struct udev_request *ret_request);
/* A daemon is there to do all that. */
bool udev_is_running(void);
/* The device of this path exists; a node in /dev/mapper that was left behind
 * by a device that is gone is removed. */
bool udev_has_device(const char *path);
/* In dev_fd, /dev: makes links to ../dm-N of the nodes in mapper/, as udevd has
 * them (tests ask readlink for the kernel's name of a device), and removes
 * links to devices that are gone. */
void udev_link_mapper(int dev_fd);
/* udevadm's main(): the exit status. */
int udev_main(int argc, char **argv);
