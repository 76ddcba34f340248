/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy - what a kernel problem does to a run. */
#include "host/run/policy.h"

#include <errno.h>
#include <string.h>

int policy_parse(const char *text, bool kvm, struct policy *ret_policy)
{
	static const struct {
		const char *name;
		Pb__KernelProblems value;
	} words[] = {
		{"fail", PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_FAIL},
		{"report", PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_REPORT},
		{"ignore", PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_IGNORE},
	};

	if (text == NULL) {
		ret_policy->kernel_problems =
			PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_FAIL;
		ret_policy->hangs_fail = kvm;
		return 0;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i].name) != 0)
			continue;
		ret_policy->kernel_problems = words[i].value;
		ret_policy->hangs_fail = true;
		return 0;
	}
	return -EINVAL;
}
