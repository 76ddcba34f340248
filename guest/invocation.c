/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invocation - one run of check, from its start to all that it has left. */
#include "guest/invocation.h"

#include "guest/output.h"
#include "guest/overtime.h"
#include "guest/supervisor.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* What lives on after SIGKILL so long can't be killed. */
#define DEATH_S 26.0

void invocation_say_started(struct runner *runner)
{
	Pb__CheckStarted body = PB__CHECK_STARTED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.invocation = runner->job->invocation;
	body.first_index = runner->job->check_first;
	envelope.body_case = PB__ENVELOPE__BODY_CHECK_STARTED;
	envelope.check_started = &body;
	job_will_say(runner->job, JOB_SAYS_CHECK_STARTED);
	runner_send(runner, &envelope);
}

void invocation_ask(struct runner *runner)
{
	char word = SUPERVISOR_START_CHECK;

	if (send(runner->supervisor_fd, &word, 1, MSG_NOSIGNAL) != 1)
		log_error("the supervisor does not listen: %s",
			  strerror(errno));
}

void invocation_start(struct runner *runner)
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
	runner->examined = false;
	runner->last_inquest = false;
	runner->wedged[0] = '\0';
	invocation_say_started(runner);
	runner_enter(runner, RUNNER_BETWEEN);
	invocation_ask(runner);
	scope_prepare(&runner->scope);
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
	runner_send(runner, &envelope);
}

static void decide_too_slow(struct runner *runner, const char *last_output)
{
	static char reason[LIMIT_TEXT];

	snprintf(reason, sizeof(reason),
		 "check did not begin a test within %llu s; its last words: "
		 "%.*s",
		 (unsigned long long)runner->spec->setup_timeout_ms / 1000,
		 LIMIT_TEXT - 128, last_output);
	runner_decide(runner, PB__JOB_END__JOB_END_CHECK_FAILED, reason);
}

static void decide(struct runner *runner, const char *last_output)
{
	struct job *job = runner->job;
	bool progress = job->next_index > job->check_first;

	if (runner_is_decided(runner))
		return;
	if (job->stop_requested)
		runner_decide(runner, PB__JOB_END__JOB_END_STOPPED, "");
	else if (job->next_index >= runner->spec->n_tests)
		runner_decide(runner, PB__JOB_END__JOB_END_COMPLETE, "");
	else if (!progress && runner->check_killed)
		decide_too_slow(runner, last_output);
	else if (!progress)
		runner_decide(runner, PB__JOB_END__JOB_END_CHECK_FAILED,
			      last_output);
}

/* Whether a test is to run after this one in the same guest. */
static bool has_rest(const struct runner *runner)
{
	const struct job *job = runner->job;

	return !job->stop_requested && !runner_is_decided(runner) &&
	       job->next_index < runner->spec->n_tests;
}

void invocation_settle(struct runner *runner)
{
	static char last_output[LIMIT_TEXT + 1];
	struct job *job = runner->job;
	bool by_check;

	if (!job->check_wanted || !job->check_exited ||
	    !runner_examine(runner, has_rest(runner)))
		return;
	by_check = WIFEXITED(job->check_status) && !runner->check_killed;
	if (runner_finish_test(runner, by_check) && has_rest(runner))
		runner_decide_unclean(runner);
	output_tail(job, last_output, sizeof(last_output));
	if (!job_has_said(job, JOB_SAYS_CHECK_EXITED))
		send_check_exited(runner, last_output);
	decide(runner, last_output);
	job->check_wanted = false;
	runner_go_on(runner);
}

/* Its test, and its own subshells, which may be in the middle of an fsck. */
static bool has_left_some(const struct runner *runner)
{
	pid_t group = runner->job->check_group;

	return !scope_is_empty(&runner->scope) ||
	       (group > 1 && kill(-group, 0) == 0);
}

static void kill_group(const struct runner *runner)
{
	scope_kill(&runner->scope, false);
	if (runner->job->check_group > 1)
		kill(-runner->job->check_group, SIGKILL);
}

static void wait_for_its_death(struct runner *runner)
{
	vacancy_wait(&runner->vacancy, NULL, DEATH_S);
}

bool invocation_is_gone(struct runner *runner)
{
	if (runner->job->check_exited && !has_left_some(runner))
		return true;
	/* What was started in the meantime. */
	kill_group(runner);
	return false;
}

/* What it has left running would hold the next check's devices. */
void invocation_on_exit(struct runner *runner)
{
	struct job *job = runner->job;

	if (!job->check_wanted || !job->check_exited)
		return;
	runner_wait_no_more(runner);
	kill_group(runner);
	if (has_left_some(runner))
		wait_for_its_death(runner);
	else
		invocation_settle(runner);
}

/* What it leaves is seen to when its exit is. */
void invocation_kill(const struct runner *runner)
{
	if (runner->job->check_pid > 0)
		kill(runner->job->check_pid, SIGKILL);
}

void invocation_kill_all(struct runner *runner)
{
	runner->check_killed = true;
	kill_group(runner);
	wait_for_its_death(runner);
}
