/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config - one configuration to test. */
#include "host/plan/config.h"
#include "host/plan/fstype.h"
#include "host/plan/size.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB ((uint64_t)1024 * 1024)
#define GIB (1024 * MIB)

enum { SECTOR_MAX = 4096 };

int config_init(struct config *ret_config, const char *fstype,
		struct complaint *complaint)
{
	struct config config = {
		.mkfs_options = "",
		.mount_options = "",
		.test_bytes = 512 * MIB,
		.scratch_bytes = 512 * MIB,
	};
	int rc = fstype_check(fstype, complaint);

	if (rc)
		return rc;
	snprintf(config.name, sizeof(config.name), "%s", fstype);
	snprintf(config.fstype, sizeof(config.fstype), "%s", fstype);
	*ret_config = config;
	return 0;
}

int config_parse_backing(const char *text, enum config_backing *ret_backing,
			 struct complaint *complaint)
{
	static const char *const names[] = {
		[CONFIG_AUTO] = "auto",
		[CONFIG_LOOP] = "loop",
		[CONFIG_VIRTIO] = "virtio",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i], text))
			continue;
		*ret_backing = (enum config_backing)i;
		return 0;
	}
	return complaint_set(complaint, -EINVAL,
			     "--devices: \"%s\" is none of auto, loop, virtio",
			     text);
}

int config_parse_pool(const char *text, uint32_t *ret_count,
		      struct complaint *complaint)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long count = strtoul(text, NULL, 10);

	if (!digits || digits > 9 || text[digits] || count < CONFIG_POOL_MIN ||
	    count > CONFIG_POOL_MAX)
		return complaint_set(complaint, -EINVAL,
				     "--pool wants a number of devices from "
				     "%d to %d, not \"%s\"",
				     CONFIG_POOL_MIN, CONFIG_POOL_MAX, text);
	*ret_count = (uint32_t)count;
	return 0;
}

static int check_size(const char *option, uint64_t bytes, const char *fstype,
		      struct complaint *complaint)
{
	uint64_t least = fstype_least_bytes(fstype);
	char size[SIZE_TEXT];
	char least_size[SIZE_TEXT];

	if (bytes < least)
		return complaint_set(complaint, -EINVAL,
				     "%s %s is too small for %s, which needs "
				     "%s or more",
				     option, size_format(bytes, size), fstype,
				     size_format(least, least_size));
	if (bytes % SECTOR_MAX)
		return complaint_set(complaint, -EINVAL,
				     "%s %s is not a multiple of %d bytes",
				     option, size_format(bytes, size),
				     SECTOR_MAX);
	return 0;
}

static int check_options(const char *option, const char *text,
			 struct complaint *complaint)
{
	if (strlen(text) > LIMIT_TEXT)
		return complaint_set(complaint, -E2BIG,
				     "%s is longer than %d bytes", option,
				     LIMIT_TEXT);
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == '\x7f')
			return complaint_set(complaint, -EINVAL,
					     "%s has a control character in it",
					     option);
	return 0;
}

int config_check(const struct config *config, struct complaint *complaint)
{
	int rc = check_size("--test-size", config->test_bytes, config->fstype,
			    complaint);

	if (!rc)
		rc = check_size("--scratch-size", config->scratch_bytes,
				config->fstype, complaint);
	if (!rc)
		rc = check_options("--mkfs-options", config->mkfs_options,
				   complaint);
	if (!rc)
		rc = check_options("--mount-options", config->mount_options,
				   complaint);
	return rc;
}

const char *config_warning(const struct config *config)
{
	if (config->test_bytes >= 10 * GIB && config->scratch_bytes >= 10 * GIB)
		return NULL;
	return "devices are smaller than the 10 GiB that fstests asks for: "
	       "some tests may fail with ENOSPC that is not the kernel's "
	       "fault; use --test-size 10G --scratch-size 20G";
}
