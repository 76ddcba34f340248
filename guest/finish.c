/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finish - a test is over: what is the evidence? */
#include "guest/finish.h"

#include "guest/evidence.h"
#include "guest/fstests.h"
#include "guest/layout.h"
#include "guest/output.h"
#include "shared/clock.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

static void fill_status(const struct job_test *test, Pb__TestFinished *finished)
{
	finished->has_status = test->has_status;
	if (test->has_status && WIFSIGNALED(test->status))
		finished->term_signal = (uint32_t)WTERMSIG(test->status);
	else if (test->has_status)
		finished->exit_status = (uint32_t)WEXITSTATUS(test->status);
	finished->timed_out = test->timed_out;
	finished->start_timed_out = test->start_timed_out;
	finished->post_check_timed_out = test->post_check_timed_out;
	finished->wedged = test->wedged;
}

static void fill_times(const struct job_test *test, Pb__TestFinished *finished)
{
	uint64_t now_ns = clock_mono_ns();

	finished->total_ns = now_ns - test->started_ns;
	if (test->run_started_ns == 0)
		return;
	finished->duration_ns =
		(test->run_ended_ns > 0 ? test->run_ended_ns : now_ns) -
		test->run_started_ns;
}

/* Taken before the log is read for it: what is counted is in it. */
static void fill_kernel(const struct job_test *test,
			const struct counters *counters,
			Pb__TestFinished *finished)
{
	struct counts counts = counters_read(counters);

	finished->has_counts = counts.known;
	finished->warn_count = counts.warns;
	finished->oops_count = counts.oopses;
	finished->taint = counts.taint;
	finished->kmsg_ended = test->kmsg_ended;
}

static Pb__CheckVerdict verdict_of(bool passed, bool notrun, bool by_check)
{
	if (passed)
		return PB__CHECK_VERDICT__CHECK_VERDICT_PASS;
	if (notrun)
		return PB__CHECK_VERDICT__CHECK_VERDICT_NOTRUN;
	return by_check ? PB__CHECK_VERDICT__CHECK_VERDICT_FAIL
			: PB__CHECK_VERDICT__CHECK_VERDICT_NONE;
}

static int open_results(const struct job *job)
{
	char base[LIMIT_PATH];

	fstests_result_base(base, sizeof(base), job);
	return fd_open(base, O_RDONLY | O_DIRECTORY, 0);
}

static void fill_evidence(const struct job *job, struct evidence *evidence,
			  Pb__TestFinished *finished)
{
	fd_auto int results_fd = open_results(job);
	fd_auto int tests_fd =
		fd_open(LAYOUT_TESTS "/tests", O_RDONLY | O_DIRECTORY, 0);

	if (results_fd >= 0 && tests_fd >= 0 &&
	    evidence_read(evidence, results_fd, tests_fd, finished->name) ==
		    0) {
		evidence_fill(evidence, finished);
		return;
	}
	log_warning("the evidence of a test can't be read");
	memset(evidence, 0, sizeof(*evidence));
}

static void fill_excerpt(const struct job *job, bool by_check,
			 Pb__TestFinished *finished)
{
	static char excerpt[LIMIT_TEXT + 1];
	bool all = output_excerpt(job, job->test.stdout_offset, excerpt,
				  sizeof(excerpt));
	char *end = strrchr(excerpt, '\n');

	/* What follows is the beginning of the next test's line. */
	if (all && by_check && !job->check_exited && end != NULL)
		end[1] = '\0';
	finished->output_excerpt = excerpt;
}

/* Why it has not passed. Of a test that has, nothing is looked for: check calls
 * no test passed that has left a core, a dirty log or file system, or has other
 * output than its golden one. Returns whether check has not run it. */
static bool fill_why(const struct job *job, bool by_check,
		     Pb__TestFinished *finished)
{
	static struct evidence evidence;

	fill_evidence(job, &evidence, finished);
	fill_excerpt(job, by_check, finished);
	return evidence.notrun;
}

static void say_finished(struct job *job, Pb__TestFinished *finished,
			 const struct finish_owner *owner)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	const struct job_test *test = &job->test;

	finished->index = test->index;
	finished->rerun = test->rerun;
	fill_status(test, finished);
	fill_times(test, finished);
	fill_kernel(test, owner->counters, finished);
	finished->kmsg_sequence = owner->kmsg_next(owner->context);
	envelope.body_case = PB__ENVELOPE__BODY_TEST_FINISHED;
	envelope.test_finished = finished;
	job_will_say(job, JOB_SAYS_TEST_FINISHED);
	if (owner->send(owner->context, &envelope) < 0)
		log_error("the end of a test can't be told");
}

void finish_test(struct job *job, const Pb__RunSpec *spec, bool by_check,
		 const struct finish_aftermath *aftermath,
		 const struct finish_owner *owner)
{
	Pb__TestFinished finished = PB__TEST_FINISHED__INIT;
	struct job_test *test = &job->test;
	uint64_t time_offset;
	bool passed;

	finished.name = spec->tests[test->index];
	passed = fstests_has_pass(job, finished.name, &time_offset);
	if (!job_has_said(job, JOB_SAYS_TEST_FINISHED)) {
		bool notrun = !passed && fill_why(job, by_check, &finished);

		finished.check_verdict = verdict_of(passed, notrun, by_check);
		finished.leftovers = aftermath->leftovers[0] != '\0';
		finished.leftovers_text =
			(char *)(uintptr_t)aftermath->leftovers;
		finished.wedged_text = (char *)(uintptr_t)aftermath->wedged;
		say_finished(job, &finished, owner);
	}
	job->time_offset = time_offset;
	job->last_rerun = test->rerun;
	job->leaves = (struct job_leaves){
		.index = test->index,
		.rerun = test->rerun,
	};
	__atomic_store_n(&job->leaves.due, true, __ATOMIC_RELEASE);
	__atomic_store_n(&test->active, false, __ATOMIC_RELEASE);
}

void finish_collect(struct job *job, const Pb__RunSpec *spec,
		    struct collect *collect)
{
	struct job_leaves *leaves = &job->leaves;
	fd_auto int results_fd = -1;

	if (!leaves->due)
		return;
	results_fd = open_results(job);
	if (results_fd >= 0 &&
	    collect_take(collect, results_fd, spec->tests[leaves->index],
			 leaves->index, leaves->rerun) < 0)
		log_warning("what a test left can't be collected");
	__atomic_store_n(&leaves->due, false, __ATOMIC_RELEASE);
}
