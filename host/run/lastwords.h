/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lastwords - what a kernel said that its agent did not live to pass on.
 *
 * When the VM is gone, the kernel's ring buffer is read out of the guest's
 * memory. What the agent has not passed on is the kernel's watch to judge,
 * where the agent's records have ended; the whole, since the running test
 * began, is text for people.
 */
#pragma once

#include "host/kernel/recordlog.h"
#include "host/run/kernelwatch.h"
#include "host/vm/guestram.h"
#include "journal.pb-c.h"

/* test_sequence: of the first record of the text. log: began there, and gets
 * it. Fills in what came of it; its strings are static. */
void lastwords_read(struct guestram *ram, struct kernelwatch *watch,
		    struct recordlog *log, uint64_t test_sequence,
		    Pb__KernelRing *ret_ring);
