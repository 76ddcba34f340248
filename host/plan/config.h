/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config - one configuration to test: a filesystem, how it is made and
 * mounted, and the devices that it gets.
 */
#pragma once

#include "host/plan/complaint.h"
#include "shared/limits.h"

#include <stdbool.h>
#include <stdint.h>

enum config_backing { CONFIG_AUTO, CONFIG_LOOP, CONFIG_VIRTIO };

/* A pool needs two; test device, log device and pool fit LIMIT_DEVICES. */
enum { CONFIG_POOL_MIN = 2, CONFIG_POOL_MAX = LIMIT_DEVICES - 2 };

struct config {
	char name[LIMIT_NAME + 1]; /* as results are filed: the fstype */
	char fstype[LIMIT_NAME + 1];
	const char *mkfs_options;  /* borrowed; "": check's defaults */
	const char *mount_options; /* the same */
	uint64_t test_bytes;
	uint64_t scratch_bytes; /* of each pool and log device, too */
	uint32_t pool_count;	/* SCRATCH_DEV_POOL instead of SCRATCH_DEV */
	bool logwrites;		/* with LOGWRITES_DEV */
	enum config_backing backing;
};

/* The defaults: 512M devices as the required interface has it, on loop or
 * virtio-blk as they fit. Checks the fstype (fstype.h). */
must_check int config_init(struct config *ret_config, const char *fstype,
			   struct complaint *complaint);
/* Of --devices: "auto", "loop", "virtio". */
must_check int config_parse_backing(const char *text,
				    enum config_backing *ret_backing,
				    struct complaint *complaint);
/* Of --pool. */
must_check int config_parse_pool(const char *text, uint32_t *ret_count,
				 struct complaint *complaint);
/* Sizes against the filesystem's least, options' length and characters. */
must_check int config_check(const struct config *config,
			    struct complaint *complaint);
/* The warning that devices are below the size that fstests asks for, to be
 * given once, or NULL. */
const char *config_warning(const struct config *config);
