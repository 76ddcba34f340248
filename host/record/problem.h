/* SPDX-License-Identifier: GPL-2.0-or-later */
/* problem - something that the kernel reported, as the result keeps it.
 *
 * The classifier's KernelProblem events, grouped as BootResult wants them. A
 * problem counts against a run or a test when it is an error or fatal; a hang
 * (stall, hung task) only with KVM, because a slow machine without it stalls
 * for no fault of the kernel; a note never. What doesn't count is shown as a
 * warning; so are the kernel's own warnings, which do count.
 */
#pragma once

#include "host/record/allowance.h"
#include "journal.pb-c.h"

#include <stdint.h>

enum problem_group {
	PROBLEM_ERROR,
	PROBLEM_WARNING,
	PROBLEM_PANIC,
	PROBLEM_OOPS,
};

enum {
	PROBLEM_GROUPS = PROBLEM_OOPS + 1,
	PROBLEM_CLASS = 32,
	PROBLEM_TITLE = 256,
	PROBLEM_FUNCTION = 128,
	PROBLEM_REPORT = 4096,
	PROBLEM_LIST = 256,
};

struct problem {
	enum problem_group group;
	Pb__Severity severity;
	uint32_t boot;
	bool in_test;
	bool consequence; /* of an earlier one */
	bool counts;
	uint32_t test;
	uint32_t attempt;
	char *class;
	char *title;
	char *function;
	char *report;
};

/* The first ones of a run, and how many there were in all. */
struct problem_list {
	struct problem items[PROBLEM_LIST];
	size_t count;
	uint64_t totals[PROBLEM_GROUPS];
	uint64_t counting; /* against the run */
};

enum problem_group problem_group_of(const Pb__KernelProblem *found, bool kvm);
bool problem_counts(Pb__Severity severity, bool kvm);
/* "note", "error", "hang", "fatal"; "unknown" for anything else. */
const char *problem_severity_name(Pb__Severity severity);
/* "error", "warning", "panic", "oops". */
const char *problem_group_name(enum problem_group group);

/* Counts it, and keeps a copy while there is room. */
must_check int problem_list_add(struct problem_list *list,
				struct allowance *allowance,
				const Pb__KernelProblem *found, uint32_t boot,
				bool kvm);
void problem_list_deinit(struct problem_list *list,
			 struct allowance *allowance);
