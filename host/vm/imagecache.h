/* SPDX-License-Identifier: GPL-2.0-or-later */
/* imagecache - unpacked kernels that are kept: cachedir.h, kernels.
 *
 * A file is named by what identifies the image that it was made from and its
 * contents, without reading it: device, inode, size, time of the last change.
 * At its end are its length and checksum, looked at before each use. It is
 * written aside, sealed and renamed, so that several runs may do it at once.
 * The oldest go first when there are more than IMAGECACHE_KEPT.
 */
#pragma once

#include "shared/must.h"

#include <limits.h>
#include <stdint.h>
#include <sys/stat.h>

#define IMAGECACHE_KIND "kernels"

enum { IMAGECACHE_KEPT = 4, IMAGECACHE_NAME = 80 };

/* Makes the directory where it is missing. A descriptor, or -ENOENT: no home
 * is known. */
must_check int imagecache_open(char ret_path[PATH_MAX]);
/* Of the image that this is the stat(2) of. Pure. */
void imagecache_name(const struct stat *st, char to[IMAGECACHE_NAME]);
/* It is there and whole; it is the youngest now. Its length without the end,
 * or -ENOENT, -EBADMSG. */
must_check int imagecache_find(int cache_fd, const char *name,
			       uint64_t *ret_length);
/* Appends the end to a file of that length, and has it on the disk. */
must_check int imagecache_seal(int fd, uint64_t length);
/* Removes the oldest. */
void imagecache_prune(int cache_fd);
