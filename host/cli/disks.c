/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disks - sparse files of the host that a VM has as virtio-blk devices. */
#include "host/cli/disks.h"

#include "shared/beneath.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int create_one(struct disks *disks, struct outdir *outdir,
		      const Pb__Device *device)
{
	char name[64];
	char *path = disks->paths[disks->count];
	fd_auto int fd = -1;
	int n;

	snprintf(name, sizeof(name), OUTDIR_DEVICES "/%s.img", device->serial);
	fd = outdir_open_file(outdir, name, O_WRONLY | O_CREAT | O_EXCL);
	if (fd < 0)
		return fd;
	if (ftruncate(fd, (off_t)device->size_bytes) < 0) {
		snprintf(outdir->why, sizeof(outdir->why),
			 "%s: can't make a sparse file of %llu MiB: %s", name,
			 (unsigned long long)(device->size_bytes >> 20),
			 strerror(errno));
		return -errno;
	}
	n = snprintf(path, PATH_MAX, "%s/%s", outdir->path, name);
	if (n >= PATH_MAX)
		return -ENAMETOOLONG;
	disks->drives[disks->count].path = path;
	disks->drives[disks->count].serial = device->serial;
	disks->count++;
	return 0;
}

int disks_create(struct disks *disks, struct outdir *outdir,
		 const struct devices *devices)
{
	int rc = 0;

	disks->count = 0;
	for (size_t i = 0; rc == 0 && i < devices->count; i++)
		if (devices->list[i].backing ==
		    PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO)
			rc = create_one(disks, outdir, &devices->list[i]);
	if (rc < 0)
		disks_remove(disks, outdir);
	return rc;
}

void disks_remove(struct disks *disks, struct outdir *outdir)
{
	(void)!beneath_remove_tree(outdir->fd, OUTDIR_DEVICES);
	disks->count = 0;
}
