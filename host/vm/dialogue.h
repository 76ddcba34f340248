/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dialogue - what a VM says to its agent, and makes of what it hears: the part
 * of host/vm/vm.h that is about the channel.
 *
 * Every message is checked by the session first, journalled by the owner
 * next, and only then acted upon.
 */
#pragma once

#include "host/vm/vm.h"

/* Listens at path, for QEMU. */
must_check int dialogue_open(struct vm *vm, const char *path);
/* The agent answers each with a Heartbeat. */
void dialogue_send_beat(struct vm *vm);
