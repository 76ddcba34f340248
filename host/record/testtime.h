/* SPDX-License-Identifier: GPL-2.0-or-later */
/* testtime - how long a test of a run may take in a boot. Pure.
 *
 * What the user has chosen, as it is. Else the default, and more where the
 * history says that this test takes long; a default for an emulated guest is
 * a guess of how slow that is, put right once the guest has measured it.
 */
#pragma once

#include "journal.pb-c.h"

#include <stddef.h>
#include <stdint.h>

enum {
	TESTTIME_DEFAULT_MS = 20 * 60 * 1000,
	/* Of an emulated guest, per cent: before it is measured. */
	TESTTIME_GUESS_PERCENT = 300,
	TESTTIME_OF_KNOWN = 10, /* so many times its last duration */
	/* A plan of more tests does without its own times: the record would
	 * be too large. */
	TESTTIME_PLAN = 16384,
};

/* slowness_percent: calibration.h; 0: not measured. */
uint64_t testtime_ms(const Pb__RunStarted *run, size_t test,
		     uint32_t slowness_percent);
