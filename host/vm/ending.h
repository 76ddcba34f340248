/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ending - how a VM comes to its end: the part of host/vm/vm.h that is about
 * reasons, killing, draining, and giving everything back.
 */
#pragma once

#include "host/vm/vm.h"

/* The first reason stays. detail is escaped and cut. */
void ending_set_reason(struct vm *vm, Pb__VmEndReason reason,
		       const char *detail);
/* A reason for an end that nobody gave one for. */
void ending_settle(struct vm *vm);
/* Its process group is empty: strays are killed, pipes get a bounded time. */
void ending_group_is_gone(struct vm *vm);
/* If nothing of it is left: tells the owner, and closes. */
void ending_check(struct vm *vm);
void ending_on_ladder(struct ev_loop *loop, ev_timer *timer, int events);
/* Gives back what a VM holds, started or not. */
void ending_close(struct vm *vm);
