/* SPDX-License-Identifier: GPL-2.0-or-later */
/* problem - something that the kernel reported, as the result keeps it.
 *
 * The classifier's KernelProblem events, grouped as BootResult wants them. A
 * problem counts against a run or a test when it is an error or fatal; a hang
 * (stall, hung task) by default only with KVM, because a slow machine without
 * it stalls for no fault of the kernel; a note never. What doesn't count is
 * shown as a warning; so are the kernel's own warnings, which do count.
 *
 * A test that provokes errors (Expects, in journal.proto) is excused from what
 * follows from that: errors of the filesystem and its device, and warnings; one
 * that tells check not to look at dmesg also from what has no class of its
 * own. Nothing excuses a fatal report, a hang, or what a sanitizer or a lock,
 * list or memory check has found.
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
	PROBLEM_REPORT = 16 * 1024,
	PROBLEM_FINGERPRINT = 64,
	PROBLEM_LIST = 512,
	PROBLEM_LESSER = 256,
};

struct problem {
	enum problem_group group;
	Pb__Severity severity;
	uint32_t boot;
	bool in_test;
	bool consequence; /* of an earlier one */
	bool expected;
	bool counts;
	bool unclassified; /* a counter moved; there is no report */
	uint32_t test;
	uint32_t attempt;
	uint64_t sequence; /* of its kernel record; 0: not known */
	uint32_t age_s;	   /* when it was reported */
	uint64_t times;
	char *class;
	char *title;
	char *function;
	char *report;
	char *fingerprint;
};

/* The first ones of a run, and how many there were in all. The same again, in
 * the same attempt at a test (or the same boot), is counted with the first:
 * a device that fails says so a thousand times. Of what does not count only
 * the first PROBLEM_LESSER are kept, so that they can't crowd out the rest. */
struct problem_list {
	struct problem items[PROBLEM_LIST];
	size_t count;
	size_t lesser;			 /* of these */
	uint64_t totals[PROBLEM_GROUPS]; /* without the expected ones */
	uint64_t expected;
	uint64_t counting; /* against the run */
};

/* What a run makes of a problem. */
struct problem_rules {
	bool ignore; /* journalled, and nothing else */
	bool fail;
	bool hangs_fail;
	uint32_t expects; /* of the test that it is in */
};

/* run may be NULL, before there is one. */
struct problem_rules problem_rules_of(const Pb__RunStarted *run,
				      const Pb__KernelProblem *found);
bool problem_is_expected(const Pb__KernelProblem *found, uint32_t expects);
bool problem_counts(const Pb__KernelProblem *found,
		    const struct problem_rules *rules);
enum problem_group problem_group_of(const Pb__KernelProblem *found,
				    const struct problem_rules *rules);
/* "note", "error", "hang", "fatal"; "unknown" for anything else. */
const char *problem_severity_name(Pb__Severity severity);
/* "error", "warning", "panic", "oops". */
const char *problem_group_name(enum problem_group group);

/* Counts it, and keeps a copy while there is room. */
must_check int problem_list_add(struct problem_list *list,
				struct allowance *allowance,
				const Pb__KernelProblem *found, uint32_t boot,
				const struct problem_rules *rules);
void problem_list_deinit(struct problem_list *list,
			 struct allowance *allowance);
