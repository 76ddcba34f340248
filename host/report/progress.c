/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress - see progress.h. */
#include "host/report/progress.h"

#include "host/record/duration.h"
#include "host/report/printer.h"
#include "host/report/status.h"
#include "shared/escape.h"
#include "shared/limits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct progress {
	FILE *to;
	bool colour;
	enum progress_detail detail;
	struct status status;
	/* What the status line shows. */
	uint64_t now_ns;
	uint64_t ignored; /* what the result did not take is not shown */
	bool running;	  /* a test */
	struct assignment_key key;
	uint64_t since_ns;
	char phase[64]; /* when none runs: "booting" */
};

struct progress *progress_create(FILE *to, const struct terminal *terminal,
				 enum progress_detail detail)
{
	struct progress *progress = calloc(1, sizeof(*progress));

	if (!progress)
		return NULL;
	progress->to = to;
	progress->colour = terminal->colour;
	progress->detail = detail;
	status_init(&progress->status, to, terminal);
	return progress;
}

void progress_destroy(struct progress *progress)
{
	if (!progress)
		return;
	status_hide(&progress->status);
	fflush(progress->to);
	free(progress);
}

static const char *colour_of(Pb__Verdict verdict)
{
	if (verdict == PB__VERDICT__VERDICT_PASS)
		return "\x1b[32m";
	if (verdict == PB__VERDICT__VERDICT_NOTRUN)
		return "\x1b[33m";
	return "\x1b[31m";
}

static void put_verdict(const struct progress *progress, Pb__Verdict verdict)
{
	if (progress->colour)
		fprintf(progress->to, "%s%s\x1b[0m", colour_of(verdict),
			verdict_name(verdict));
	else
		fputs(verdict_name(verdict), progress->to);
}

/* A test that was ended because the run is stopped: what that means for it
 * comes right after this. */
static bool is_cut_off(const struct result *result, const Pb__Event *event,
		       const struct attempt *attempt)
{
	return event->body_case == PB__EVENT__BODY_TEST_FINISHED &&
	       attempt->verdict == PB__VERDICT__VERDICT_LOST &&
	       result_facts(result)->stop_reason != NULL;
}

/* "generic/001  pass  4.2s"; what is open or never began has no line. */
static void put_attempt(struct progress *progress, const struct result *result,
			const Pb__Event *event)
{
	struct assignment_key key;
	const struct attempt *attempt;
	char seconds[DURATION_TEXT];

	if (!result_find(result, event, &key))
		return;
	if (progress->key.test == key.test)
		progress->running = false;
	attempt = result_attempt(result, &key);
	if (!attempt || !attempt->started || attempt_is_open(attempt) ||
	    is_cut_off(result, event, attempt))
		return;
	printer_test(progress->to, result_test(result, key.test));
	if (key.attempt)
		fprintf(progress->to, " (attempt %" PRIu64 ")",
			(uint64_t)key.attempt + 1);
	fputs("  ", progress->to);
	put_verdict(progress, attempt->verdict);
	fprintf(progress->to, "  %s",
		duration_seconds(seconds, attempt_duration_ns(attempt)));
	if (attempt->reason) {
		fputs("  ", progress->to);
		printer_put(progress->to, attempt->reason);
	}
	fputc('\n', progress->to);
}

static void put_words(const struct progress *progress, const char *before,
		      const char *text)
{
	fputs(before, progress->to);
	printer_put(progress->to, text);
	fputc('\n', progress->to);
}

static bool has_text(const char *text)
{
	return text && *text;
}

static void set_phase(struct progress *progress, const char *phase)
{
	bytes_copy_string(progress->phase, sizeof(progress->phase), phase);
	progress->since_ns = progress->now_ns;
	progress->running = false;
}

static void put_vm_started(struct progress *progress,
			   const struct result *result, const Pb__Event *event)
{
	const Pb__RunStarted *run = result_facts(result)->run;
	const char *kernel = run ? run->kernel : "";
	const char *slash = strrchr(kernel, '/');

	set_phase(progress, "booting");
	fputs("booting ", progress->to);
	printer_put(progress->to, slash ? slash + 1 : kernel);
	if (event->boot > 1)
		fprintf(progress->to, " (boot %" PRIu32 ")", event->boot);
	fputs(" ...\n", progress->to);
}

