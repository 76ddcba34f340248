/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disk - a virtio-blk disk, found by its serial, without udev.
 *
 * /sys/block/vdX/serial is at most 20 bytes; QEMU cuts what is longer.
 */
#pragma once

#include "shared/must.h"

#include <stdint.h>

#define DISK_SYSFS "/sys/block"

enum { DISK_NAME_MAX = 24 };

/* The name ("vdb") and size of the disk with this serial, below a directory
 * like DISK_SYSFS. -ENOENT: not there (yet). */
must_check int disk_find(const char *sysfs, const char *serial,
			 char ret_name[DISK_NAME_MAX], uint64_t *ret_bytes);
