/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule - which tests are still to be run, and whether to boot again. */
#include "host/run/schedule.h"

#include "host/record/reason.h"
#include "host/record/verdict.h"
#include "shared/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FRUITLESS_BOOTS = 2 };

void schedule_init(struct schedule *schedule)
{
	*schedule = (struct schedule){.running = -1};
}

static void free_job(struct schedule *schedule)
{
	free(schedule->job);
	free(schedule->job_attempt);
	schedule->job = NULL;
	schedule->job_attempt = NULL;
	schedule->job_count = 0;
}

void schedule_deinit(struct schedule *schedule)
{
	for (size_t i = 0; i < schedule->count; i++)
		free(schedule->tests[i].name);
	free(schedule->tests);
	free_job(schedule);
	schedule_init(schedule);
}

static int apply_run_started(struct schedule *schedule,
			     const Pb__RunStarted *started)
{
	schedule_deinit(schedule);
	schedule->tests =
		calloc(started->n_tests + 1, sizeof(*schedule->tests));
	if (schedule->tests == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < started->n_tests; i++) {
		struct schedule_test *test = &schedule->tests[i];

		test->name = strdup(started->tests[i]->name);
		if (test->name == NULL)
			return -ENOMEM;
		test->has_verdict = started->tests[i]->excluded;
		test->state = test->has_verdict ? SCHEDULE_DONE : SCHEDULE_TODO;
		schedule->count++;
	}
	schedule->retries = started->retries;
	schedule->max_crashes = started->max_crashes;
	return 0;
}

static int apply_vm_started(struct schedule *schedule,
			    const Pb__VmStarted *started)
{
	size_t n = started->n_plan;

	free_job(schedule);
	schedule->boots++;
	schedule->job_progress = false;
	schedule->running = -1;
	if (n != started->n_attempt)
		return -EBADMSG;
	schedule->job = calloc(n + 1, sizeof(*schedule->job));
	schedule->job_attempt = calloc(n + 1, sizeof(*schedule->job_attempt));
	if (schedule->job == NULL || schedule->job_attempt == NULL) {
		free_job(schedule);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		if (started->plan[i] >= schedule->count)
			return -EBADMSG;
		schedule->job[i] = started->plan[i];
		schedule->job_attempt[i] = started->attempt[i];
		schedule->job_count++;
	}
	return 0;
}

static void apply_test_started(struct schedule *schedule,
			       const Pb__TestStarted *started)
{
	struct schedule_test *test;

	if (started->index >= schedule->job_count)
		return;
	test = &schedule->tests[schedule->job[started->index]];
	test->state = SCHEDULE_RUNNING;
	test->attempts++;
	schedule->running = schedule->job[started->index];
	schedule->job_progress = true;
}

static void test_is_over(struct schedule *schedule, size_t index, bool retry)
{
	struct schedule_test *test = &schedule->tests[index];

	if (schedule->running == (int64_t)index)
		schedule->running = -1;
	test->state = SCHEDULE_DONE;
	if (retry && test->retries < schedule->retries) {
		test->retries++;
		test->state = SCHEDULE_TODO;
	}
}

static void apply_test_finished(struct schedule *schedule,
				const Pb__TestFinished *finished)
{
	bool lost = !verdict_is_real(reason_verdict(finished));
	uint32_t index;

	if (finished->index >= schedule->job_count)
		return;
	index = schedule->job[finished->index];
	if (!lost)
		schedule->tests[index].has_verdict = true;
	test_is_over(schedule, index, lost && !schedule->stopped);
}

