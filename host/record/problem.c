/* SPDX-License-Identifier: GPL-2.0-or-later */
/* problem - see problem.h. */
#include "host/record/problem.h"

#include <assert.h>
#include <string.h>

static const char *const group_names[] = {
	[PROBLEM_ERROR] = "error",
	[PROBLEM_WARNING] = "warning",
	[PROBLEM_PANIC] = "panic",
	[PROBLEM_OOPS] = "oops",
};
static_assert(sizeof(group_names) / sizeof(group_names[0]) == PROBLEM_GROUPS,
	      "every group has a name");

static const char *const severity_names[] = {
	[PB__SEVERITY__SEVERITY_UNSPECIFIED] = "unknown",
	[PB__SEVERITY__SEVERITY_NOTE] = "note",
	[PB__SEVERITY__SEVERITY_ERROR] = "error",
	[PB__SEVERITY__SEVERITY_HANG] = "hang",
	[PB__SEVERITY__SEVERITY_FATAL] = "fatal",
};

const char *problem_group_name(enum problem_group group)
{
	return group_names[group];
}

const char *problem_severity_name(Pb__Severity severity)
{
	size_t index = (size_t)severity;

	if (index >= sizeof(severity_names) / sizeof(severity_names[0]))
		index = 0;
	return severity_names[index];
}

bool problem_counts(Pb__Severity severity, bool kvm)
{
	return severity == PB__SEVERITY__SEVERITY_ERROR ||
	       severity == PB__SEVERITY__SEVERITY_FATAL ||
	       (severity == PB__SEVERITY__SEVERITY_HANG && kvm);
}

/* What is fatal without being a panic is an oops of some sort (BUG(), double
 * fault, …). */
enum problem_group problem_group_of(const Pb__KernelProblem *found, bool kvm)
{
	const char *class = found->class_ ? found->class_ : "";

	if (!strcmp(class, "panic"))
		return PROBLEM_PANIC;
	if (!strcmp(class, "oops") ||
	    found->severity == PB__SEVERITY__SEVERITY_FATAL)
		return PROBLEM_OOPS;
	if (!strcmp(class, "warning") || !problem_counts(found->severity, kvm))
		return PROBLEM_WARNING;
	return PROBLEM_ERROR;
}

static void problem_deinit(struct problem *problem, struct allowance *allowance)
{
	allowance_drop(allowance, &problem->class);
	allowance_drop(allowance, &problem->title);
	allowance_drop(allowance, &problem->function);
	allowance_drop(allowance, &problem->report);
}

static const char *title_of(const Pb__KernelProblem *found)
{
	return found->title && *found->title ? found->title
					     : "(a problem without a title)";
}

static int problem_init(struct problem *problem, struct allowance *allowance,
			const Pb__KernelProblem *found, uint32_t boot, bool kvm)
{
	int r;

	problem->group = problem_group_of(found, kvm);
	problem->severity = found->severity;
	problem->boot = boot;
	problem->in_test = found->in_test;
	problem->consequence = found->consequence;
	problem->counts = problem_counts(found->severity, kvm);
	problem->test = found->test;
	problem->attempt = found->attempt;
	r = allowance_keep(allowance, &problem->class, found->class_,
			   PROBLEM_CLASS);
	if (r >= 0)
		r = allowance_keep(allowance, &problem->title, title_of(found),
				   PROBLEM_TITLE);
	if (r >= 0)
		r = allowance_keep(allowance, &problem->function,
				   found->function, PROBLEM_FUNCTION);
	if (r >= 0)
		r = allowance_keep(allowance, &problem->report, found->report,
				   PROBLEM_REPORT);
	if (r < 0)
		problem_deinit(problem, allowance);
	return r;
}

int problem_list_add(struct problem_list *list, struct allowance *allowance,
		     const Pb__KernelProblem *found, uint32_t boot, bool kvm)
{
	int r;

	list->totals[problem_group_of(found, kvm)]++;
	if (problem_counts(found->severity, kvm))
		list->counting++;
	if (list->count == PROBLEM_LIST)
		return 0;
	r = problem_init(&list->items[list->count], allowance, found, boot,
			 kvm);
	if (r >= 0)
		list->count++;
	return r;
}

void problem_list_deinit(struct problem_list *list, struct allowance *allowance)
{
	for (size_t i = 0; i < list->count; i++)
		problem_deinit(&list->items[i], allowance);
	list->count = 0;
}
