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

static const char *class_of(const Pb__KernelProblem *found)
{
	return found->class_ ? found->class_ : "";
}

static bool is_one_of(const char *class, const char *const *classes)
{
	for (; *classes; classes++)
		if (!strcmp(class, *classes))
			return true;
	return false;
}

struct problem_rules problem_rules_of(const Pb__RunStarted *run,
				      const Pb__KernelProblem *found)
{
	struct problem_rules rules = {.fail = true};
	Pb__KernelProblems policy;

	if (!run)
		return rules;
	policy = run->kernel_problems;
	rules.ignore = policy == PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_IGNORE;
	rules.fail = !rules.ignore &&
		     policy != PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_REPORT;
	rules.hangs_fail = run->kvm || run->hangs_fail;
	if (found->in_test && found->test < run->n_tests)
		rules.expects = run->tests[found->test]->expects;
	return rules;
}

bool problem_is_expected(const Pb__KernelProblem *found, uint32_t expects)
{
	static const char *const provoked[] = {"fs_error", "io_error",
					       "warning", NULL};
	static const char *const unchecked[] = {
		"bug_other", "info_other", "vfs", "oom", "page_alloc", NULL};

	if (!expects || found->severity == PB__SEVERITY__SEVERITY_FATAL ||
	    found->severity == PB__SEVERITY__SEVERITY_HANG)
		return false;
	return is_one_of(class_of(found), provoked) ||
	       (expects & PB__EXPECTS__EXPECTS_UNCHECKED_DMESG &&
		is_one_of(class_of(found), unchecked));
}

static bool is_bad(const Pb__KernelProblem *found,
		   const struct problem_rules *rules)
{
	if (problem_is_expected(found, rules->expects))
		return false;
	return found->severity == PB__SEVERITY__SEVERITY_ERROR ||
	       found->severity == PB__SEVERITY__SEVERITY_FATAL ||
	       (found->severity == PB__SEVERITY__SEVERITY_HANG &&
		rules->hangs_fail);
}

bool problem_counts(const Pb__KernelProblem *found,
		    const struct problem_rules *rules)
{
	return rules->fail && is_bad(found, rules);
}

/* What is fatal without being a panic is an oops of some sort (BUG(), double
 * fault, …). */
enum problem_group problem_group_of(const Pb__KernelProblem *found,
				    const struct problem_rules *rules)
{
	if (!strcmp(class_of(found), "panic"))
		return PROBLEM_PANIC;
	if (!strcmp(class_of(found), "oops") ||
	    found->severity == PB__SEVERITY__SEVERITY_FATAL)
		return PROBLEM_OOPS;
	if (!strcmp(class_of(found), "warning") || !is_bad(found, rules))
		return PROBLEM_WARNING;
	return PROBLEM_ERROR;
}

static void problem_deinit(struct problem *problem, struct allowance *allowance)
{
	allowance_drop(allowance, &problem->class);
	allowance_drop(allowance, &problem->title);
	allowance_drop(allowance, &problem->function);
	allowance_drop(allowance, &problem->report);
	allowance_drop(allowance, &problem->fingerprint);
}

static const char *title_of(const Pb__KernelProblem *found)
{
	return found->title && *found->title ? found->title
					     : "(a problem without a title)";
}

static int keep_texts(struct problem *problem, struct allowance *allowance,
		      const Pb__KernelProblem *found)
{
	int r = allowance_keep(allowance, &problem->class, found->class_,
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
	if (r >= 0)
		r = allowance_keep(allowance, &problem->fingerprint,
				   found->fingerprint, PROBLEM_FINGERPRINT);
	if (r < 0)
		problem_deinit(problem, allowance);
	return r;
}

static int problem_init(struct problem *problem, struct allowance *allowance,
			const Pb__KernelProblem *found, uint32_t boot,
			const struct problem_rules *rules)
{
	problem->group = problem_group_of(found, rules);
	problem->severity = found->severity;
	problem->boot = boot;
	problem->in_test = found->in_test;
	problem->consequence = found->consequence;
	problem->expected = problem_is_expected(found, rules->expects);
	problem->counts = problem_counts(found, rules);
	problem->unclassified = found->unclassified;
	problem->test = found->test;
	problem->attempt = found->attempt;
	problem->sequence = found->sequence;
	problem->age_s = found->age_s;
	problem->times = 1;
	return keep_texts(problem, allowance, found);
}

static bool is_again(const struct problem *problem,
		     const Pb__KernelProblem *found, uint32_t boot)
{
	return problem->boot == boot && problem->in_test == found->in_test &&
	       problem->test == found->test &&
	       problem->attempt == found->attempt &&
	       problem->severity == found->severity &&
	       problem->consequence == found->consequence &&
	       !strcmp(problem->title ? problem->title : "", title_of(found)) &&
	       !strcmp(problem->class ? problem->class : "", class_of(found));
}

/* From the end, because it is nearly always one of the last. */
static bool count_again(struct problem_list *list,
			const Pb__KernelProblem *found, uint32_t boot)
{
	for (size_t i = list->count; i-- > 0;) {
		if (!is_again(&list->items[i], found, boot))
			continue;
		list->items[i].times++;
		return true;
	}
	return false;
}

static int keep(struct problem_list *list, struct allowance *allowance,
		const Pb__KernelProblem *found, uint32_t boot,
		const struct problem_rules *rules)
{
	bool lesser = !problem_counts(found, rules);
	int r;

	if (list->count == PROBLEM_LIST ||
	    (lesser && list->lesser == PROBLEM_LESSER))
		return 0;
	r = problem_init(&list->items[list->count], allowance, found, boot,
			 rules);
	if (r < 0)
		return r;
	list->count++;
	list->lesser += lesser;
	return 0;
}

int problem_list_add(struct problem_list *list, struct allowance *allowance,
		     const Pb__KernelProblem *found, uint32_t boot,
		     const struct problem_rules *rules)
{
	if (count_again(list, found, boot))
		return 0;
	if (problem_is_expected(found, rules->expects))
		list->expected++;
	else
		list->totals[problem_group_of(found, rules)]++;
	if (problem_counts(found, rules))
		list->counting++;
	return keep(list, allowance, found, boot, rules);
}

void problem_list_deinit(struct problem_list *list, struct allowance *allowance)
{
	for (size_t i = 0; i < list->count; i++)
		problem_deinit(&list->items[i], allowance);
	list->count = 0;
}
