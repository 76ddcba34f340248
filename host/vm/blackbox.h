/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blackbox - the guest's RAM of one VM, held from QEMU's start until the VM is
 * closed, so that the kernel's log can be read whatever becomes of QEMU.
 *
 * QEMU makes the memory shortly after it has connected to the channel: it is
 * looked for until it is there, or QEMU is not.
 */
#pragma once

#include "host/vm/guestram.h"

#include <ev.h>

struct blackbox {
	struct ev_loop *loop;
	struct guestram ram;
	pid_t qemu;
	pid_t group;
	uint64_t size_bytes;
	unsigned int tries;
	ev_timer search;
};

void blackbox_init(struct blackbox *box, struct ev_loop *loop);
/* QEMU is there, in this process group, and is to have so much memory. */
void blackbox_begin(struct blackbox *box, pid_t qemu, pid_t group,
		    uint64_t size_bytes);
/* The guest is up: time to find its log, while little memory is in use. */
void blackbox_guest_is_up(struct blackbox *box);
/* The memory is given back. */
void blackbox_close(struct blackbox *box);
