/* SPDX-License-Identifier: GPL-2.0-or-later */
/* runner - drives check through the tests of the job, one after the other. */
#include "guest/runner.h"

#include "guest/finish.h"
#include "guest/output.h"
#include "guest/supervisor.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define SCOPE_WAIT_S 0.02
enum { SCOPE_WAIT_ROUNDS = 250 };

static void send_message(struct runner *runner, Pb__Envelope *envelope)
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

static void enter(struct runner *runner, enum runner_state state)
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

/* ---- check: started, over ---- */

static void send_check_started(struct runner *runner)
{
	Pb__CheckStarted body = PB__CHECK_STARTED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.invocation = runner->job->invocation;
	body.first_index = runner->job->check_first;
	envelope.body_case = PB__ENVELOPE__BODY_CHECK_STARTED;
	envelope.check_started = &body;
	job_will_say(runner->job, JOB_SAYS_CHECK_STARTED);
	send_message(runner, &envelope);
}

static void ask_for_check(struct runner *runner)
{
	char word = SUPERVISOR_START_CHECK;

	if (send(runner->supervisor_fd, &word, 1, MSG_NOSIGNAL) != 1)
		log_error("the supervisor does not listen: %s",
			  strerror(errno));
}

static void start_check(struct runner *runner)
{
	struct job *job = runner->job;

	job_has_not_said(job, JOB_SAYS_CHECK_STARTED);
	job_has_not_said(job, JOB_SAYS_CHECK_EXITED);
	job->check_exited = false;
	job->check_first = job->next_index;
	job->check_started_ns = clock_mono_ns();
	job->time_offset = 0;
	job->stdout_shipped = 0;
	job->stderr_shipped = 0;
	job->invocation++;
	job->check_wanted = true;
	runner->check_killed = false;
	send_check_started(runner);
	enter(runner, RUNNER_BETWEEN);
	ask_for_check(runner);
}

/* by_check: check itself is past the test, so that what is not a pass is a
 * failure. */
static void finish_running(struct runner *runner, bool by_check)
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
static void decide(struct runner *runner, Pb__JobEnd how, const char *reason)
{
	struct job *job = runner->job;

	bytes_copy_string(job->end_reason, sizeof(job->end_reason), reason);
	job->end = how;
}

static void end(struct runner *runner)
{
	finish_running(runner, false);
	runner->job->check_wanted = false;
	enter(runner, RUNNER_IDLE);
	runner->owner.ended(runner->owner.context);
}

/* No check runs. */
static void go_on(struct runner *runner)
{
	if (runner->job->end != PB__JOB_END__JOB_END_UNSPECIFIED)
		end(runner);
	else
		start_check(runner);
}

static void send_check_exited(struct runner *runner, char *last_output)
{
	Pb__CheckExited body = PB__CHECK_EXITED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	int status = runner->job->check_status;

	body.invocation = runner->job->invocation;
	if (WIFSIGNALED(status))
		body.term_signal = (uint32_t)WTERMSIG(status);
	else
		body.exit_status = (uint32_t)WEXITSTATUS(status);
	body.last_output = last_output;
	envelope.body_case = PB__ENVELOPE__BODY_CHECK_EXITED;
	envelope.check_exited = &body;
	job_will_say(runner->job, JOB_SAYS_CHECK_EXITED);
	send_message(runner, &envelope);
}

static void check_is_over(struct runner *runner)
{
	static char last_output[LIMIT_TEXT + 1];
	struct job *job = runner->job;
	bool progress = job->next_index > job->check_first;

	if (!job->check_wanted || !job->check_exited)
		return;
	finish_running(runner,
		       WIFEXITED(job->check_status) && !runner->check_killed);
	output_tail(job, last_output, sizeof(last_output));
	if (!job_has_said(job, JOB_SAYS_CHECK_EXITED))
		send_check_exited(runner, last_output);
	if (job->stop_requested)
		decide(runner, PB__JOB_END__JOB_END_STOPPED, "");
	else if (job->next_index >= runner->spec->n_tests)
		decide(runner, PB__JOB_END__JOB_END_COMPLETE, "");
	else if (!progress)
		decide(runner, PB__JOB_END__JOB_END_CHECK_FAILED, last_output);
	job->check_wanted = false;
	go_on(runner);
}

