/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text - see text.h.
 *
 * The two sections of the required format, each opened by one marked line.
 * What the format has no example of (problems, several boots, tests that have
 * no verdict) comes as further lists of the same form, only when there is
 * something in them.
 */
#include "host/report/text.h"

#include "host/record/duration.h"
#include "host/report/printer.h"
#include "host/report/summary.h"
#include "host/report/text_boot.h"
#include "host/report/text_evidence.h"
#include "host/report/text_leftovers.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct report {
	FILE *to;
	const struct result *result;
	const struct runfacts *facts;
	const struct files *files;
	struct summary summary;
};

static void put_suite(const struct report *report)
{
	const Pb__RunStarted *run = report->facts->run;

	if (!run || !*run->suite || !strcmp(run->suite, "fstests"))
		return;
	fputs("Suite: ", report->to);
	printer_put(report->to, run->suite);
	fputs(" (bundled with fstvm, not fstests)\n\n", report->to);
}

/* Where the required line leaves something out: all that was planned. */
static void put_tally(const struct report *report)
{
	static const Pb__Verdict order[] = {
		PB__VERDICT__VERDICT_PASS,	  PB__VERDICT__VERDICT_FAIL,
		PB__VERDICT__VERDICT_TIMEOUT,	  PB__VERDICT__VERDICT_CRASH,
		PB__VERDICT__VERDICT_HANG,	  PB__VERDICT__VERDICT_NOTRUN,
		PB__VERDICT__VERDICT_EXCLUDED,	  PB__VERDICT__VERDICT_LOST,
		PB__VERDICT__VERDICT_NOT_REACHED,
	};
	const struct tally *tally = result_tally(report->result);
	const char *separator = ": ";

	if (tally->count[PB__VERDICT__VERDICT_PASS] +
		    tally->count[PB__VERDICT__VERDICT_FAIL] +
		    tally->count[PB__VERDICT__VERDICT_NOTRUN] ==
	    report->summary.total)
		return;
	fprintf(report->to, "Planned %" PRIu64, report->summary.total);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!tally->count[order[i]])
			continue;
		fprintf(report->to, "%s%" PRIu32 " %s", separator,
			tally->count[order[i]], verdict_name(order[i]));
		separator = ", ";
	}
	fputs("\n\n", report->to);
}

static void put_headline(const struct report *report)
{
	const struct summary *summary = &report->summary;
	char seconds[DURATION_TEXT];

	fprintf(report->to,
		"%s %" PRIu64 "/%" PRIu64 " passed (%" PRIu64 ".%" PRIu64
		"%% pass rate, %s)\n\n",
		summary->tests_success ? PRINTER_GOOD : PRINTER_BAD,
		summary->passed, summary->wanted, summary->pass_permille / 10,
		summary->pass_permille % 10,
		duration_seconds(seconds, summary->tests_ns));
}

static const char *end_words(Pb__RunEnd end)
{
	switch (end) {
	case PB__RUN_END__RUN_END_COMPLETE:
		return NULL;
	case PB__RUN_END__RUN_END_STOPPED:
		return "Stopped";
	case PB__RUN_END__RUN_END_TIMEOUT:
		return "ERROR: Test timed out";
	case PB__RUN_END__RUN_END_BOOT_FAILED:
		return "ERROR: The VM did not boot";
	case PB__RUN_END__RUN_END_SETUP_FAILED:
		return "ERROR: The guest could not be set up";
	case PB__RUN_END__RUN_END_TOO_MANY_CRASHES:
		return "ERROR: Given up after too many crashes";
	case PB__RUN_END__RUN_END_HOST_FAILED:
		return "ERROR: fstvm failed";
	case PB__RUN_END__RUN_END_UNSPECIFIED:
	case _PB__RUN_END_IS_INT_SIZE:
		break;
	}
	return "ERROR: The run has no end: fstvm was killed, or is still at it";
}

static const char *end_detail(const struct report *report)
{
	const struct summary *summary = &report->summary;

	if (report->facts->end == PB__RUN_END__RUN_END_SETUP_FAILED &&
	    summary->last && summary->last->setup_failure)
		return summary->last->setup_failure;
	if (report->facts->end_detail)
		return report->facts->end_detail;
	if (report->facts->end == PB__RUN_END__RUN_END_STOPPED)
		return report->facts->stop_reason;
	return NULL;
}

static void put_end(const struct report *report)
{
	const char *words = end_words(report->facts->end);
	const char *detail = end_detail(report);

	if (!words)
		return;
	fputs(words, report->to);
	if (report->facts->end == PB__RUN_END__RUN_END_TIMEOUT) {
		fprintf(report->to, " after %" PRIu64 "s",
			report->facts->timeout_ms / 1000);
	} else if (detail) {
		fputs(": ", report->to);
		printer_put(report->to, detail);
	}
	fputs("\n\n", report->to);
}

