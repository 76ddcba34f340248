/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stray - processes that are ours because their environment says so.
 *
 * Everything that a VM starts inherits one entry of vng's environment that
 * names the run's private directory ("FSTVM_VM=/tmp/fstvm-a1B2c3"), which is
 * unlike any other's. So a process is known as ours whoever its parent is now
 * and in whatever session it lives (virtiofsd leaves vng's), and a process id
 * that was used again is not. The signal goes through a descriptor of the
 * process that was opened before its environment was read: what was looked
 * at is what is hit.
 */
#pragma once

#include "shared/must.h"

/* Sends signal (0: none) to every process but this one whose environment has
 * the whole entry. Returns how many there are, or a negative errno when /proc
 * can't be read. */
must_check int stray_signal(const char *entry, int signal);
