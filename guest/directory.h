/* SPDX-License-Identifier: GPL-2.0-or-later */
/* directory - the names in a directory, without the heap that opendir() takes.
 *
 * "." and ".." are left out. Names come in the kernel's order; what is added
 * or removed meanwhile may or may not be seen.
 */
#pragma once

#include "shared/must.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct directory {
	int fd; /* may be used with the …at() calls */
	size_t at;
	size_t end;
	_Alignas(16) uint8_t buffer[4096];
};

/* dirfd may be AT_FDCWD. Follows no symbolic link in the last component when
 * `nofollow` is O_NOFOLLOW; 0 otherwise. */
must_check int directory_open(struct directory *directory, int dirfd,
			      const char *path, int nofollow);
/* Returns 1 and a name, valid until the next call; 0 at the end. */
must_check int directory_next(struct directory *directory,
			      const char **ret_name);
void directory_close(struct directory *directory);
