/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loop - attach a file to a free loop device, and detach it.
 *
 * LOOP_CONFIGURE where the kernel has it (5.8), else LOOP_SET_FD and
 * LOOP_SET_STATUS64. Direct I/O is tried and left off where the file system of
 * the file has none (tmpfs before 6.6). A device that somebody else takes
 * between LOOP_CTL_GET_FREE and the attachment means trying the next one.
 */
#pragma once

#include "guest/why.h"

#include <stdbool.h>
#include <stddef.h>

/* name: what LOOP_GET_STATUS64 shows, cut to 63 bytes. */
must_check int loop_attach(int file_fd, const char *name, char *ret_path,
			   size_t cap, struct why *why);
must_check int loop_detach(const char *path, struct why *why);
/* For tests: as on a kernel without LOOP_CONFIGURE. */
void loop_force_old_ioctls(bool on);
