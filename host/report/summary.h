/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary - the numbers and judgements that every report begins with.
 *
 * Made once from a result, so that reports of different formats agree.
 */
#pragma once

#include "host/record/result.h"
#include "host/report/exitcode.h"

struct summary {
	/* Of the kernel: every boot came up and the kernel stayed alive. */
	bool boot_success;
	bool boot_completed; /* a boot at least said Hello */
	uint64_t boot_ns;    /* of the first boot that did, else of the first */
	const struct boot *first; /* NULL: no VM was started */
	const struct boot *last;
	const struct boot *blamed; /* the first that failed, else the last */
	bool timeout_occurred;	   /* of the boot, or of the whole run */
	/* Of the tests. passed + failed + notrun + excluded + lost +
	 * not_reached == total, which is the plan. */
	/* All wanted have a verdict, none failed, one passed. */
	bool tests_success;
	uint64_t total;
	uint64_t wanted; /* without the excluded */
	uint64_t passed;
	uint64_t failed; /* fail, timeout, crash and hang */
	uint64_t notrun;
	uint64_t excluded;
	uint64_t lost;
	uint64_t not_reached;
	uint64_t pass_permille; /* of wanted; 1000 only when all passed */
	uint64_t tests_ns;
	enum exitcode exitcode;
};

void summary_make(struct summary *summary, const struct result *result);
