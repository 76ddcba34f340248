/* SPDX-License-Identifier: GPL-2.0-or-later */
/* course - one test from its start to its end, as the hook tells of it. */
#include "guest/course.h"

#include "guest/invocation.h"
#include "guest/order.h"
#include "guest/output.h"
#include "guest/overtime.h"
#include "shared/clock.h"
#include "shared/log.h"

void course_say_started(struct runner *runner)
{
	struct job_test *test = &runner->job->test;
	struct counts counts = counters_read(&runner->counters);
	Pb__TestStarted body = PB__TEST_STARTED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.index = test->index;
	body.name = runner->spec->tests[test->index];
	body.rerun = test->rerun;
	/* Before the log is read: what is counted is in it. */
	body.has_counts = counts.known;
	body.warn_count = counts.warns;
	body.oops_count = counts.oopses;
	body.kmsg_sequence = runner->owner.kmsg_next(runner->owner.context);
	envelope.body_case = PB__ENVELOPE__BODY_TEST_STARTED;
	envelope.test_started = &body;
	job_will_say(runner->job, JOB_SAYS_TEST_STARTED);
	runner_send(runner, &envelope);
}

static bool begin_test(struct runner *runner, const char *name)
{
	struct job *job = runner->job;
	struct job_test test = {.active = false};
	struct order_place place;

	if (order_find(job, runner->spec, name, &place) < 0)
		return false;
	test.index = place.index;
	test.rerun = place.rerun;
	test.started_ns = clock_mono_ns();
	test.stdout_offset = output_size(job);
	if (!job->baseline.is_taken)
		baseline_take(&job->baseline, &job->places,
			      job->shared_machine);
	job->left[0] = '\0';
	job_has_not_said(job, JOB_SAYS_TEST_STARTED);
	job_has_not_said(job, JOB_SAYS_TEST_FINISHED);
	runner->wedged[0] = '\0';
	runner->last_inquest = false;
	runner->left_nothing = false;
	job->test = test;
	__atomic_store_n(&job->test.active, true, __ATOMIC_RELEASE);
	__atomic_store_n(&job->next_index, test.index + 1, __ATOMIC_RELEASE);
	course_say_started(runner);
	return true;
}

static void let_start(struct runner *runner)
{
	runner_wait_no_more(runner);
	hook_reply_all(&runner->hook, HOOK_TEST_STARTS);
	/* What had to wait for it. */
	runner->owner.kick(runner->owner.context);
}

/* Only of this test: what is sent after it, bulk above all, must not delay
 * it. */
static bool host_knows(const struct runner *runner)
{
	return job_is_heard(runner->job, JOB_SAYS_TEST_STARTED);
}

static bool ended_well(const struct job_test *test)
{
	return test->has_status && test->status == 0 && !test->timed_out &&
	       !test->start_timed_out && !test->post_check_timed_out;
}

void course_give_up(struct runner *runner)
{
	runner_decide_unclean(runner);
	invocation_kill(runner);
}

/* Tells of the end of the test before this one, and of this one's start. Returns
 * whether that is done; else it is not to begin, or not yet. */
static bool take_turn(struct runner *runner, struct hook_client *client)
{
	const char *name = client->request.name;

	if (order_is_repeated(runner->job, runner->spec, name))
		return true;
	if (runner->job->test.active) {
		bool well = ended_well(&runner->job->test);

		runner_pause(runner);
		if (!(well && runner->left_nothing) &&
		    !runner_examine(runner, !well))
			return false;
	}
	if (runner_tell_finished(runner, true)) {
		runner_collect(runner);
		course_give_up(runner);
		return false;
	}
	if (begin_test(runner, name))
		return true;
	log_warning("check starts a test that is not planned");
	runner_collect(runner);
	/* Or it would be in the scope of the test after it. */
	scope_close(&runner->scope);
	runner_enter(runner, RUNNER_BETWEEN);
	hook_reply(client);
	return false;
}