static void put_hello(struct progress *progress, const struct result *result,
		      const Pb__Event *event)
{
	const struct boot *boot =
		boot_list_find(result_boots(result), event->boot);
	char seconds[DURATION_TEXT];

	if (boot && boot->hellos > 1) {
		fputs("agent started again\n", progress->to);
		return;
	}
	set_phase(progress, "setting up");
	if (boot)
		fprintf(progress->to, "agent up after %s: ",
			duration_seconds(seconds, boot_duration_ns(boot)));
	else
		fputs("agent up: ", progress->to);
	put_words(progress, "Linux ", event->hello->kernel_release);
}

static void put_setup_done(struct progress *progress,
			   const struct result *result, const Pb__Event *event)
{
	const struct boot *boot =
		boot_list_find(result_boots(result), event->boot);
	char seconds[DURATION_TEXT];

	set_phase(progress, "starting the tests");
	fputs("devices ready", progress->to);
	if (boot && event->mono_ns > boot->hello_mono_ns)
		fprintf(progress->to, " after %s",
			duration_seconds(seconds,
					 event->mono_ns - boot->hello_mono_ns));
	fputc('\n', progress->to);
}

static void put_step(const struct progress *progress, const Pb__SetupStep *step)
{
	char seconds[DURATION_TEXT];

	if (progress->detail != PROGRESS_VERBOSE)
		return;
	fputs("  ", progress->to);
	printer_put(progress->to, step->name);
	fprintf(progress->to, "  %s  ",
		duration_seconds(seconds, step->duration_ns));
	put_words(progress, "", step->detail);
}

static void put_vm_ended(struct progress *progress, const Pb__VmEnded *ended)
{
	set_phase(progress, "");
	/* A good end needs words only when the guest is given up. */
	if (ended->reason == PB__VM_END_REASON__VM_END_FINISHED) {
		if (has_text(ended->detail))
			put_words(progress, "VM given up: ", ended->detail);
		return;
	}
	fprintf(progress->to, "VM ended: %s", boot_end_words(ended->reason));
	put_words(progress, has_text(ended->detail) ? ": " : "", ended->detail);
}

/* The report can come when the line "pass" stands there already. */
static bool is_turned_by_problem(const struct result *result,
				 const Pb__Event *event)
{
	const struct attempt *attempt = NULL;
	struct assignment_key key;

	if (result_find(result, event, &key))
		attempt = result_attempt(result, &key);
	return attempt && attempt->kernel_problems == 1 &&
	       attempt->guest_verdict == PB__VERDICT__VERDICT_PASS &&
	       attempt->verdict == PB__VERDICT__VERDICT_FAIL;
}

/* Not what follows from another problem, nor what a test provokes. */
static bool is_news(const struct result *result,
		    const Pb__KernelProblem *problem)
{
	struct problem_rules rules =
		problem_rules_of(result_facts(result)->run, problem);

	return !rules.ignore && !problem->consequence &&
	       problem->severity != PB__SEVERITY__SEVERITY_NOTE &&
	       !problem_is_expected(problem, rules.expects);
}

static void put_problem(struct progress *progress, const struct result *result,
			const Pb__Event *event)
{
	const Pb__KernelProblem *problem = event->kernel_problem;

	if (is_news(result, problem) || progress->detail == PROGRESS_VERBOSE)
		put_words(progress, "kernel: ", problem->title);
	if (is_turned_by_problem(result, event))
		put_attempt(progress, result, event);
}

static void put_resumed(struct progress *progress, const struct result *result)
{
	const struct tally *tally = result_tally(result);

	uint32_t left = tally->count[PB__VERDICT__VERDICT_LOST] +
			tally->count[PB__VERDICT__VERDICT_NOT_REACHED];

	fprintf(progress->to,
		"going on with the run: %" PRIu32 " test%s left\n", left,
		left == 1 ? "" : "s");
}

static void begin_test(struct progress *progress, const struct result *result,
		       const Pb__Event *event)
{
	if (!result_find(result, event, &progress->key))
		return;
	progress->phase[0] = '\0';
	progress->running = true;
	progress->since_ns = event->mono_ns;
}

