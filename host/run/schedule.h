/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule - which tests are still to be run, and whether to boot again.
 *
 * A pure fold over the run's events, like the result, but with the other
 * question: what next? The plan is in RunStarted; VmStarted says which of its
 * tests a boot was given; what has been started is done unless a retry is
 * due. So a schedule made from the journal of a broken run goes on with it.
 *
 * Rules. A test that was started and whose VM died is not run again, but for
 * --retries. A test that check stepped over is lost: it would be stepped over
 * again. A boot that never reached the agent is tried once more; one whose
 * set-up failed is not, for it would fail again. Two boots in a row in which
 * no test started end the run. A run that is resumed begins anew with what has
 * no real verdict (verdict.h): lost, not reached, or running when its
 * controller died.
 */
#pragma once

#include "journal.pb-c.h"
#include "shared/must.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum schedule_test_state {
	SCHEDULE_TODO,
	SCHEDULE_RUNNING,
	SCHEDULE_DONE,
};

struct schedule_test {
	uint8_t state;	   /* enum schedule_test_state */
	bool has_verdict;  /* a real one, or it is excluded */
	uint32_t attempts; /* begun so far */
	uint32_t retries;  /* used */
	char *name;
};

struct schedule {
	struct schedule_test *tests;
	size_t count;
	uint32_t retries;
	uint32_t max_crashes;
	/* of the present boot */
	uint32_t *job;	       /* RunSpec index to test */
	uint32_t *job_attempt; /* its first attempt number */
	size_t job_count;
	bool job_progress; /* a test has started */
	int64_t running;   /* test, or -1 */
	/* of the run */
	uint32_t boots;
	uint32_t crashes;
	uint32_t fruitless_boots; /* in a row */
	Pb__VmEndReason last_end;
	char last_detail[512];
	bool stopped;
	bool timed_out;
};

void schedule_init(struct schedule *schedule);
void schedule_deinit(struct schedule *schedule);
must_check int schedule_apply(struct schedule *schedule,
			      const Pb__Event *event);

/* The next boot's tests, in order: at most cap indexes into the plan. 0 when
 * there is nothing to do or no sense in it; *ret_end then says how the run
 * ends, with a detail in schedule->last_detail where there is one. */
size_t schedule_next(const struct schedule *schedule, uint32_t *ret_tests,
		     size_t cap, Pb__RunEnd *ret_end);
/* The test that runs in the present boot: its planned index and attempt. */
bool schedule_running(const struct schedule *schedule, uint32_t *ret_test,
		      uint32_t *ret_attempt);
/* Tests of the present job that check stepped over, now that it is complete;
 * call until it returns false. *from starts at 0. */
bool schedule_stepped_over(const struct schedule *schedule, size_t *from,
			   uint32_t *ret_test, uint32_t *ret_attempt);

/* What the end of a VM means for the test that was running in it. */
Pb__Verdict schedule_verdict(Pb__VmEndReason reason, bool timed_out);
