/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstype - the filesystem under test: which one, how small it can be, and what
 * it comes from.
 */
#pragma once

#include "host/plan/catalog.h"
#include "host/plan/complaint.h"
#include "host/plan/selection.h"

/* The filesystem that the selected names are about: a test, glob or group of a
 * filesystem's own directory ("btrfs/001", "btrfs/quick") names it; with none,
 * ext4. Two different ones are an error: one run has one filesystem. What is
 * excluded names none. *ret_fstype lives as long as the catalog. */
must_check int fstype_detect(const struct selection *selection,
			     const struct catalog *catalog,
			     const char **ret_fstype,
			     struct complaint *complaint);
/* Refuses names that are none and filesystems that are not made by mkfs on a
 * block device. Whether mkfs is there: programs.h. */
must_check int fstype_check(const char *fstype, struct complaint *complaint);
/* The smallest device that mkfs takes. */
uint64_t fstype_least_bytes(const char *fstype);
/* Debian's package of mkfs.<fstype>, or NULL. */
const char *fstype_package(const char *fstype);
