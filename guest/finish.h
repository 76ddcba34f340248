/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finish - a test is over: what is the evidence?
 *
 * Pass is a new line in check's .time, notrun is a .notrun file, and all else
 * that has finished is a failure. A test that check could not finish (it was
 * killed, or died) has no verdict of check's: PB__CHECK_VERDICT__NONE.
 */
#pragma once

#include "guest/collect.h"
#include "guest/counters.h"
#include "guest/job.h"

#include "fstvm.pb-c.h"

struct finish_owner {
	int (*send)(void *context, Pb__Envelope *envelope);
	/* Where the kernel's log stands now. */
	uint64_t (*kmsg_next)(void *context);
	void *context;
	const struct counters *counters;
};

/* What is known beside the evidence; "" where there is nothing. */
struct finish_aftermath {
	const char *leftovers;
	const char *wedged; /* which processes can't be killed */
};

/* Sends TestFinished for job->test, unless a predecessor did, and marks it
 * over; its files are to be collected then. by_check: check itself went past
 * the test. */
void finish_test(struct job *job, const Pb__RunSpec *spec, bool by_check,
		 const struct finish_aftermath *aftermath,
		 const struct finish_owner *owner);
/* Queues the files of the test that is over, if that is still to be done: before
 * the next test makes its own. */
void finish_collect(struct job *job, const Pb__RunSpec *spec,
		    struct collect *collect);
