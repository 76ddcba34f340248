/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modules - kernel modules that a boot needs, loaded by modprobe.
 *
 * A module that is built in or loaded already costs no process; all others go
 * to one `modprobe -a -q`. A file system is asked for by its alias (fs-ext3 is
 * in ext4). Only a required one that is not there afterwards is a failure.
 */
#pragma once

#include "guest/why.h"
#include "shared/bytes.h"
#include "shared/limits.h"

#include "fstvm.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum { MODULES_MAX = 16 };

enum modules_kind {
	MODULES_DRIVER,	    /* by its module's name */
	MODULES_FILESYSTEM, /* by its name in /proc/filesystems */
};

struct modules_entry {
	char name[LIMIT_NAME + 1];
	enum modules_kind kind;
	bool required;
};

struct modules {
	struct modules_entry entry[MODULES_MAX];
	unsigned int count;
};

/* What this spec needs (pure). */
void modules_of_spec(struct modules *ret_modules, const Pb__RunSpec *spec);
/* What it takes to mount an export and an overlay (pure). */
void modules_of_sharing(struct modules *ret_modules);
/* Loads what is missing. */
must_check int modules_load_all(const struct modules *modules,
				uint64_t timeout_ms, struct why *why);
/* Loads one that is required. */
must_check int modules_load(const char *name, uint64_t timeout_ms,
			    struct why *why);
/* Whether text, as /proc/filesystems has it, lists this file system (pure). */
bool modules_lists_filesystem(struct bytes text, const char *fstype);
