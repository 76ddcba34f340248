/* SPDX-License-Identifier: GPL-2.0-or-later */
/* runner - drives check through the tests of the job, one after the other. */
#include "guest/runner.h"

#include "guest/course.h"
#include "guest/finish.h"
#include "guest/invocation.h"
#include "guest/overtime.h"
#include "guest/supervisor.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { ABSENCE_MS = 1000 };

void runner_send(struct runner *runner, Pb__Envelope *envelope)
{
	int rc = runner->owner.send(runner->owner.context, envelope);

	if (rc < 0)
		log_error("a message is lost: %s", strerror(-rc));
}

static void arm(struct runner *runner, uint64_t ms)
{
	ev_timer_stop(runner->loop, &runner->deadline);
	ev_timer_set(&runner->deadline, (double)ms / 1000.0, 0);
	if (ms > 0)
		ev_timer_start(runner->loop, &runner->deadline);
}

static uint64_t test_time_ms(const struct runner *runner)
{
	const Pb__RunSpec *spec = runner->spec;
	uint32_t index = runner->job->test.index;
	uint64_t ms = index < spec->n_test_timeouts_ms
			      ? spec->test_timeouts_ms[index]
			      : 0;

	return ms > 0 ? ms : spec->test_timeout_ms;
}

void runner_enter(struct runner *runner, enum runner_state state)
{
	const Pb__RunSpec *spec = runner->spec;

	runner->state = state;
	runner->turn++;
	switch (state) {
	case RUNNER_IDLE:
		arm(runner, 0);
		break;
	case RUNNER_BETWEEN:
		arm(runner, spec->setup_timeout_ms);
		break;
	case RUNNER_STARTING:
	case RUNNER_POST_CHECK:
		arm(runner, spec->post_check_timeout_ms);
		break;
	case RUNNER_TEST:
		arm(runner, test_time_ms(runner));
		break;
	}
}

void runner_pause(struct runner *runner)
{
	/* An inquest that is not over yet comes too late. */
	runner->turn++;
	arm(runner, 0);
}

bool runner_examine(struct runner *runner, bool closely)
{
	if (runner->examined)
		return true;
	if (runner->aftermath.runs)
		return false;
	runner->examined =
		aftermath_look(&runner->aftermath, &runner->scope, closely);
	return runner->examined;
}

static void on_examined(void *context)
{
	struct runner *runner = context;

	runner->examined = true;
	if (runner->job->check_exited)
		invocation_settle(runner);
	else
		hook_ask_again(&runner->hook, HOOK_TEST_STARTS);
}

bool runner_tell_finished(struct runner *runner, bool by_check)
{
	const struct finish_owner owner = {
		.send = runner->owner.send,
		.kmsg_next = runner->owner.kmsg_next,
		.context = runner->owner.context,
		.counters = &runner->counters,
	};
	struct job *job = runner->job;
	const struct finish_aftermath aftermath = {
		.leftovers = job->left,
		.wedged = runner->wedged,
	};

	/* What a predecessor has told of stays. */
	if (runner->examined && (job->test.active || job->left[0] == '\0'))
		bytes_copy_string(job->left, sizeof(job->left),
				  runner->aftermath.text);
	runner->examined = false;
	if (!job->test.active)
		return job->left[0] != '\0';
	ev_timer_stop(runner->loop, &runner->climb);
	ladder_init(&runner->ladder);
	finish_test(job, runner->spec, by_check, &aftermath, &owner);
	if (runner->scope.leader != 0)
		scope_close(&runner->scope);
	return job->left[0] != '\0';
}

void runner_collect(struct runner *runner)
{
	finish_collect(runner->job, runner->spec, runner->collect);
}

bool runner_finish_test(struct runner *runner, bool by_check)
{
	bool has_left_some = runner_tell_finished(runner, by_check);

	runner_collect(runner);
	return has_left_some;
}

void runner_decide(struct runner *runner, Pb__JobEnd how, const char *reason)
{
	struct job *job = runner->job;

	bytes_copy_string(job->end_reason, sizeof(job->end_reason), reason);
	job->end = how;
}

void runner_decide_unclean(struct runner *runner)
{
	static char reason[LIMIT_TEXT];
	const struct job *job = runner->job;

	snprintf(reason, sizeof(reason), "%s has left behind: %.*s",
		 job->next_index > 0 ? runner->spec->tests[job->test.index]
				     : "check",
		 LIMIT_TEXT - 128, job->left);
	runner_decide(runner, PB__JOB_END__JOB_END_UNCLEAN, reason);
}

bool runner_is_decided(const struct runner *runner)
{
	return runner->job->end != PB__JOB_END__JOB_END_UNSPECIFIED;
}

void runner_end(struct runner *runner)
{
	vacancy_stop(&runner->vacancy);
	inquest_stop(&runner->inquest);
	aftermath_stop(&runner->aftermath);
	runner_wait_no_more(runner);
	(void)runner_finish_test(runner, false);
	scope_close(&runner->scope);
	runner->job->check_wanted = false;
	runner_enter(runner, RUNNER_IDLE);
	runner->owner.ended(runner->owner.context);
}

/* No check runs. */
void runner_go_on(struct runner *runner)
{
	if (runner_is_decided(runner))
		runner_end(runner);
	else
		invocation_start(runner);
}

