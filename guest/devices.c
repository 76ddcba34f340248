/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devices - the block devices of a boot. */
#include "guest/devices.h"

#include "guest/disk.h"
#include "guest/layout.h"
#include "guest/loop.h"
#include "guest/node.h"
#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* tmpfs counts data only; this is for its directory and for rounding. */
static const uint64_t tmpfs_slack_bytes = UINT64_C(16) << 20;

const char *devices_role_name(Pb__DeviceRole role)
{
	switch (role) {
	case PB__DEVICE_ROLE__DEVICE_ROLE_TEST:
		return "TEST_DEV";
	case PB__DEVICE_ROLE__DEVICE_ROLE_SCRATCH:
		return "SCRATCH_DEV";
	case PB__DEVICE_ROLE__DEVICE_ROLE_POOL:
		return "SCRATCH_DEV_POOL";
	case PB__DEVICE_ROLE__DEVICE_ROLE_LOGWRITES:
		return "LOGWRITES_DEV";
	case PB__DEVICE_ROLE__DEVICE_ROLE_UNSPECIFIED:
	case _PB__DEVICE_ROLE_IS_INT_SIZE:
		break;
	}
	return "device";
}

static uint64_t loop_bytes(const Pb__RunSpec *spec)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < spec->n_devices; i++) {
		const Pb__Device *device = spec->devices[i];

		if (device->backing == PB__DEVICE_BACKING__DEVICE_BACKING_LOOP)
			sum += device->size_bytes;
	}
	return sum;
}

static int mount_tmpfs(struct devices *devices, uint64_t bytes, struct why *why)
{
	char options[64];

	(void)snprintf(options, sizeof(options), "size=%llu,mode=0700",
		       (unsigned long long)bytes + tmpfs_slack_bytes);
	if (mkdir(LAYOUT_DEVICES, 0700) < 0 && errno != EEXIST)
		return why_failed(why, -errno, "making " LAYOUT_DEVICES);
	if (mount("fstvm-devices", LAYOUT_DEVICES, "tmpfs", MS_NOSUID,
		  options) < 0)
		return why_failed(why, -errno, "tmpfs on " LAYOUT_DEVICES);
	devices->has_tmpfs = true;
	return 0;
}

static void backing_path(unsigned int index, char *to, size_t cap)
{
	(void)snprintf(to, cap, LAYOUT_DEVICES "/%u.img", index);
}

static int make_loop(struct devices *devices, unsigned int index,
		     struct why *why)
{
	struct devices_entry *entry = &devices->entry[index];
	fd_auto int fd = -1;
	char file[sizeof(LAYOUT_DEVICES) + 16];
	int rc;

