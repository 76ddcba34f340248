/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary - see summary.h. */
#include "host/report/summary.h"

#include <string.h>

static uint64_t permille(uint64_t part, uint64_t whole)
{
	uint64_t rounded;

	if (!whole)
		return 0;
	rounded = (part * 1000 + whole / 2) / whole;
	return rounded == 1000 && part < whole ? 999 : rounded;
}

static void sum_boots(struct summary *summary, const struct result *result)
{
	size_t count = result_boot_count(result);
	const struct boot *shown = NULL;

	summary->boot_success = count > 0;
	for (size_t i = 0; i < count; i++) {
		const struct boot *boot = result_boot(result, i);

		if (!boot_is_success(boot) && summary->boot_success) {
			summary->boot_success = false;
			summary->blamed = boot;
		}
		if (boot->end_reason == PB__VM_END_REASON__VM_END_BOOT_TIMEOUT)
			summary->timeout_occurred = true;
		if (boot->hello_seen && !shown)
			shown = boot;
	}
	if (!count)
		return;
	summary->first = result_boot(result, 0);
	summary->last = result_boot(result, count - 1);
	if (!summary->blamed)
		summary->blamed = summary->last;
	summary->boot_completed = shown;
	summary->boot_ns = boot_duration_ns(shown ? shown : summary->first);
}

static void sum_tests(struct summary *summary, const struct tally *tally)
{
	summary->total = tally_total(tally);
	summary->passed = tally->count[PB__VERDICT__VERDICT_PASS];
	summary->failed = tally_failed(tally);
	summary->notrun = tally->count[PB__VERDICT__VERDICT_NOTRUN];
	summary->excluded = tally->count[PB__VERDICT__VERDICT_EXCLUDED];
	summary->lost = tally->count[PB__VERDICT__VERDICT_LOST];
	summary->not_reached = tally->count[PB__VERDICT__VERDICT_NOT_REACHED];
	summary->wanted = summary->total - summary->excluded;
	must(summary->passed + summary->failed + summary->notrun +
		     summary->excluded + summary->lost + summary->not_reached ==
	     summary->total);
	summary->pass_permille = permille(summary->passed, summary->wanted);
	summary->tests_success = summary->passed && !summary->failed &&
				 !summary->lost && !summary->not_reached;
}

void summary_make(struct summary *summary, const struct result *result)
{
	memset(summary, 0, sizeof(*summary));
	summary->timeout_occurred =
		result_facts(result)->end == PB__RUN_END__RUN_END_TIMEOUT;
	sum_boots(summary, result);
	sum_tests(summary, result_tally(result));
	summary->tests_ns = result_test_ns(result);
	summary->exitcode = exitcode_of(result);
}
