/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devices - the block devices of a VM, as the agent is told about them.
 *
 * Either all are loop devices over sparse files on a tmpfs of the guest, or
 * all are virtio-blk over sparse files of the host, told apart by serial.
 */
#pragma once

#include "host/plan/config.h"

#include "fstvm.pb-c.h"

/* Points into itself: made in place, not to be copied. */
struct devices {
	Pb__Device list[LIMIT_DEVICES];
	Pb__Device *refs[LIMIT_DEVICES]; /* as RunSpec.devices wants them */
	char serials[LIMIT_DEVICES][21]; /* virtio-blk's 20 bytes */
	size_t count;
	uint64_t total_bytes;
	Pb__DeviceBacking backing;
};

/* Decides the backing: auto takes loop devices when all together fit half of
 * the guest's memory. -E2BIG: --devices loop, and they don't fit at all. */
must_check int devices_make(const struct config *config, uint64_t memory_bytes,
			    struct devices *ret_devices,
			    struct complaint *complaint);
/* Those of an earlier run again. -EBADMSG: they make no sense. */
must_check int devices_take(struct devices *ret_devices,
			    Pb__Device *const *list, size_t count,
			    struct complaint *complaint);
/* Whether the files of virtio devices have a place on the filesystem where
 * directory is or is to be made. They are sparse, so this is a floor: 512 MiB
 * and a 16th of their size. */
must_check int devices_check_disk(const struct devices *devices,
				  const char *directory,
				  struct complaint *complaint);
/* The rule of devices_check_disk(), pure. */
must_check int devices_fit(const struct devices *devices, uint64_t free_bytes,
			   const char *directory, struct complaint *complaint);
