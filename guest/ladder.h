/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ladder - ends the processes of a test, harder at each step.
 *
 *   at 0 s    SIGTERM to the test's shell and SIGKILL to all else: the shell's
 *             trap runs its clean-up as soon as its foreground child is dead
 *             (facts of fstests: TERM alone is put off until then). SIGKILL
 *             again every 2 s, for the clean-up starts programs too.
 *   at 60 s   SIGKILL to all.
 *   at 86 s   what lives now can't be killed: wedged.
 *
 * Pure but for the signals it sends through guest/scope.h; time is given in.
 */
#pragma once

#include "guest/scope.h"

#include <stdint.h>

enum ladder_state {
	LADDER_IDLE,
	LADDER_TERM,
	LADDER_KILL,
	LADDER_WEDGED,
};

struct ladder {
	enum ladder_state state;
	uint64_t started_ns;
	uint64_t term_ns; /* how long the clean-up may take */
	uint64_t kill_ns; /* after that, how long dying may take */
};

void ladder_init(struct ladder *ladder);
/* Takes the first step. A ladder that is on its way is not started again. */
void ladder_start(struct ladder *ladder, const struct scope *scope,
		  uint64_t now_ns, uint64_t term_ms, uint64_t kill_ms);
/* To be called about every LADDER_STEP_MS. Returns its state; LADDER_IDLE as
 * soon as the scope is empty. */
enum ladder_state ladder_step(struct ladder *ladder, const struct scope *scope,
			      uint64_t now_ns);

enum {
	LADDER_STEP_MS = 500,
	LADDER_TERM_MS = 60 * 1000,
	LADDER_KILL_MS = 26 * 1000,
};