/* Its test, and its own subshells, which may be in the middle of an fsck. */
static bool check_has_left_some(const struct runner *runner)
{
	pid_t group = runner->job->check_group;

	return !scope_is_empty(&runner->scope) ||
	       (group > 1 && kill(-group, 0) == 0);
}

/* What it has left running would hold the next check's devices. */
static void on_check_exited(struct runner *runner)
{
	struct job *job = runner->job;

	if (!job->check_wanted || !job->check_exited)
		return;
	scope_kill(&runner->scope, false);
	if (job->check_group > 1)
		kill(-job->check_group, SIGKILL);
	if (!check_has_left_some(runner)) {
		check_is_over(runner);
		return;
	}
	runner->scope_wait_left = SCOPE_WAIT_ROUNDS;
	ev_timer_again(runner->loop, &runner->scope_wait);
}

/* What it leaves is seen to when its exit is. */
static void kill_check_itself(const struct runner *runner)
{
	if (runner->job->check_pid > 0)
		kill(runner->job->check_pid, SIGKILL);
}

/* ---- one test ---- */

static void send_test_started(struct runner *runner)
{
	struct job_test *test = &runner->job->test;
	Pb__TestStarted body = PB__TEST_STARTED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.index = test->index;
	body.name = runner->spec->tests[test->index];
	body.rerun = test->rerun;
	body.kmsg_sequence = runner->owner.kmsg_next(runner->owner.context);
	envelope.body_case = PB__ENVELOPE__BODY_TEST_STARTED;
	envelope.test_started = &body;
	job_will_say(runner->job, JOB_SAYS_TEST_STARTED);
	send_message(runner, &envelope);
}

/* check -L runs a test that has failed again, under the same name. */
static bool is_rerun(const struct runner *runner, const char *name)
{
	const struct job *job = runner->job;

	return runner->spec->loop_failures > 0 && job->next_index > 0 &&
	       strcmp(runner->spec->tests[job->next_index - 1], name) == 0 &&
	       job->test.rerun < runner->spec->loop_failures &&
	       (job->next_index >= runner->spec->n_tests ||
		strcmp(runner->spec->tests[job->next_index], name) != 0);
}

/* The position of the test that starts now, or -1. check runs our list in
 * our order, so it is nearly always the next one. */
static int64_t find_test(const struct runner *runner, const char *name)
{
	for (uint32_t i = runner->job->next_index; i < runner->spec->n_tests;
	     i++)
		if (strcmp(runner->spec->tests[i], name) == 0)
			return i;
	return -1;
}

static bool begin_test(struct runner *runner, const char *name)
{
	struct job *job = runner->job;
	struct job_test test = {.active = false};
	int64_t index;

	if (is_rerun(runner, name)) {
		index = job->next_index - 1;
		test.rerun = job->test.rerun + 1;
	} else {
		index = find_test(runner, name);
	}
	if (index < 0)
		return false;
	test.index = (uint32_t)index;
	test.started_ns = clock_mono_ns();
	test.stdout_offset = output_size(job);
	job_has_not_said(job, JOB_SAYS_TEST_STARTED);
	job_has_not_said(job, JOB_SAYS_TEST_FINISHED);
	job->test = test;
	__atomic_store_n(&job->test.active, true, __ATOMIC_RELEASE);
	job->next_index = test.index + 1;
	send_test_started(runner);
	return true;
}

/* The same request again: its shim has lost the agent before this one. */
static bool is_repeated(const struct runner *runner, const char *name)
{
	const struct job_test *test = &runner->job->test;

	return test->active && test->pid == 0 &&
	       strcmp(runner->spec->tests[test->index], name) == 0;
}

