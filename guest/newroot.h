/* SPDX-License-Identifier: GPL-2.0-or-later */
/* newroot - the root directory itself, in memory.
 *
 * The root that vng shares is 9p without a cache. Every start of a program
 * looks up /lib64, and /lib for each of its libraries, and follows these links:
 * a dozen round trips to the host, as many milliseconds in an emulated guest.
 * So the root is made anew on a tmpfs: the same links, and a place for each
 * directory and file, over which that of the shared root is bound.
 *
 * A root that can be written comes with it. Where this can't be done, the
 * shared root serves as well.
 */
#pragma once

#include "guest/why.h"

/* Of the process, before anything is mounted: /proc, /sys and /dev are left
 * empty. The process is in it then, and so are its children. */
must_check int newroot_enter(struct why *why);
