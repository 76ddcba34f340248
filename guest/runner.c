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

#include <string.h>
#include <sys/socket.h>

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

void runner_enter(struct runner *runner, enum runner_state state)
{
	const Pb__RunSpec *spec = runner->spec;

	runner->state = state;
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
		arm(runner, spec->test_timeout_ms);
		break;
	}
}

/* by_check: check itself is past the test, so that what is not a pass is a
 * failure. */
void runner_finish_test(struct runner *runner, bool by_check)
{
	const struct finish_owner owner = {
		.send = runner->owner.send,
		.kmsg_next = runner->owner.kmsg_next,
		.context = runner->owner.context,
	};

	if (!runner->job->test.active)
		return;
	ev_timer_stop(runner->loop, &runner->climb);
	ladder_init(&runner->ladder);
	finish_test(runner->job, runner->spec, runner->collect, by_check,
		    &owner);
	scope_close(&runner->scope);
}

/* The job ends, of which a successor may have to make the rest. */
void runner_decide(struct runner *runner, Pb__JobEnd how, const char *reason)
{
	struct job *job = runner->job;

	bytes_copy_string(job->end_reason, sizeof(job->end_reason), reason);
	job->end = how;
}

void runner_end(struct runner *runner)
{
	runner_finish_test(runner, false);
	runner->job->check_wanted = false;
	runner_enter(runner, RUNNER_IDLE);
	runner->owner.ended(runner->owner.context);
}

/* No check runs. */
void runner_go_on(struct runner *runner)
{
	if (runner->job->end != PB__JOB_END__JOB_END_UNSPECIFIED)
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
	init_timer(runner, &runner->deadline, overtime_on_deadline, 1);
	init_timer(runner, &runner->climb, overtime_on_climb,
		   LADDER_STEP_MS / 1000.0);
	init_timer(runner, &runner->ack_wait, course_on_ack_wait,
		   RUNNER_ACK_WAIT_S);
	vacancy_init(&runner->vacancy, loop, course_is_vacant, course_on_vacant,
		     runner);
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
		runner_finish_test(runner, false);
}

/* Where a killed agent has left off. Its deadline begins anew: late is better
 * than a test that is killed for our own fault. */
static void take_over(struct runner *runner)
{
	struct job_test *test = &runner->job->test;

	if (test->active && test->pid != 0)
		scope_adopt(&runner->scope, test->index, test->pid);
	make_rest_of_step(runner);
	if (!test->active)
		runner_enter(runner, RUNNER_BETWEEN);
	else if (test->pid == 0)
		runner_enter(runner, RUNNER_STARTING);
	else
		runner_enter(runner, test->has_status ? RUNNER_POST_CHECK
						      : RUNNER_TEST);
	invocation_on_exit(runner);
}

void runner_start(struct runner *runner, int hook_fd)
{
	struct job *job = runner->job;

	hook_open(&runner->hook, runner->loop, hook_fd, course_on_hook, runner);
	if (job->check_wanted && job->end == PB__JOB_END__JOB_END_UNSPECIFIED)
		take_over(runner);
	else
		runner_go_on(runner);
}

bool runner_age_ms(const struct runner *runner, uint64_t *ret_age_ms)
{
	const struct job_test *test = &runner->job->test;

	if (!test->active)
		return false;
	*ret_age_ms = clock_ms_of_ns(clock_mono_ns() - test->started_ns);
	return true;
}