static void put_attempts(const struct report *report,
			 const struct ledger_test *test)
{
	const char *separator = "     attempts: ";

	if (test->attempt_count < 2)
		return;
	for (uint32_t i = 0; i < test->attempt_count; i++) {
		fprintf(report->to, "%s%s", separator,
			verdict_name(test->attempts[i].verdict));
		separator = ", ";
	}
	fputs(test->left_out ? ", …\n" : "\n", report->to);
}

/* A reason that all tests of a list have in common is said elsewhere. */
static const char *own_reason(const struct report *report,
			      const struct ledger_test *test)
{
	if (verdict_is_real(test->verdict) || test->attempt_count)
		return result_reason(report->result, test);
	return "";
}

static void put_test(const struct report *report,
		     const struct ledger_test *test, uint64_t number)
{
	const char *reason = own_reason(report, test);

	fprintf(report->to, "  %" PRIu64 ". ", number);
	printer_test(report->to, test);
	fputc('\n', report->to);
	if (*reason) {
		fputs("     ", report->to);
		printer_put(report->to, reason);
		fputc('\n', report->to);
	}
	put_attempts(report, test);
	for (uint32_t i = 0; i < test->attempt_count; i++)
		text_evidence_put(report->to, &test->attempts[i].evidence,
				  report->files, "     ");
}

/* One list of the tests that have one of the verdicts. */
static void put_list(const struct report *report, const char *title,
		     bool (*wanted)(Pb__Verdict verdict), uint64_t total,
		     uint64_t limit)
{
	uint64_t number = 0;

	if (!total)
		return;
	fprintf(report->to, "%s (%" PRIu64 "):\n", title, total);
	for (size_t i = 0; i < result_test_count(report->result); i++) {
		const struct ledger_test *test = result_test(report->result, i);

		if (!wanted(test->verdict))
			continue;
		if (number == limit) {
			fprintf(report->to, "  and %" PRIu64 " more\n",
				total - number);
			break;
		}
		put_test(report, test, ++number);
	}
	fputc('\n', report->to);
}

static bool is_notrun(Pb__Verdict verdict)
{
	return verdict == PB__VERDICT__VERDICT_NOTRUN;
}

static bool is_lost(Pb__Verdict verdict)
{
	return verdict == PB__VERDICT__VERDICT_LOST;
}

static bool is_not_reached(Pb__Verdict verdict)
{
	return verdict == PB__VERDICT__VERDICT_NOT_REACHED;
}

static bool is_excluded(Pb__Verdict verdict)
{
	return verdict == PB__VERDICT__VERDICT_EXCLUDED;
}

static void put_lists(const struct report *report)
{
	const struct summary *summary = &report->summary;

	put_list(report, "Failed Tests", verdict_is_failure, summary->failed,
		 UINT64_MAX);
	put_list(report, "Not Run", is_notrun, summary->notrun, UINT64_MAX);
	put_list(report, "Lost", is_lost, summary->lost, UINT64_MAX);
	put_list(report, "Not Reached", is_not_reached, summary->not_reached,
		 TEXT_LONG_LIST);
	put_list(report, "Excluded", is_excluded, summary->excluded,
		 TEXT_LONG_LIST);
}

static void put_notices(const struct report *report)
{
	const struct runfacts *facts = report->facts;

	if (!facts->notice_count)
		return;
	fprintf(report->to, "Notes (%" PRIu64 "):\n",
		facts->notice_count + facts->notices_left_out);
	for (size_t i = 0; i < facts->notice_count && i < TEXT_LONG_LIST; i++) {
		fprintf(report->to, "  %zu. ", i + 1);
		printer_put(report->to, facts->notices[i]);
		fputc('\n', report->to);
	}
	if (facts->notice_count + facts->notices_left_out > TEXT_LONG_LIST)
		fprintf(report->to, "  and %" PRIu64 " more\n",
			facts->notice_count + facts->notices_left_out -
				TEXT_LONG_LIST);
	fputc('\n', report->to);
}

int text_write(FILE *to, const struct result *result, const struct files *files)
{
	struct report report = {
		.to = to,
		.result = result,
		.facts = result_facts(result),
		.files = files,
	};

	summary_make(&report.summary, result);
	text_boot_write(to, result, files, &report.summary);
	fputs("=== fstests Results ===\n\n", to);
	put_suite(&report);
	put_headline(&report);
	put_tally(&report);
	put_end(&report);
	put_lists(&report);
	text_leftovers_put(to, result);
	put_notices(&report);
	if (files->results) {
		fputs("Full results: ", to);
		printer_path(to, files, files->results);
		fputc('\n', to);
	}
	return ferror(to) ? -EIO : 0;
}
