/* SPDX-License-Identifier: GPL-2.0-or-later */
/* runfacts - what is known of a run as a whole: a part of the result.
 *
 * The plan and the settings as RunStarted has them, why the run was to stop,
 * how it ended, and what people were told meanwhile. A resumed run has not
 * ended; what it said before stays.
 */
#pragma once

#include "host/record/allowance.h"
#include "journal.pb-c.h"

#include <stdbool.h>

enum {
	RUNFACTS_NOTICES = 64,
	RUNFACTS_TEXT = 1024,
};

struct runfacts {
	Pb__RunStarted *run; /* a copy; NULL before RunStarted */
	uint32_t session;    /* of the controller: 0, one more per RunResumed */
	Pb__RunEnd end;	     /* unspecified: it has not ended */
	bool ended;
	uint64_t timeout_ms; /* total, of this session; 0: none */
	char *end_detail;    /* texts are NULL when empty */
	char *stop_reason;
	char *stop_text;
	char *notices[RUNFACTS_NOTICES];
	size_t notice_count;
	uint64_t notices_left_out;
	/* Host's clock at the first and the last event. */
	uint64_t started_real_ns;
	uint64_t last_real_ns;
};

void runfacts_deinit(struct runfacts *facts, struct allowance *allowance);
/* Notes when an event of any kind happened. */
void runfacts_see(struct runfacts *facts, const Pb__Event *event);
/* Takes what an event says about the run; any event is safe. A second plan, a
 * second end and a second stop change nothing: then, and for events that are
 * not about the run, it returns 0, else 1. */
must_check int runfacts_apply(struct runfacts *facts,
			      struct allowance *allowance,
			      const Pb__Event *event);
