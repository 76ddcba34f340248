/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devices - the block devices of a boot: TEST_DEV, SCRATCH_DEV, the pool, …
 *
 * LOOP: a sparse file on a tmpfs of its own at LAYOUT_DEVICES, attached to a
 * free loop device. VIRTIO: a virtio-blk disk that the host has attached,
 * found by its serial. Paths are plain /dev/loopN and /dev/vdX, as
 * /proc/mounts has them.
 *
 * struct devices holds no pointers, so it can live in memory that a successor
 * maps. It is filled as devices come into being: after a failure,
 * devices_remove() takes down what was made.
 */
#pragma once

#include "guest/why.h"
#include "shared/limits.h"

#include "fstvm.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum { DEVICES_PATH_MAX = 32 };

struct devices_entry {
	Pb__DeviceRole role;
	Pb__DeviceBacking backing;
	uint64_t size_bytes;
	char path[DEVICES_PATH_MAX]; /* "" until it is there */
};

struct devices {
	struct devices_entry entry[LIMIT_DEVICES];
	unsigned int count;
	bool has_tmpfs; /* LAYOUT_DEVICES is mounted */
};

/* wait_ms: for virtio disks to turn up. */
must_check int devices_make(struct devices *devices, const Pb__RunSpec *spec,
			    uint64_t wait_ms, struct why *why);
/* Detaches and removes all of it. A loop device that is still in use goes
 * when its last user does. Tries everything; the first failure is returned. */
must_check int devices_remove(struct devices *devices, struct why *why);
/* The nth device of a role, or NULL. */
const char *devices_path(const struct devices *devices, Pb__DeviceRole role,
			 unsigned int nth);
/* All of a role, separated by blanks; returns how many. */
unsigned int devices_list(const struct devices *devices, Pb__DeviceRole role,
			  char *to, size_t cap);
/* "TEST_DEV" */
const char *devices_role_name(Pb__DeviceRole role);
