/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devices - the block devices of a VM. */
#include "host/plan/devices.h"
#include "host/plan/size.h"
#include "shared/bytes.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#define DISK_FLOOR ((uint64_t)512 * 1024 * 1024)
enum { SPARSENESS = 16 };

static void add(struct devices *devices, Pb__DeviceRole role, uint64_t bytes,
		const char *serial)
{
	Pb__Device *device = &devices->list[devices->count];
	char *own = devices->serials[devices->count];

	must(devices->count < LIMIT_DEVICES);
	must(strlen(serial) < sizeof(devices->serials[0]));
	bytes_copy_string(own, sizeof(devices->serials[0]), serial);
	pb__device__init(device);
	device->role = role;
	device->size_bytes = bytes;
	device->serial = own;
	devices->refs[devices->count++] = device;
	devices->total_bytes += bytes;
}

static void add_all(struct devices *devices, const struct config *config)
{
	char serial[21];

	add(devices, PB__DEVICE_ROLE__DEVICE_ROLE_TEST, config->test_bytes,
	    "fstvm-test");
	/* check wants SCRATCH_DEV unset when there is a pool. */
	if (!config->pool_count)
		add(devices, PB__DEVICE_ROLE__DEVICE_ROLE_SCRATCH,
		    config->scratch_bytes, "fstvm-scratch");
	for (uint32_t i = 0; i < config->pool_count; i++) {
		snprintf(serial, sizeof(serial), "fstvm-pool%u", i);
		add(devices, PB__DEVICE_ROLE__DEVICE_ROLE_POOL,
		    config->scratch_bytes, serial);
	}
	if (config->logwrites)
		add(devices, PB__DEVICE_ROLE__DEVICE_ROLE_LOGWRITES,
		    config->scratch_bytes, "fstvm-logw");
}

/* Sizes have 63 bits each: their sum may have more than 64. */
static int check_sum(const struct config *config, struct complaint *complaint)
{
	if (config->test_bytes < (uint64_t)1 << 58 &&
	    config->scratch_bytes < (uint64_t)1 << 58)
		return 0;
	return complaint_set(complaint, -E2BIG,
			     "--test-size or --scratch-size is larger than any "
			     "disk");
}

static Pb__DeviceBacking choose(const struct config *config, uint64_t total,
				uint64_t memory)
{
	switch (config->backing) {
	case CONFIG_LOOP:
		return PB__DEVICE_BACKING__DEVICE_BACKING_LOOP;
	case CONFIG_VIRTIO:
		return PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO;
	case CONFIG_AUTO:
		break;
	}
	return total <= memory / 2 ? PB__DEVICE_BACKING__DEVICE_BACKING_LOOP
				   : PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO;
}

int devices_make(const struct config *config, uint64_t memory_bytes,
		 struct devices *ret_devices, struct complaint *complaint)
{
	char total[SIZE_TEXT];
	char memory[SIZE_TEXT];
	int rc = check_sum(config, complaint);

	if (rc)
		return rc;
	*ret_devices = (struct devices){0};
	add_all(ret_devices, config);
	ret_devices->backing =
		choose(config, ret_devices->total_bytes, memory_bytes);
	for (size_t i = 0; i < ret_devices->count; i++)
		ret_devices->list[i].backing = ret_devices->backing;
	if (ret_devices->backing == PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO ||
	    ret_devices->total_bytes <= memory_bytes)
		return 0;
	return complaint_set(complaint, -E2BIG,
			     "loop devices of %s in all don't fit the guest's "
			     "memory of %s: use --devices virtio, or smaller "
			     "--test-size and --scratch-size, or more --memory",
			     size_format(ret_devices->total_bytes, total),
			     size_format(memory_bytes, memory));
}

/* It becomes the name of a file, and a word for QEMU. */
static bool is_sane(const Pb__Device *device)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t len = strlen(device->serial);

	return len > 0 && len <= 20 && strspn(device->serial, plain) == len &&
	       device->role != PB__DEVICE_ROLE__DEVICE_ROLE_UNSPECIFIED &&
	       device->size_bytes > 0 && device->size_bytes < (uint64_t)1 << 58;
}

int devices_take(struct devices *ret_devices, Pb__Device *const *list,
		 size_t count, struct complaint *complaint)
{
	*ret_devices = (struct devices){0};
	for (size_t i = 0; i < count; i++) {
		if (count > LIMIT_DEVICES || !is_sane(list[i]) ||
		    list[i]->backing != list[0]->backing)
			return complaint_set(complaint, -EBADMSG,
					     "the devices of the run make no "
					     "sense");
		add(ret_devices, list[i]->role, list[i]->size_bytes,
		    list[i]->serial);
		ret_devices->list[i].backing = list[i]->backing;
		ret_devices->backing = list[i]->backing;
	}
	return 0;
}

int devices_fit(const struct devices *devices, uint64_t free_bytes,
		const char *directory, struct complaint *complaint)
{
	uint64_t need = DISK_FLOOR;
	char size[SIZE_TEXT];

	if (devices->backing != PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO)
		return 0;
	if (devices->total_bytes / SPARSENESS > need)
		need = devices->total_bytes / SPARSENESS;
	if (free_bytes >= need)
		return 0;
	return complaint_set(complaint, -ENOSPC,
			     "%s has %ju MiB free, too little for devices of "
			     "%s: free %ju MiB, use smaller --test-size and "
			     "--scratch-size, or another --run-dir",
			     directory, (uintmax_t)(free_bytes >> 20),
			     size_format(devices->total_bytes, size),
			     (uintmax_t)((need + (1 << 20) - 1) >> 20));
}

int devices_check_disk(const struct devices *devices, const char *directory,
		       struct complaint *complaint)
{
	struct statvfs status;
	char *path = strdup(directory);
	const char *at = path;
	int rc = 0;

	if (!path)
		return complaint_set(complaint, -ENOMEM, "out of memory");
	/* The nearest directory that is there already. */
	while (!rc && statvfs(at, &status)) {
		if (errno != ENOENT || !strcmp(at, "/") || !strcmp(at, "."))
			rc = -errno;
		else
			at = dirname(path);
	}
	if (rc)
		rc = complaint_set(complaint, rc, "can't use %s: %s", directory,
				   strerror(-rc));
	else
		rc = devices_fit(devices, status.f_bavail * status.f_frsize,
				 directory, complaint);
	free(path);
	return rc;
}
