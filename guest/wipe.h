/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wipe - a block device without the signatures of earlier file systems.
 *
 * Discards the device where it can (that also gives the host its space back),
 * then writes zeros where super blocks live: the first MiB, btrfs' copy at
 * 64 MiB, the last MiB. Blocks while the device does: call it in a child.
 */
#pragma once

#include "guest/why.h"

must_check int wipe_device(const char *path, struct why *why);