static void apply_attempt_ended(struct schedule *schedule,
				const Pb__AttemptEnded *ended)
{
	bool retry = ended->verdict == PB__VERDICT__VERDICT_CRASH ||
		     ended->verdict == PB__VERDICT__VERDICT_HANG ||
		     ended->verdict == PB__VERDICT__VERDICT_LOST;

	if (ended->test >= schedule->count)
		return;
	if (verdict_is_failure(ended->verdict))
		schedule->tests[ended->test].has_verdict = true;
	/* One that never started, as check stepped over it. */
	if (schedule->tests[ended->test].attempts == ended->attempt)
		schedule->tests[ended->test].attempts++;
	test_is_over(schedule, ended->test, retry);
}

static void apply_vm_ended(struct schedule *schedule, const Pb__VmEnded *ended)
{
	schedule->last_end = ended->reason;
	bytes_copy_string(schedule->last_detail, sizeof(schedule->last_detail),
			  ended->detail);
	if (ended->reason == PB__VM_END_REASON__VM_END_CRASHED ||
	    ended->reason == PB__VM_END_REASON__VM_END_HUNG ||
	    ended->reason == PB__VM_END_REASON__VM_END_GONE ||
	    ended->reason == PB__VM_END_REASON__VM_END_PROTOCOL)
		schedule->crashes++;
	schedule->fruitless_boots =
		schedule->job_progress ? 0 : schedule->fruitless_boots + 1;
	/* The controller was killed before it could say how the test ended. */
	if (schedule->running >= 0)
		test_is_over(schedule, (size_t)schedule->running, true);
}

static void apply_stop_requested(struct schedule *schedule,
				 const Pb__StopRequested *stop)
{
	schedule->stopped = true;
	schedule->timed_out = strcmp(stop->reason, "timeout") == 0;
}

static void apply_run_resumed(struct schedule *schedule)
{
	schedule->stopped = false;
	schedule->timed_out = false;
	schedule->fruitless_boots = 0;
	schedule->crashes = 0;
	schedule->last_end = PB__VM_END_REASON__VM_END_UNSPECIFIED;
	schedule->last_detail[0] = '\0';
	schedule->running = -1;
	free_job(schedule);
	for (size_t i = 0; i < schedule->count; i++)
		if (!schedule->tests[i].has_verdict ||
		    schedule->tests[i].state == SCHEDULE_RUNNING)
			schedule->tests[i].state = SCHEDULE_TODO;
}

int schedule_apply(struct schedule *schedule, const Pb__Event *event)
{
	if (event->body_case == PB__EVENT__BODY_RUN_STARTED)
		return apply_run_started(schedule, event->run_started);
	if (event->body_case == PB__EVENT__BODY_VM_STARTED)
		return apply_vm_started(schedule, event->vm_started);
	if (event->body_case == PB__EVENT__BODY_TEST_STARTED)
		apply_test_started(schedule, event->test_started);
	if (event->body_case == PB__EVENT__BODY_TEST_FINISHED)
		apply_test_finished(schedule, event->test_finished);
	if (event->body_case == PB__EVENT__BODY_ATTEMPT_ENDED)
		apply_attempt_ended(schedule, event->attempt_ended);
	if (event->body_case == PB__EVENT__BODY_VM_ENDED)
		apply_vm_ended(schedule, event->vm_ended);
	if (event->body_case == PB__EVENT__BODY_STOP_REQUESTED)
		apply_stop_requested(schedule, event->stop_requested);
	if (event->body_case == PB__EVENT__BODY_RUN_RESUMED)
		apply_run_resumed(schedule);
	return 0;
}

/* A check that will not start again and again is set up wrongly, too. */
static bool setup_has_failed(const struct schedule *schedule)
{
	return schedule->last_end == PB__VM_END_REASON__VM_END_SETUP_FAILED ||
	       (schedule->fruitless_boots >= FRUITLESS_BOOTS &&
		schedule->last_end == PB__VM_END_REASON__VM_END_CHECK_FAILED);
}

