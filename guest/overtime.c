/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overtime - what is done about a test, or check, that is over its time. */
#include "guest/overtime.h"

#include "guest/directory.h"
#include "guest/invocation.h"
#include "guest/layout.h"
#include "guest/task.h"
#include "shared/clock.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <fcntl.h>
#include <stdio.h>

enum { STUCK_NAMED = 4 };

/* ---- the inquest ---- */

static const char *subject_of(const struct runner *runner)
{
	static char text[LIMIT_NAME + 64];
	const char *name = runner->spec->tests[runner->job->test.index];
	const char *what = "";

	switch (runner->state) {
	case RUNNER_IDLE:
	case RUNNER_BETWEEN:
		return "the start of check";
	case RUNNER_STARTING:
		what = "what check does before ";
		break;
	case RUNNER_TEST:
		break;
	case RUNNER_POST_CHECK:
		what = "what check does after ";
		break;
	}
	snprintf(text, sizeof(text), "%s%s", what, name);
	return text;
}

static void investigate(struct runner *runner)
{
	const struct inquest_order order = {
		.scope = runner->scope,
		.session = runner->job->check_group,
		.machine_is_ours = !runner->job->shared_machine,
		.is_last = runner->last_inquest,
		.subject = subject_of(runner),
	};

	inquest_start(&runner->inquest, &order);
}

static void send_evidence(struct runner *runner)
{
	const struct job_test *test = &runner->job->test;
	fd_auto int fd = fd_open(LAYOUT_INQUEST, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0 ||
	    collect_take_evidence(runner->collect, fd,
				  test->active ? test->index : UINT32_MAX,
				  test->rerun) < 0)
		log_warning("evidence can't be collected");
	runner->owner.kick(runner->owner.context);
}

/* ---- wedged ---- */

static void add_stuck(struct runner *runner, pid_t pid)
{
	char words[TASK_WORDS];
	char *to = runner->wedged;
	size_t used = strlen(to);

	task_describe(pid, words, sizeof(words));
	if (words[0] != '\0')
		snprintf(to + used, sizeof(runner->wedged) - used, "%s%s",
			 used > 0 ? ", " : "", words);
}

static void add_session(struct runner *runner)
{
	struct directory proc;
	const char *name;
	int count = 0;

	if (directory_open(&proc, AT_FDCWD, "/proc", 0) < 0)
		return;
	while (count < STUCK_NAMED && directory_next(&proc, &name) > 0) {
		pid_t pid = task_number(name);
		struct task task;

		if (pid == 0 || task_read(&task, pid, pid) < 0 ||
		    task.session != runner->job->check_group ||
		    task.state == 'Z')
			continue;
		add_stuck(runner, pid);
		count++;
	}
	directory_close(&proc);
}

static void name_stuck(struct runner *runner)
{
	pid_t pids[STUCK_NAMED];
	int count = scope_pids(&runner->scope, pids, STUCK_NAMED);

	runner->wedged[0] = '\0';
	for (int i = 0; i < count; i++)
		add_stuck(runner, pids[i]);
	if (count == 0)
		add_session(runner);
}

void overtime_wedged(struct runner *runner)
{
	if (runner->last_inquest)
		return;
	runner->last_inquest = true;
	name_stuck(runner);
	investigate(runner);
}

static void declare_wedged(struct runner *runner)
{
	static char reason[LIMIT_TEXT + 64];

	runner->job->test.wedged = true;
	snprintf(reason, sizeof(reason),
		 "guest wedged: SIGKILL does not end %s", runner->wedged);
	runner_decide(runner, PB__JOB_END__JOB_END_WEDGED, reason);
	runner_end(runner);
}

/* ---- the ladder ---- */

static void climb(struct runner *runner)
{
	ladder_start(&runner->ladder, &runner->scope, runner->overtime_ns,
		     LADDER_TERM_MS, LADDER_KILL_MS);
	ev_timer_again(runner->loop, &runner->climb);
}

void overtime_on_climb(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct runner *runner = timer->data;

	(void)events;
	switch (ladder_step(&runner->ladder, &runner->scope, clock_mono_ns())) {
	case LADDER_IDLE:
		ev_timer_stop(loop, timer);
		if (runner->job->test.active)
			runner_enter(runner, RUNNER_POST_CHECK);
		break;
	case LADDER_TERM:
	case LADDER_KILL:
		break;
	case LADDER_WEDGED:
		ev_timer_stop(loop, timer);
		overtime_wedged(runner);
		break;
	}
}

/* Unless it has come to its end while it was looked at. */
static void act(struct runner *runner)
{
	if (runner->turn != runner->overtime_turn ||
	    runner->job->stop_requested || runner->job->check_exited)
		return;
	if (runner->state == RUNNER_TEST)
		climb(runner);
	else
		invocation_kill_all(runner);
}

void overtime_on_inquest(void *context)
{
	struct runner *runner = context;

	send_evidence(runner);
	if (runner->last_inquest)
		declare_wedged(runner);
	else
		act(runner);
}

static void begin(struct runner *runner)
{
	runner->overtime_ns = clock_mono_ns();
	runner->overtime_turn = runner->turn;
	investigate(runner);
}

void overtime_on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct runner *runner = timer->data;
	struct job_test *test = &runner->job->test;

	(void)loop;
	(void)events;
	if (runner->job->stop_requested) {
		runner_decide(runner, PB__JOB_END__JOB_END_STOPPED,
			      "check won't die");
		runner_end(runner);
		return;
	}
	switch (runner->state) {
	case RUNNER_IDLE:
	case RUNNER_BETWEEN:
		break;
	case RUNNER_STARTING:
		test->start_timed_out = true;
		break;
	case RUNNER_TEST:
		test->timed_out = true;
		break;
	case RUNNER_POST_CHECK:
		test->post_check_timed_out = true;
		break;
	}
	begin(runner);
}

/* What has died of it, and whose end is about to be told, is not looked at
 * again: the evidence that there is says more. */
static bool is_over_time(const struct runner *runner)
{
	const struct job_test *test = &runner->job->test;

	if (test->has_status)
		return test->post_check_timed_out;
	if (test->pid != 0 && scope_is_empty(&runner->scope))
		return false;
	return test->timed_out || test->start_timed_out;
}

void overtime_take_over(struct runner *runner)
{
	const struct job *job = runner->job;

	if (job->test.active && !job->check_exited && !job->stop_requested &&
	    is_over_time(runner))
		begin(runner);
}
