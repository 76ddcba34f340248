/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reason - see reason.h. */
#include "host/record/reason.h"

#include "host/record/duration.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void reason_init(struct reason *reason)
{
	reason->text[0] = '\0';
	reason->len = 0;
}

static void append(struct reason *reason, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void append(struct reason *reason, const char *format, va_list args)
{
	size_t room = sizeof(reason->text) - reason->len;
	int len = vsnprintf(reason->text + reason->len, room, format, args);

	if (len < 0) {
		reason->text[reason->len] = '\0';
		return;
	}
	reason->len += (size_t)len < room ? (size_t)len : room - 1;
}

static void append_text(struct reason *reason, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void append_text(struct reason *reason, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(reason, format, args);
	va_end(args);
}

void reason_add(struct reason *reason, const char *format, ...)
{
	va_list args;

	if (reason->len)
		append_text(reason, "; ");
	va_start(args, format);
	append(reason, format, args);
	va_end(args);
}

static bool has_text(const char *text)
{
	return text && *text;
}

static void add_limit(struct reason *reason, const char *what, uint64_t ns)
{
	char words[DURATION_TEXT];

	if (ns)
		reason_add(reason, "%s after %s", what,
			   duration_words(words, ns));
	else
		reason_add(reason, "%s", what);
}

static void add_unended(struct reason *reason, const char *what, uint64_t ns)
{
	char words[DURATION_TEXT];

	if (ns)
		reason_add(reason, "%s did not end within %s", what,
			   duration_words(words, ns));
	else
		reason_add(reason, "%s did not end in time", what);
}

static void add_timeout(struct reason *reason, const Pb__TestFinished *finished,
			const struct reason_limits *limits)
{
	if (finished->timed_out)
		add_limit(reason, "timeout", limits->test_ns);
	if (finished->start_timed_out)
		add_unended(reason, "what check does before the test",
			    limits->post_check_ns);
	if (finished->post_check_timed_out)
		add_unended(reason, "the filesystem check after the test",
			    limits->post_check_ns);
	if (finished->wedged && has_text(finished->wedged_text))
		reason_add(reason, "guest wedged: SIGKILL does not end %s",
			   finished->wedged_text);
	else if (finished->wedged)
		reason_add(reason, "guest wedged: SIGKILL does not end it");
}

static void add_status(struct reason *reason, const Pb__TestFinished *finished)
{
	if (finished->dumped_core)
		reason_add(reason, "dumped core");
	if (!finished->has_status)
		return;
	if (finished->term_signal)
		reason_add(reason, "killed by signal %u",
			   finished->term_signal);
	else if (finished->exit_status)
		reason_add(reason, "failed, exit status %u",
			   finished->exit_status);
}

/* In the order in which check itself finds and prints them. */
static void add_failure(struct reason *reason, const Pb__TestFinished *finished,
			const char *name)
{
	add_status(reason, finished);
	if (has_text(finished->fs_problem))
		reason_add(reason, "%s", finished->fs_problem);
	if (finished->dmesg_found)
		reason_add(reason,
			   "_check_dmesg: something found in dmesg "
			   "(see %s.dmesg)",
			   name);
	if (finished->kmemleak_found)
		reason_add(reason,
			   "_check_kmemleak: something found in kmemleak "
			   "(see %s.kmemleak)",
			   name);
	if (finished->no_golden_output)
		reason_add(reason, "no qualified output");
	if (finished->output_mismatch)
		reason_add(reason, "output mismatch (see %s.out.bad)", name);
	if (!reason->len)
		reason_add(reason, "failed, and left no reason");
}

static void add_notrun(struct reason *reason, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	if (len)
		reason_add(reason, "%.*s",
			   (int)(len < REASON_MAX ? len : REASON_MAX), text);
	else
		reason_add(reason, "the test gave no reason");
}

Pb__Verdict reason_verdict(const Pb__TestFinished *finished)
{
	if (finished->timed_out || finished->start_timed_out ||
	    finished->post_check_timed_out)
		return PB__VERDICT__VERDICT_TIMEOUT;
	switch (finished->check_verdict) {
	case PB__CHECK_VERDICT__CHECK_VERDICT_PASS:
		return PB__VERDICT__VERDICT_PASS;
	case PB__CHECK_VERDICT__CHECK_VERDICT_NOTRUN:
		return PB__VERDICT__VERDICT_NOTRUN;
	case PB__CHECK_VERDICT__CHECK_VERDICT_FAIL:
		return PB__VERDICT__VERDICT_FAIL;
	case PB__CHECK_VERDICT__CHECK_VERDICT_NONE:
	case PB__CHECK_VERDICT__CHECK_VERDICT_UNSPECIFIED:
	case _PB__CHECK_VERDICT_IS_INT_SIZE:
		break;
	}
	return PB__VERDICT__VERDICT_LOST;
}

void reason_of_finished(struct reason *reason, const Pb__TestFinished *finished,
			const char *name, const struct reason_limits *limits)
{
	Pb__Verdict verdict = reason_verdict(finished);

	if (verdict == PB__VERDICT__VERDICT_TIMEOUT)
		add_timeout(reason, finished, limits);
	else if (verdict == PB__VERDICT__VERDICT_FAIL)
		add_failure(reason, finished, name);
	else if (verdict == PB__VERDICT__VERDICT_NOTRUN)
		add_notrun(reason, finished->notrun_reason);
	else if (verdict == PB__VERDICT__VERDICT_LOST)
		reason_add(reason, "check died before it could say");
}

const char *reason_of_verdict(Pb__Verdict verdict)
{
	switch (verdict) {
	case PB__VERDICT__VERDICT_PASS:
		return "";
	case PB__VERDICT__VERDICT_FAIL:
		return "failed";
	case PB__VERDICT__VERDICT_NOTRUN:
		return "not run";
	case PB__VERDICT__VERDICT_EXCLUDED:
		return "excluded by -X, -e or -E";
	case PB__VERDICT__VERDICT_TIMEOUT:
		return "timeout";
	case PB__VERDICT__VERDICT_CRASH:
		return "kernel crash";
	case PB__VERDICT__VERDICT_HANG:
		return "the VM gave no sign of life";
	case PB__VERDICT__VERDICT_NOT_REACHED:
		return "never started";
	case PB__VERDICT__VERDICT_LOST:
	case PB__VERDICT__VERDICT_UNSPECIFIED:
	case _PB__VERDICT_IS_INT_SIZE:
		break;
	}
	return "started, and no result came back";
}

const char *reason_of_run_end(Pb__RunEnd end)
{
	switch (end) {
	case PB__RUN_END__RUN_END_STOPPED:
		return "the run was stopped";
	case PB__RUN_END__RUN_END_TIMEOUT:
		return "the total timeout was over";
	case PB__RUN_END__RUN_END_BOOT_FAILED:
		return "the VM did not boot";
	case PB__RUN_END__RUN_END_SETUP_FAILED:
		return "the guest could not be set up";
	case PB__RUN_END__RUN_END_TOO_MANY_CRASHES:
		return "too many crashes";
	case PB__RUN_END__RUN_END_HOST_FAILED:
		return "fstvm failed";
	case PB__RUN_END__RUN_END_COMPLETE:
		return "never started";
	case PB__RUN_END__RUN_END_UNSPECIFIED:
	case _PB__RUN_END_IS_INT_SIZE:
		break;
	}
	return "the run has no end";
}