/* Whether the end of the last boot leaves no sense in another one. */
static bool must_end(const struct schedule *schedule, Pb__RunEnd *ret_end)
{
	*ret_end = PB__RUN_END__RUN_END_UNSPECIFIED;
	if (schedule->stopped)
		*ret_end = schedule->timed_out ? PB__RUN_END__RUN_END_TIMEOUT
					       : PB__RUN_END__RUN_END_STOPPED;
	else if (schedule->last_end == PB__VM_END_REASON__VM_END_HOST_FAILED)
		*ret_end = PB__RUN_END__RUN_END_HOST_FAILED;
	else if (setup_has_failed(schedule))
		*ret_end = PB__RUN_END__RUN_END_SETUP_FAILED;
	else if (schedule->fruitless_boots >= FRUITLESS_BOOTS)
		*ret_end = PB__RUN_END__RUN_END_BOOT_FAILED;
	else if (schedule->max_crashes > 0 &&
		 schedule->crashes >= schedule->max_crashes)
		*ret_end = PB__RUN_END__RUN_END_TOO_MANY_CRASHES;
	return *ret_end != PB__RUN_END__RUN_END_UNSPECIFIED;
}

size_t schedule_next(const struct schedule *schedule, uint32_t *ret_tests,
		     size_t cap, Pb__RunEnd *ret_end)
{
	size_t n = 0;

	for (size_t i = 0; i < schedule->count && n < cap; i++)
		if (schedule->tests[i].state == SCHEDULE_TODO)
			ret_tests[n++] = (uint32_t)i;
	if (n == 0) {
		*ret_end = PB__RUN_END__RUN_END_COMPLETE;
		return 0;
	}
	return must_end(schedule, ret_end) ? 0 : n;
}

bool schedule_running(const struct schedule *schedule, uint32_t *ret_test,
		      uint32_t *ret_attempt)
{
	if (schedule->running < 0)
		return false;
	*ret_test = (uint32_t)schedule->running;
	*ret_attempt = schedule->tests[schedule->running].attempts - 1;
	return true;
}

bool schedule_stepped_over(const struct schedule *schedule, size_t *from,
			   uint32_t *ret_test, uint32_t *ret_attempt)
{
	for (; *from < schedule->job_count; ++*from) {
		const struct schedule_test *test =
			&schedule->tests[schedule->job[*from]];

		if (test->state != SCHEDULE_TODO ||
		    test->attempts != schedule->job_attempt[*from])
			continue;
		*ret_test = schedule->job[*from];
		*ret_attempt = test->attempts;
		++*from;
		return true;
	}
	return false;
}

Pb__Verdict schedule_verdict(Pb__VmEndReason reason, bool timed_out)
{
	switch (reason) {
	case PB__VM_END_REASON__VM_END_CRASHED:
		return PB__VERDICT__VERDICT_CRASH;
	case PB__VM_END_REASON__VM_END_HUNG:
		return PB__VERDICT__VERDICT_HANG;
	case PB__VM_END_REASON__VM_END_WEDGED:
		return PB__VERDICT__VERDICT_TIMEOUT;
	case PB__VM_END_REASON__VM_END_STOPPED:
		return timed_out ? PB__VERDICT__VERDICT_TIMEOUT
				 : PB__VERDICT__VERDICT_NOT_REACHED;
	case PB__VM_END_REASON__VM_END_UNSPECIFIED:
	case PB__VM_END_REASON__VM_END_FINISHED:
	case PB__VM_END_REASON__VM_END_BOOT_TIMEOUT:
	case PB__VM_END_REASON__VM_END_BOOT_FAILED:
	case PB__VM_END_REASON__VM_END_SETUP_FAILED:
	case PB__VM_END_REASON__VM_END_GONE:
	case PB__VM_END_REASON__VM_END_PROTOCOL:
	case PB__VM_END_REASON__VM_END_CHECK_FAILED:
	case PB__VM_END_REASON__VM_END_HOST_FAILED:
	case _PB__VM_END_REASON_IS_INT_SIZE:
		break;
	}
	return PB__VERDICT__VERDICT_LOST;
}