	backing_path(index, file, sizeof(file));
	fd = fd_open(file, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return why_failed(why, fd, "backing file of %s",
				  devices_role_name(entry->role));
	if (ftruncate(fd, (off_t)entry->size_bytes) < 0)
		return why_failed(why, -errno,
				  "backing file of %s (%llu bytes)",
				  devices_role_name(entry->role),
				  (unsigned long long)entry->size_bytes);
	rc = loop_attach(fd, file, entry->path, sizeof(entry->path), why);
	if (rc < 0)
		entry->path[0] = '\0';
	return rc;
}

static int wait_disk(const char *serial, uint64_t deadline_ns,
		     char name[DISK_NAME_MAX], uint64_t *ret_bytes)
{
	int rc = disk_find(DISK_SYSFS, serial, name, ret_bytes);

	while (rc == -ENOENT && clock_mono_ns() < deadline_ns) {
		(void)poll(NULL, 0, 20);
		rc = disk_find(DISK_SYSFS, serial, name, ret_bytes);
	}
	return rc;
}

static int ensure_disk_node(struct devices_entry *entry, const char *name)
{
	char device[sizeof(DISK_SYSFS) + DISK_NAME_MAX + 8];

	(void)snprintf(entry->path, sizeof(entry->path), "/dev/%s", name);
	(void)snprintf(device, sizeof(device), DISK_SYSFS "/%s/dev", name);
	return node_ensure(entry->path, NODE_BLOCK, device);
}

static int take_disk(struct devices *devices, unsigned int index,
		     const char *serial, uint64_t deadline_ns, struct why *why)
{
	struct devices_entry *entry = &devices->entry[index];
	char name[DISK_NAME_MAX];
	uint64_t bytes = 0;
	int rc = wait_disk(serial, deadline_ns, name, &bytes);

	if (rc == -ENOENT)
		return why_is(why, -ENODEV,
			      "%s: no virtio disk with serial %s turned up",
			      devices_role_name(entry->role), serial);
	if (rc == 0)
		rc = ensure_disk_node(entry, name);
	if (rc < 0)
		return why_failed(why, rc, "%s: virtio disk %s",
				  devices_role_name(entry->role), serial);
	if (bytes < entry->size_bytes)
		return why_is(why, -EINVAL,
			      "%s: virtio disk %s has %llu bytes, not %llu",
			      devices_role_name(entry->role), serial,
			      (unsigned long long)bytes,
			      (unsigned long long)entry->size_bytes);
	return 0;
}

static int make_one(struct devices *devices, const Pb__Device *device,
		    uint64_t deadline_ns, struct why *why)
{
	unsigned int index = devices->count++;

	devices->entry[index] = (struct devices_entry){
		.role = device->role,
		.backing = device->backing,
		.size_bytes = device->size_bytes,
	};
	switch (device->backing) {
	case PB__DEVICE_BACKING__DEVICE_BACKING_LOOP:
		return make_loop(devices, index, why);
	case PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO:
		return take_disk(devices, index, device->serial, deadline_ns,
				 why);
	case PB__DEVICE_BACKING__DEVICE_BACKING_UNSPECIFIED:
	case _PB__DEVICE_BACKING_IS_INT_SIZE:
		break;
	}
	return why_is(why, -EINVAL, "%s: unknown kind of backing",
		      devices_role_name(device->role));
}

int devices_make(struct devices *devices, const Pb__RunSpec *spec,
		 uint64_t wait_ms, struct why *why)
{
	uint64_t deadline_ns = clock_mono_ns() + clock_ns_of_ms(wait_ms);
	uint64_t bytes = loop_bytes(spec);
	size_t i;
	int rc;

	*devices = (struct devices){.count = 0};
	if (spec->n_devices > LIMIT_DEVICES)
		return why_is(why, -E2BIG, "more than %d devices",
			      LIMIT_DEVICES);
	if (bytes) {
		rc = mount_tmpfs(devices, bytes, why);
		if (rc < 0)
			return rc;
	}
	for (i = 0; i < spec->n_devices; i++) {
		rc = make_one(devices, spec->devices[i], deadline_ns, why);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int remove_loop(struct devices *devices, unsigned int index,
		       struct why *why)
{
	struct devices_entry *entry = &devices->entry[index];
	char file[sizeof(LAYOUT_DEVICES) + 16];
	int rc = 0;

	if (entry->path[0])
		rc = loop_detach(entry->path, why);
	entry->path[0] = '\0';
	backing_path(index, file, sizeof(file));
	if (unlink(file) < 0 && errno != ENOENT && rc == 0)
		rc = why_failed(why, -errno, "removing %s", file);
	return rc;
}

int devices_remove(struct devices *devices, struct why *why)
{
	struct why first = {.text = ""};
	struct why later;
	int result = 0;

	while (devices->count) {
		unsigned int index = --devices->count;
		int rc = 0;

		if (devices->entry[index].backing ==
		    PB__DEVICE_BACKING__DEVICE_BACKING_LOOP)
			rc = remove_loop(devices, index,
					 result ? &later : &first);
		result = result ? result : rc;
	}
	/* Busy while a loop device lives on: then the mount does, unseen. */
	if (devices->has_tmpfs && umount2(LAYOUT_DEVICES, MNT_DETACH) < 0 &&
	    !result)
		result = why_failed(&first, -errno,
				    "unmounting " LAYOUT_DEVICES);
	devices->has_tmpfs = false;
	if (result)
		*why = first;
	return result;
}

const char *devices_path(const struct devices *devices, Pb__DeviceRole role,
			 unsigned int nth)
{
	unsigned int i;

	for (i = 0; i < devices->count; i++) {
		if (devices->entry[i].role == role && nth-- == 0)
			return devices->entry[i].path;
	}
	return NULL;
}

unsigned int devices_list(const struct devices *devices, Pb__DeviceRole role,
			  char *to, size_t cap)
{
	unsigned int count = 0;
	size_t used = 0;
	const char *path;

	must(cap >= LIMIT_DEVICES * DEVICES_PATH_MAX);
	to[0] = '\0';
	while ((path = devices_path(devices, role, count)) != NULL) {
		used += (size_t)snprintf(to + used, cap - used, "%s%s",
					 count ? " " : "", path);
		count++;
	}
	return count;
}
