/* SPDX-License-Identifier: GPL-2.0-or-later */
/* busybox - the one that vng puts into its initramfs: a static one.
 *
 * vng takes the first of three names that it finds, and only then looks
 * whether it is static; so must we.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include <limits.h>
#include <stdbool.h>

/* path: as in $PATH, or NULL. -ENOENT; -ENOEXEC: found, but not static. */
must_check int busybox_find(const char *path, char to[PATH_MAX]);
/* Whether this is the beginning of a 64-bit ELF program that names no
 * interpreter. Pure. */
bool busybox_is_static(struct bytes head);
