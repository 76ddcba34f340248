/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disks - sparse files of the host that a VM has as virtio-blk devices.
 *
 * In devices/ of the run directory, made when the run starts and removed when
 * it is over. Loop devices need none: they are the guest's.
 */
#pragma once

#include "host/plan/devices.h"
#include "host/record/outdir.h"
#include "host/vm/vng.h"

struct disks {
	struct vng_drive drives[LIMIT_DEVICES];
	char paths[LIMIT_DEVICES][PATH_MAX];
	size_t count;
};

/* On failure the reason is in outdir->why. */
must_check int disks_create(struct disks *disks, struct outdir *outdir,
			    const struct devices *devices);
void disks_remove(struct disks *disks, struct outdir *outdir);