static void put_event(struct progress *progress, const struct result *result,
		      const Pb__Event *event)
{
	if (event->body_case == PB__EVENT__BODY_RUN_RESUMED)
		put_resumed(progress, result);
	else if (event->body_case == PB__EVENT__BODY_VM_STARTED)
		put_vm_started(progress, result, event);
	else if (event->body_case == PB__EVENT__BODY_HELLO)
		put_hello(progress, result, event);
	else if (event->body_case == PB__EVENT__BODY_SETUP_STEP)
		put_step(progress, event->setup_step);
	else if (event->body_case == PB__EVENT__BODY_SETUP_DONE)
		put_setup_done(progress, result, event);
	else if (event->body_case == PB__EVENT__BODY_SETUP_FAILED)
		put_words(progress,
			  "set-up failed: ", event->setup_failed->reason);
	else if (event->body_case == PB__EVENT__BODY_TEST_STARTED)
		begin_test(progress, result, event);
	else if (event->body_case == PB__EVENT__BODY_TEST_FINISHED ||
		 event->body_case == PB__EVENT__BODY_ATTEMPT_ENDED)
		put_attempt(progress, result, event);
	else if (event->body_case == PB__EVENT__BODY_KERNEL_PROBLEM)
		put_problem(progress, result, event);
	else if (event->body_case == PB__EVENT__BODY_VM_ENDED)
		put_vm_ended(progress, event->vm_ended);
	else if (event->body_case == PB__EVENT__BODY_STOP_REQUESTED)
		put_words(progress, "stopping: ",
			  has_text(event->stop_requested->text)
				  ? event->stop_requested->text
				  : event->stop_requested->reason);
	else if (event->body_case == PB__EVENT__BODY_NOTICE)
		put_words(progress, "note: ", event->notice->text);
	else if (event->body_case == PB__EVENT__BODY_TROUBLE)
		put_words(progress, "guest: ", event->trouble->text);
}

/* "[12/672] generic/013 3s, 2 failed": how many are over, and what runs. */
static void show_status(struct progress *progress, const struct result *result)
{
	const struct tally *tally = result_tally(result);
	uint64_t planned = tally_total(tally) -
			   tally->count[PB__VERDICT__VERDICT_EXCLUDED];
	uint64_t failed = tally_failed(tally);
	uint64_t age_ns = progress->now_ns > progress->since_ns
				  ? progress->now_ns - progress->since_ns
				  : 0;
	char name[4 * LIMIT_NAME];
	char age[DURATION_TEXT];
	char tail[64] = "";
	char text[STATUS_BYTES];

	if (!progress->running && !*progress->phase) {
		status_hide(&progress->status);
		return;
	}
	printer_line(name, sizeof(name),
		     progress->running
			     ? result_test(result, progress->key.test)->name
			     : progress->phase);
	if (failed)
		snprintf(tail, sizeof(tail), ", %" PRIu64 " failed", failed);
	snprintf(text, sizeof(text), "[%" PRIu64 "/%" PRIu64 "] %s %s%s",
		 tally_real(tally), planned, name, duration_words(age, age_ns),
		 tail);
	status_show(&progress->status, text);
}

void progress_event(struct progress *progress, const struct result *result,
		    const Pb__Event *event)
{
	if (progress->detail == PROGRESS_QUIET)
		return;
	progress->now_ns = event->mono_ns;
	if (result_ignored(result) != progress->ignored) {
		progress->ignored = result_ignored(result);
		return;
	}
	status_hide(&progress->status);
	put_event(progress, result, event);
	show_status(progress, result);
	fflush(progress->to);
}

void progress_tick(struct progress *progress, const struct result *result,
		   uint64_t mono_ns)
{
	if (progress->detail == PROGRESS_QUIET)
		return;
	progress->now_ns = mono_ns;
	show_status(progress, result);
}

void progress_console(struct progress *progress, struct bytes line)
{
	char text[4 * PRINTER_LINE];

	if (progress->detail != PROGRESS_VERBOSE)
		return;
	status_hide(&progress->status);
	escape_text(text, sizeof(text), line, true);
	fprintf(progress->to, "| %s\n", text);
}
