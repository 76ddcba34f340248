/* SPDX-License-Identifier: GPL-2.0-or-later */
/* system - what fstests takes for granted in a machine and a VM's init may
 * have left out: pseudo file systems, links, host name, sysctls.
 *
 * debugfs, tracefs, configfs, cgroup2, devpts, /dev/shm; /dev/fd and its like;
 * /etc/mtab; a host name that is not localhost (fstests would take
 * configs/localhost.config for our configuration); core files called "core"
 * in the working directory; process numbers that do not wrap within a run
 * (check's files are named by pid).
 */
#pragma once

#include <stddef.h>

/* File systems and links: does what can be done; what is missing is named in
 * `to` ("debugfs, configfs"), which may end up empty. */
void system_prepare(char *to, size_t cap);
/* Host name and sysctls: only for a machine that is ours alone. */
void system_tune(void);
