/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kvm - whether KVM can run a kernel here, found out by trying.
 *
 * /dev/kvm opens, and even small guests run, on hosts whose KVM interprets an
 * unmodified kernel (seen with the module kvm_pvm): Linux never leaves its
 * decompressor there. Speed tells: 131,072 instructions in long mode take
 * well under a millisecond on hardware and some 90 ms interpreted. So that
 * loop is run, best of a few, and KVM is used only when it is quick. All of
 * it happens in a child with a deadline, since such a KVM may hang as well.
 *
 * On other machines than x86_64: /dev/kvm opens and a VM can be made.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	KVM_LOOPS = 65536,
	KVM_TRIES = 3,
	KVM_QUICK_US = 10000, /* slower is not hardware */
	KVM_DEADLINE_MS = 5000,
};

struct kvm_answer {
	bool usable;
	uint64_t loop_us; /* 0: it did not come to that */
	char reason[160]; /* one line; why not, or how quick */
};

/* device: "/dev/kvm", but in tests. */
void kvm_probe(struct kvm_answer *answer, const char *device);
