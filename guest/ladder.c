/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ladder - ends the processes of a test, harder at each step. */
#include "guest/ladder.h"

#include "shared/clock.h"

void ladder_init(struct ladder *ladder)
{
	*ladder = (struct ladder){.state = LADDER_IDLE};
}

void ladder_start(struct ladder *ladder, const struct scope *scope,
		  uint64_t now_ns, uint64_t term_ms, uint64_t kill_ms)
{
	if (ladder->state != LADDER_IDLE)
		return;
	*ladder = (struct ladder){
		.state = term_ms > 0 ? LADDER_TERM : LADDER_KILL,
		.started_ns = now_ns,
		.term_ns = clock_ns_of_ms(term_ms),
		.kill_ns = clock_ns_of_ms(kill_ms),
	};
	if (ladder->state == LADDER_TERM)
		scope_term_leader(scope);
	scope_kill(scope, ladder->state == LADDER_TERM);
}

enum ladder_state ladder_step(struct ladder *ladder, const struct scope *scope,
			      uint64_t now_ns)
{
	uint64_t age_ns = now_ns - ladder->started_ns;

	if (ladder->state == LADDER_IDLE || ladder->state == LADDER_WEDGED)
		return ladder->state;
	if (scope_is_empty(scope)) {
		ladder->state = LADDER_IDLE;
		return ladder->state;
	}
	if (age_ns >= ladder->term_ns + ladder->kill_ns)
		ladder->state = LADDER_WEDGED;
	else if (age_ns >= ladder->term_ns)
		ladder->state = LADDER_KILL;
	/* A clean-up gets 2 s of peace before its programs are hit again. */
	if (ladder->state == LADDER_KILL ||
	    (age_ns / clock_ns_of_ms(LADDER_STEP_MS)) % 4 == 3)
		scope_kill(scope, ladder->state == LADDER_TERM);
	return ladder->state;
}
