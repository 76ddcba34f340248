/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpacked - an x86 kernel that need not unpack itself, for an emulated CPU.
 *
 * Under TCG a bzImage takes 3 s to unpack itself (Debian 6.1, xz, an idle
 * host): as long as all of the kernel's own start. Unpacked on the host, once,
 * it is an ELF file that QEMU starts by its PVH entry. It is the same code,
 * but where it lies is not random (no KASLR), and vng is still given the image:
 * QEMU's last -kernel counts.
 *
 * What was unpacked is kept: imagecache.h.
 */
#pragma once

#include "shared/must.h"

#include <limits.h>
#include <stddef.h>

enum { UNPACKED_WHY = 256 };

/* The path for QEMU, made when it is missing: seconds, the first time. When
 * there is none, a negative errno and the reason in *why; the image is booted
 * as it is then. path: as $PATH, for the unpackers. */
must_check int unpacked_get(const char *image, const char *path,
			    char to[PATH_MAX], char why[UNPACKED_WHY]);
