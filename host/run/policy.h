/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy - what a kernel problem does to a run: --kernel-problems.
 *
 * fail: it fails the test that it is in, and the run. report: it is shown
 * only. ignore: it is journalled only. Not said, it is fail, but for hangs and
 * stalls without KVM, which are only shown: an emulator is slow enough for
 * them. Crashes are verdicts of the VM's end, whatever the policy.
 */
#pragma once

#include "journal.pb-c.h"
#include "shared/must.h"

#include <stdbool.h>

struct policy {
	Pb__KernelProblems kernel_problems;
	bool hangs_fail;
};

/* text: the option's, or NULL. -EINVAL. */
must_check int policy_parse(const char *text, bool kvm,
			    struct policy *ret_policy);
