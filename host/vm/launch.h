/* SPDX-License-Identifier: GPL-2.0-or-later */
/* launch - the start of a VM's processes: links, command line, guard, vng.
 *
 * The order matters: the guard is there before vng is; the VM's start is in
 * the journal before vng's gate opens; QEMU finds its socket listening.
 */
#pragma once

#include "host/vm/vm.h"

/* On failure *ret_step says what could not be done ("start vng"). */
must_check int launch_vng(struct vm *vm, const char **ret_step);
/* Of host/vm/vm.c: journals VmStarted. */
must_check int vm_announce(struct vm *vm, const struct vng_argv *argv);
