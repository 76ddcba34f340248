/* SPDX-License-Identifier: GPL-2.0-or-later */
/* init - the duties of PID 1, in place of vng's own init.
 *
 * vng's init is a script: some hundred programs from an uncached share,
 * systemd-tmpfiles, udevd and a coldplug, 15 s of an emulated boot. The
 * kernel can start the agent instead (init=, which vng's initramfs obeys).
 * What tests need of all that is done here by system calls; the rest of what
 * makes a machine (devpts, debugfs, cgroup2, accounts, …) the set-up does in
 * either case. Reaping is the supervisor's.
 *
 * There is no udevd: devtmpfs has the nodes, modules are loaded by name,
 * device mapper makes its own nodes (udev.h).
 */
#pragma once

#include "guest/why.h"

/* Whether the kernel started us: not if we are PID 1 of a container. */
_Bool init_is_wanted(void);
/* Everything. On failure the machine is of no use. */
must_check int init_set_up(struct why *why);
/* Tells vng the exit status, as its own init would, and powers off. */
_Noreturn void init_power_off(int status);