static void let_start(struct runner *runner)
{
	ev_timer_stop(runner->loop, &runner->ack_wait);
	hook_reply_all(&runner->hook, HOOK_TEST_STARTS);
}

static void on_test_starts(struct runner *runner, struct hook_client *client)
{
	const char *name = client->request.name;

	if (runner->job->stop_requested) {
		/* It was not there yet when it was to be killed, or it is
		 * dying. */
		kill_check_itself(runner);
		return;
	}
	if (!is_repeated(runner, name)) {
		finish_running(runner, true);
		if (!begin_test(runner, name)) {
			log_warning("check starts a test that is not planned");
			hook_reply(client);
			return;
		}
	}
	enter(runner, RUNNER_STARTING);
	if (runner->owner.is_acked(runner->owner.context)) {
		let_start(runner);
		return;
	}
	ev_timer_stop(runner->loop, &runner->ack_wait);
	ev_timer_set(&runner->ack_wait, RUNNER_ACK_WAIT_S, 0);
	ev_timer_start(runner->loop, &runner->ack_wait);
}

void runner_on_acked(struct runner *runner)
{
	if (ev_is_active(&runner->ack_wait) &&
	    runner->owner.is_acked(runner->owner.context))
		let_start(runner);
}

static void on_scope_begin(struct runner *runner, struct hook_client *client)
{
	struct job_test *test = &runner->job->test;

	if (test->active && test->pid != client->request.pid) {
		scope_open(&runner->scope, test->index, client->request.pid);
		test->run_started_ns = clock_mono_ns();
		test->pid = client->request.pid;
		enter(runner, RUNNER_TEST);
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
		test->has_status = true;
		if (runner->ladder.state == LADDER_IDLE)
			enter(runner, RUNNER_POST_CHECK);
	}
	hook_reply(client);
}

/* check waits until what the test has left running is gone: only then can the
 * filesystem be unmounted and checked. */
static void on_scope_stop(struct runner *runner, struct hook_client *client)
{
	if (!runner->job->test.active || scope_is_empty(&runner->scope)) {
		hook_reply(client);
		return;
	}
	scope_kill(&runner->scope, false);
	runner->scope_wait_left = SCOPE_WAIT_ROUNDS;
	ev_timer_again(runner->loop, &runner->scope_wait);
}

static void on_scope_wait(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct runner *runner = timer->data;

	(void)events;
	if ((runner->job->check_exited ? check_has_left_some(runner)
				       : !scope_is_empty(&runner->scope)) &&
	    --runner->scope_wait_left > 0)
		return;
	ev_timer_stop(loop, timer);
	hook_reply_all(&runner->hook, HOOK_SCOPE_STOP);
	check_is_over(runner);
}

static void on_hook(void *context, struct hook_client *client)
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
	}
	hook_reply(client);
}

/* ---- deadlines ---- */

static void climb(struct runner *runner, uint64_t term_ms, uint64_t kill_ms)
{
	ladder_start(&runner->ladder, &runner->scope, clock_mono_ns(), term_ms,
		     kill_ms);
	ev_timer_again(runner->loop, &runner->climb);
}

static void declare_wedged(struct runner *runner)
{
	struct job *job = runner->job;

	ev_timer_stop(runner->loop, &runner->climb);
	job->test.wedged = true;
	decide(runner, PB__JOB_END__JOB_END_WEDGED,
	       "processes that SIGKILL does not end");
	end(runner);
}

static void on_climb(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct runner *runner = timer->data;

	(void)events;
	switch (ladder_step(&runner->ladder, &runner->scope, clock_mono_ns())) {
	case LADDER_IDLE:
		ev_timer_stop(loop, timer);
		if (runner->job->test.active)
			enter(runner, RUNNER_POST_CHECK);
		break;
	case LADDER_TERM:
	case LADDER_KILL:
		break;
	case LADDER_WEDGED:
		declare_wedged(runner);
		break;
	}
}

