/* SPDX-License-Identifier: GPL-2.0-or-later */
/* orphan - what a controller that was killed has left open in its journal.
 *
 * A test that runs and a boot that goes on, of which nobody will ever say how
 * they ended. The controller that goes on with the run says what is known: the
 * test is lost, or crashed when the kernel's death was seen, and the boot was
 * cut off. These events have no mono_ns: how long it took is not known.
 */
#pragma once

#include "host/record/outdir.h"
#include "host/record/result.h"
#include "host/run/schedule.h"

struct orphan {
	const struct result *result;
	const struct schedule *schedule;
	uint64_t real_ns;
	uint32_t boot; /* that is open; 0: none */
	bool test_told;
	char console_log[64];
	Pb__Event event;
	Pb__AttemptEnded attempt_ended;
	Pb__VmEnded vm_ended;
};

/* result and schedule: all that was journalled. */
void orphan_init(struct orphan *orphan, const struct result *result,
		 const struct schedule *schedule, uint64_t real_ns);
/* The next event to journal; false: there is none. The console log gets the
 * name of one that is over. */
bool orphan_next(struct orphan *orphan, struct outdir *outdir,
		 Pb__Event **ret_event);
