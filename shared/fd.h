/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fd - descriptors: ownership, whole reads and writes.
 *
 * Silent: errors are returned as negative errno. Every descriptor made here
 * is close-on-exec.
 */
#pragma once

#include "shared/must.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Closes *fd when it is >= 0 and sets it to -1. errno is preserved. */
void fd_close(int *fd);
/* For a local variable that owns a descriptor: fd_auto int fd = -1; */
#define fd_auto __attribute__((cleanup(fd_close)))
/* Gives the descriptor away from an fd_auto variable. */
int fd_release(int *fd);

/* open(2) with O_CLOEXEC added. Returns the descriptor. */
must_check int fd_open(const char *path, int flags, mode_t mode);
must_check int fd_openat(int dirfd, const char *path, int flags, mode_t mode);
must_check int fd_pipe(int ret_pair[2]);
must_check int fd_set_nonblocking(int fd);
/* Writes all of it, waiting where fd blocks. EAGAIN is returned as it is. */
must_check int fd_write_all(int fd, const void *data, size_t len);
/* Reads until EOF or cap bytes. Returns the count. */
must_check ssize_t fd_read_all(int fd, void *to, size_t cap);
/* The whole small file at path (relative to dirfd, or AT_FDCWD) as a
 * NUL-terminated string; at most cap - 1 bytes, a trailing newline removed.
 * Returns the length. */
must_check ssize_t fd_read_text(int dirfd, const char *path, char *to,
				size_t cap);
/* The same of an attribute in sysfs or /proc/sys, which one read gives whole. */
must_check ssize_t fd_read_attribute(int dirfd, const char *path, char *to,
				     size_t cap);
/* Writes text to an existing file, as sysfs and procfs want it: one write. */
must_check int fd_write_text(int dirfd, const char *path, const char *text);