void runner_stop(struct runner *runner, uint64_t grace_ms)
{
	struct job *job = runner->job;

	job->stop_requested = true;
	if (!job->check_wanted) {
		runner_decide(runner, PB__JOB_END__JOB_END_STOPPED, "");
		runner_end(runner);
		return;
	}
	/* check first: it must not start the next test when this one dies,
	 * which it does when check's exit is seen. */
	invocation_kill(runner);
	arm(runner, grace_ms);
}

static void on_supervisor(struct ev_loop *loop, ev_io *io, int events)
{
	struct runner *runner = io->data;
	char word;
	ssize_t n = recv(runner->supervisor_fd, &word, 1, MSG_DONTWAIT);

	(void)events;
	if (n == 0) {
		ev_io_stop(loop, io);
		return;
	}
	if (n == 1 && word == SUPERVISOR_CHECK_EXITED)
		invocation_on_exit(runner);
}

static void init_timer(struct runner *runner, ev_timer *timer,
		       void (*callback)(struct ev_loop *, ev_timer *, int),
		       double seconds)
{
	ev_timer_init(timer, callback, seconds, seconds);
	timer->data = runner;
}

void runner_init(struct runner *runner, struct ev_loop *loop, struct job *job,
		 const Pb__RunSpec *spec, struct collect *collect,
		 int supervisor_fd, const struct runner_owner *owner)
{
	*runner = (struct runner){
		.loop = loop,
		.owner = *owner,
		.job = job,
		.spec = spec,
		.collect = collect,
		.supervisor_fd = supervisor_fd,
		.state = RUNNER_IDLE,
	};
	counters_open(&runner->counters, "/sys/kernel",
		      "/proc/sys/kernel/tainted");
	init_timer(runner, &runner->deadline, overtime_on_deadline, 1);
	init_timer(runner, &runner->climb, overtime_on_climb,
		   LADDER_STEP_MS / 1000.0);
	init_timer(runner, &runner->ack_wait, course_on_ack_wait,
		   RUNNER_ACK_WAIT_S);
	vacancy_init(&runner->vacancy, loop, course_is_vacant, course_on_vacant,
		     runner);
	inquest_init(&runner->inquest, loop, overtime_on_inquest, runner);
	aftermath_init(&runner->aftermath, loop, job, on_examined, runner);
	ev_io_init(&runner->supervisor, on_supervisor, supervisor_fd, EV_READ);
	runner->supervisor.data = runner;
	ev_io_start(loop, &runner->supervisor);
}

/* The rest of a step in which the agent before this one was killed. */
static void make_rest_of_step(struct runner *runner)
{
	struct job *job = runner->job;

	if (!job_has_said(job, JOB_SAYS_CHECK_STARTED))
		invocation_say_started(runner);
	if (job->check_pid == 0 && !job->check_exited)
		invocation_ask(runner);
	if (!job->test.active)
		return;
	job->next_index = job->test.index + 1;
	if (!job_has_said(job, JOB_SAYS_TEST_STARTED))
		course_say_started(runner);
	if (job_has_said(job, JOB_SAYS_TEST_FINISHED))
		(void)runner_finish_test(runner, false);
}

/* What a test that is told of has left is known, and what that means is not
 * decided yet. */
static bool is_to_be_given_up(const struct runner *runner)
{
	const struct job *job = runner->job;

	return !job->test.active && job->left[0] != '\0' &&
	       job->next_index < runner->spec->n_tests && !job->check_exited &&
	       !runner_is_decided(runner);
}

/* What the test has left of its time: a test that kills the agent again and
 * again must not live for ever; a moment more is for our own absence. */
static uint64_t test_time_left_ms(const struct runner *runner)
{
	uint64_t limit_ms = test_time_ms(runner);
	uint64_t age_ms = clock_ms_of_ns(clock_mono_ns() -
					 runner->job->test.run_started_ns);

	return (age_ms < limit_ms ? limit_ms - age_ms : 0) + ABSENCE_MS;
}

/* Where a killed agent has left off. */
static void take_over(struct runner *runner)
{
	struct job_test *test = &runner->job->test;

	runner_collect(runner);
	make_rest_of_step(runner);
	if (is_to_be_given_up(runner))
		course_give_up(runner);
	if (!test->active)
		runner_enter(runner, RUNNER_BETWEEN);
	else if (test->pid == 0)
		runner_enter(runner, RUNNER_STARTING);
	else
		runner_enter(runner, test->has_status ? RUNNER_POST_CHECK
						      : RUNNER_TEST);
	if (runner->state == RUNNER_TEST && test_time_ms(runner) > 0)
		arm(runner, test_time_left_ms(runner));
	overtime_take_over(runner);
	invocation_on_exit(runner);
}

void runner_start(struct runner *runner, int hook_fd)
{
	struct job *job = runner->job;

	scope_adopt(&runner->scope, job->test.active ? job->test.pid : 0);
	hook_open(&runner->hook, runner->loop, hook_fd, course_on_hook, runner);
	if (job->check_wanted && !runner_is_decided(runner))
		take_over(runner);
	else
		runner_go_on(runner);
}

bool runner_is_waiting(const struct runner *runner)
{
	return ev_is_active(&runner->ack_wait);
}

void runner_wait_no_more(struct runner *runner)
{
	ev_timer_stop(runner->loop, &runner->ack_wait);
}

bool runner_age_ms(const struct runner *runner, uint64_t *ret_age_ms)
{
	const struct job_test *test = &runner->job->test;

	if (!test->active)
		return false;
	*ret_age_ms = clock_ms_of_ns(clock_mono_ns() - test->started_ns);
	return true;
}