static void on_test_starts(struct runner *runner, struct hook_client *client)
{
	if (runner->job->stop_requested || runner_is_decided(runner)) {
		/* It was not there yet when it was to be killed, or it is
		 * dying. */
		invocation_kill(runner);
		return;
	}
	if (!take_turn(runner, client))
		return;
	runner_enter(runner, RUNNER_STARTING);
	runner->asked_ns = clock_mono_ns();
	runner->owner.push(runner->owner.context);
	/* The host's answer takes longer than this. */
	runner_collect(runner);
	scope_prepare(&runner->scope);
	if (host_knows(runner)) {
		let_start(runner);
		return;
	}
	ev_timer_stop(runner->loop, &runner->ack_wait);
	ev_timer_set(&runner->ack_wait, RUNNER_ACK_WAIT_S, 0);
	ev_timer_start(runner->loop, &runner->ack_wait);
}

void course_on_acked(struct runner *runner)
{
	if (!runner_is_waiting(runner) || !host_knows(runner))
		return;
	latency_add(&runner->acks, clock_mono_ns() - runner->asked_ns);
	let_start(runner);
}

static void on_scope_begin(struct runner *runner, struct hook_client *client)
{
	struct job_test *test = &runner->job->test;

	if (test->active && test->pid != client->request.pid) {
		scope_open(&runner->scope, client->request.pid);
		test->run_started_ns = clock_mono_ns();
		test->pid = client->request.pid;
		runner_enter(runner, RUNNER_TEST);
	}
	hook_reply(client);
}

static void on_scope_end(struct runner *runner, struct hook_client *client)
{
	struct job_test *test = &runner->job->test;

	if (test->active && test->pid == client->request.pid &&
	    !test->has_status) {
		test->status = client->request.status;
		test->run_ended_ns = clock_mono_ns();
		test->kmsg_ended =
			runner->owner.kmsg_next(runner->owner.context);
		test->has_status = true;
		if (runner->ladder.state == LADDER_IDLE)
			runner_enter(runner, RUNNER_POST_CHECK);
	}
	hook_reply(client);
}

/* Of the test, no process runs any more. What is looked at now, while check
 * stands still, need not be when the next test is to start. */
static void see_off(struct runner *runner)
{
	if (!runner->job->test.active || runner->aftermath.runs ||
	    !aftermath_has_nothing(&runner->aftermath))
		return;
	runner->left_nothing = true;
	scope_close(&runner->scope);
}

/* check waits until what the test has left running is gone: only then can the
 * filesystem be unmounted and checked. */
static void on_scope_stop(struct runner *runner, struct hook_client *client)
{
	if (!runner->job->test.active || scope_is_empty(&runner->scope)) {
		see_off(runner);
		hook_reply(client);
		/* While check is at its own work. */
		scope_prepare(&runner->scope);
		return;
	}
	scope_kill(&runner->scope, false);
	vacancy_wait(&runner->vacancy, &runner->scope, VACANCY_WAIT_S);
}

bool course_is_vacant(void *context)
{
	struct runner *runner = context;

	return runner->check_killed || runner->job->check_exited
		       ? invocation_is_gone(runner)
		       : scope_is_empty(&runner->scope);
}

/* What a test has left and does not die is left over, when the next begins. */
void course_on_vacant(void *context)
{
	struct runner *runner = context;
	bool check_goes_on =
		!runner->check_killed && !runner->job->check_exited;

	if (check_goes_on && scope_is_empty(&runner->scope))
		see_off(runner);
	hook_reply_all(&runner->hook, HOOK_SCOPE_STOP);
	if (check_goes_on) {
		scope_prepare(&runner->scope);
		return;
	}
	if (invocation_is_gone(runner))
		invocation_settle(runner);
	else
		overtime_wedged(runner);
}

void course_on_hook(void *context, struct hook_client *client)
{
	struct runner *runner = context;

	switch ((enum hook_kind)client->request.kind) {
	case HOOK_TEST_STARTS:
		on_test_starts(runner, client);
		return;
	case HOOK_SCOPE_BEGIN:
		on_scope_begin(runner, client);
		return;
	case HOOK_SCOPE_END:
		on_scope_end(runner, client);
		return;
	case HOOK_SCOPE_STOP:
		on_scope_stop(runner, client);
		return;
	case HOOK_KINDS:
		break;
	}
	hook_reply(client);
}

void course_on_ack_wait(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	let_start(timer->data);
}
