/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_boot - see text_boot.h. */
#include "host/report/text_boot.h"

#include "host/record/duration.h"
#include "host/report/printer.h"
#include "host/report/text.h"
#include "host/report/text_evidence.h"

#include <inttypes.h>

struct report {
	FILE *to;
	const struct result *result;
	const struct files *files;
	const struct summary *summary;
};

/* "1 panic, 2 warnings"; returns whether there was anything. */
static bool put_problem_counts(const struct report *report, const char *before)
{
	static const struct {
		enum problem_group group;
		const char *one;
		const char *many;
	} words[] = {
		{PROBLEM_PANIC, "panic", "panics"},
		{PROBLEM_OOPS, "oops", "oops"},
		{PROBLEM_ERROR, "error", "errors"},
		{PROBLEM_WARNING, "warning", "warnings"},
	};
	bool any = false;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		uint64_t count =
			result_problems(report->result)->totals[words[i].group];

		if (!count)
			continue;
		fprintf(report->to, "%s%" PRIu64 " %s", any ? ", " : before,
			count, count == 1 ? words[i].one : words[i].many);
		any = true;
	}
	return any;
}

static const char *detail_of(const struct boot *boot)
{
	return boot->end_detail ? boot->end_detail
				: boot_end_words(boot->end_reason);
}

static void put_boot_failure(const struct report *report)
{
	const struct summary *summary = report->summary;

	fputs(PRINTER_BAD " ", report->to);
	if (!summary->first) {
		fputs("Boot failed: no VM was started", report->to);
	} else if (!summary->boot_completed) {
		fputs(summary->last->end_reason ==
				      PB__VM_END_REASON__VM_END_BOOT_TIMEOUT
			      ? "Boot timed out: "
			      : "Boot failed: ",
		      report->to);
		printer_put(report->to, detail_of(summary->last));
	} else if (!put_problem_counts(report, "Boot completed with ")) {
		fputs("Boot completed, then: ", report->to);
		printer_put(report->to, detail_of(summary->blamed));
	}
}

static void put_boot_line(const struct report *report)
{
	const struct summary *summary = report->summary;
	char seconds[DURATION_TEXT];

	if (!summary->boot_success) {
		put_boot_failure(report);
	} else {
		fprintf(report->to, "%s Boot successful",
			result_problems(report->result)->counting
				? PRINTER_MEAN
				: PRINTER_GOOD);
		if (!put_problem_counts(report, ", "))
			fputs(", no issues detected", report->to);
	}
	fprintf(report->to, " (%s)\n\n",
		duration_seconds(seconds, summary->boot_ns));
}

static void put_last_console(const struct report *report)
{
	const struct boot *boot = report->summary->last;

	if (!boot || boot->hello_seen || !boot->last_console_count)
		return;
	fputs("Last lines of the console:\n", report->to);
	for (uint32_t i = 0; i < boot->last_console_count; i++) {
		fputs("  ", report->to);
		printer_put(report->to, boot->last_console[i]);
		fputc('\n', report->to);
	}
	fputc('\n', report->to);
}

static void put_problem(const struct report *report,
			const struct problem *problem, size_t number)
{
	fprintf(report->to, "  %zu. ", number);
	printer_put(report->to, problem->title);
	fprintf(report->to, "\n     %s, boot %" PRIu32,
		problem_group_name(problem->group), problem->boot);
	if (problem->in_test &&
	    problem->test < result_test_count(report->result)) {
		fputs(result_is_after_test(report->result, problem) ? ", after "
								    : ", in ",
		      report->to);
		printer_test(report->to,
			     result_test(report->result, problem->test));
	}
	if (problem->consequence)
		fputs(", a consequence", report->to);
	if (problem->times > 1)
		fprintf(report->to, ", %" PRIu64 " times", problem->times);
	fputc('\n', report->to);
}

static void put_problem_list(const struct report *report,
			     const struct problem_list *list, uint64_t total)
{
	size_t shown = 0;

	fprintf(report->to, "Kernel Problems (%" PRIu64 "):\n", total);
	for (size_t i = 0; i < list->count && shown < TEXT_LONG_LIST; i++)
		if (!list->items[i].expected)
			put_problem(report, &list->items[i], ++shown);
	if (total > shown)
		fprintf(report->to, "  and %" PRIu64 " more\n", total - shown);
	fputc('\n', report->to);
}

static void put_problems(const struct report *report)
{
	const struct problem_list *list = result_problems(report->result);
	uint64_t total = 0;

	for (size_t i = 0; i < PROBLEM_GROUPS; i++)
		total += list->totals[i];
	if (total)
		put_problem_list(report, list, total);
	if (list->expected)
		fprintf(report->to,
			"Kernel problems that tests provoke on purpose: "
			"%" PRIu64 "\n\n",
			list->expected);
}

static void put_boot_logs(const struct report *report)
{
	size_t count = result_boot_count(report->result);

	if (count == 1 && report->summary->first->console_log) {
		fputs("Full boot log: ", report->to);
		printer_path(report->to, report->files,
			     report->summary->first->console_log);
		fputc('\n', report->to);
		text_evidence_put(report->to, &report->summary->first->evidence,
				  report->files, "  ");
		fputc('\n', report->to);
	}
	if (count < 2)
		return;
	fprintf(report->to, "Full boot logs (%zu):\n", count);
	for (size_t i = 0; i < count; i++) {
		const struct boot *boot = result_boot(report->result, i);

		fprintf(report->to, "  %" PRIu32 ". ", boot->number);
		printer_path(report->to, report->files,
			     boot->console_log ? boot->console_log : "");
		fputs("\n     ", report->to);
		printer_put(report->to, detail_of(boot));
		fputc('\n', report->to);
		text_evidence_put(report->to, &boot->evidence, report->files,
				  "     ");
	}
	fputc('\n', report->to);
}

void text_boot_write(FILE *to, const struct result *result,
		     const struct files *files, const struct summary *summary)
{
	const struct report report = {
		.to = to,
		.result = result,
		.files = files,
		.summary = summary,
	};

	fputs("=== Kernel Boot with fstests ===\n\n", to);
	put_boot_line(&report);
	put_problems(&report);
	put_last_console(&report);
	put_boot_logs(&report);
}
