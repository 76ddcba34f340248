/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overtime - what is done about a test, or check, that is over its time. */
#include "guest/overtime.h"

#include "shared/clock.h"

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
	runner_decide(runner, PB__JOB_END__JOB_END_WEDGED,
		      "processes that SIGKILL does not end");
	runner_end(runner);
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

void overtime_on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct runner *runner = timer->data;

	(void)loop;
	(void)events;
	if (runner->job->stop_requested) {
		runner_decide(runner, PB__JOB_END__JOB_END_STOPPED,
			      "check won't die");
		runner_end(runner);
		return;
	}
	if (runner->state == RUNNER_TEST) {
		runner->job->test.timed_out = true;
		climb(runner, LADDER_TERM_MS, LADDER_KILL_MS);
		return;
	}
	kill_check(runner);
}
