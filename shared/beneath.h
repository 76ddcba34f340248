/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beneath - files below one directory, and never outside it.
 *
 * openat2(2) with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
 * RESOLVE_NO_MAGICLINKS; on kernels before 5.6 a component-wise walk with
 * O_NOFOLLOW does the same. beneath_force_walk() makes tests take the second
 * way.
 */
#pragma once

#include "shared/must.h"

#include <stdbool.h>
#include <sys/types.h>

/* Returns a descriptor, or -EXDEV/-ELOOP for a path that would leave dirfd. */
must_check int beneath_open(int dirfd, const char *path, int flags,
			    mode_t mode);
/* Makes every missing directory of path, mode 0700. */
must_check int beneath_mkdirs(int dirfd, const char *path);
must_check int beneath_unlink(int dirfd, const char *path);
/* rename(2) of one path of dirfd to another. */
must_check int beneath_rename(int dirfd, const char *from, const char *to);
/* Removes path and what is below it; symbolic links are removed, not followed.
 * Missing is success. */
must_check int beneath_remove_tree(int dirfd, const char *path);
void beneath_force_walk(bool on);
