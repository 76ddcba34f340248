/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bootjob - what one boot is to do: its RunSpec, and whose tests these are.
 *
 * Made from what the schedule has left. Two things are settled only when the
 * guest has said Hello: how slow it is, which its tests' deadlines follow, and
 * which warm bundles are ready and not too large for its memory.
 */
#pragma once

#include "host/run/run.h"
#include "host/run/schedule.h"

enum {
	BOOTJOB_SEED_BYTES = 256,
	BOOTJOB_WHY = 160,
};

struct bootjob {
	const struct run_spec *run;
	Pb__RunSpec spec;
	char **tests;
	uint32_t *plan;		 /* spec.tests[i] is planned test plan[i] */
	uint32_t *attempt;	 /* and this its attempt */
	uint64_t *test_times_ms; /* and what it may take, where they differ */
	uint8_t seed[BOOTJOB_SEED_BYTES];
};

/* The number of tests. 0: there is nothing to do, or no sense in it, and
 * *ret_end says how the run ends. -ENOMEM. What it holds is to be freed by
 * bootjob_deinit(), however it went. */
must_check int bootjob_init(struct bootjob *job, const struct run_spec *run,
			    const struct schedule *schedule,
			    Pb__RunEnd *ret_end);
void bootjob_deinit(struct bootjob *job);
/* slowness_percent: 0 while it is not known. */
void bootjob_set_times(struct bootjob *job, uint32_t slowness_percent);
/* Puts into the spec which bundles there are; false: not all, *why says why. */
bool bootjob_offer_warm(struct bootjob *job, const Pb__Hello *hello,
			char why[BOOTJOB_WHY]);
/* Bundles that were offered and that the guest did not take may be damaged. */
void bootjob_hear_of_warm(const struct bootjob *job, const Pb__SetupDone *done);