/* check, and what it runs, hangs outside a test: fsck, umount, its own start.
 * Its tree becomes the scope that the ladder works on. */
static void kill_check(struct runner *runner)
{
	pid_t pid = runner->job->check_pid;

	runner->check_killed = true;
	if (pid <= 0)
		return;
	if (runner->job->test.active && runner->state == RUNNER_POST_CHECK)
		runner->job->test.post_check_timed_out = true;
	scope_kill(&runner->scope, false);
	scope_close(&runner->scope);
	runner->scope = (struct scope){.leader = pid};
	ladder_init(&runner->ladder);
	climb(runner, 0, LADDER_KILL_MS);
}

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct runner *runner = timer->data;

	(void)loop;
	(void)events;
	if (runner->job->stop_requested) {
		decide(runner, PB__JOB_END__JOB_END_STOPPED, "check won't die");
		end(runner);
		return;
	}
	if (runner->state == RUNNER_TEST) {
		runner->job->test.timed_out = true;
		climb(runner, LADDER_TERM_MS, LADDER_KILL_MS);
		return;
	}
	kill_check(runner);
}

static void on_ack_wait(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	let_start(timer->data);
}

void runner_stop(struct runner *runner, uint64_t grace_ms)
{
	struct job *job = runner->job;

	job->stop_requested = true;
	if (!job->check_wanted) {
		decide(runner, PB__JOB_END__JOB_END_STOPPED, "");
		end(runner);
		return;
	}
	/* check first: it must not start the next test when this one dies,
	 * which it does when check's exit is seen. */
	kill_check_itself(runner);
	arm(runner, grace_ms);
}

/* ---- set-up ---- */

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
		on_check_exited(runner);
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
	init_timer(runner, &runner->deadline, on_deadline, 1);
	init_timer(runner, &runner->climb, on_climb, LADDER_STEP_MS / 1000.0);
	init_timer(runner, &runner->ack_wait, on_ack_wait, RUNNER_ACK_WAIT_S);
	init_timer(runner, &runner->scope_wait, on_scope_wait, SCOPE_WAIT_S);
	ev_io_init(&runner->supervisor, on_supervisor, supervisor_fd, EV_READ);
	runner->supervisor.data = runner;
	ev_io_start(loop, &runner->supervisor);
}

/* The rest of a step in which the agent before this one was killed. */
static void make_rest_of_step(struct runner *runner)
{
	struct job *job = runner->job;

	if (!job_has_said(job, JOB_SAYS_CHECK_STARTED))
		send_check_started(runner);
	if (job->check_pid == 0 && !job->check_exited)
		ask_for_check(runner);
	if (!job->test.active)
		return;
	job->next_index = job->test.index + 1;
	if (!job_has_said(job, JOB_SAYS_TEST_STARTED))
		send_test_started(runner);
	if (job_has_said(job, JOB_SAYS_TEST_FINISHED))
		finish_running(runner, false);
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
		enter(runner, RUNNER_BETWEEN);
	else if (test->pid == 0)
		enter(runner, RUNNER_STARTING);
	else
		enter(runner,
		      test->has_status ? RUNNER_POST_CHECK : RUNNER_TEST);
	on_check_exited(runner);
}

void runner_start(struct runner *runner, int hook_fd)
{
	struct job *job = runner->job;

	hook_open(&runner->hook, runner->loop, hook_fd, on_hook, runner);
	if (job->check_wanted && job->end == PB__JOB_END__JOB_END_UNSPECIFIED)
		take_over(runner);
	else
		go_on(runner);
}

bool runner_age_ms(const struct runner *runner, uint64_t *ret_age_ms)
{
	const struct job_test *test = &runner->job->test;

	if (!test->active)
		return false;
	*ret_age_ms = clock_ms_of_ns(clock_mono_ns() - test->started_ns);
	return true;
}
