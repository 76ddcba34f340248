/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ladder - from a polite signal to the end of a group: see ladder.h. */
#include "host/vm/ladder.h"

#include "shared/clock.h"

#include <signal.h>

static const struct fsm_state states[] = {
	[LADDER_IDLE] = {"idle", FSM_TO(LADDER_TERM) | FSM_TO(LADDER_DONE)},
	[LADDER_TERM] = {"term", FSM_TO(LADDER_KILL) | FSM_TO(LADDER_DONE)},
	[LADDER_KILL] = {"kill", FSM_TO(LADDER_STUCK) | FSM_TO(LADDER_DONE)},
	[LADDER_STUCK] = {"stuck", FSM_TO(LADDER_DONE)},
	[LADDER_DONE] = {"done", 0},
};

void ladder_init(struct ladder *ladder, uint64_t term_grace_ms,
		 uint64_t kill_grace_ms)
{
	*ladder = (struct ladder){
		.fsm = {.name = "ladder", .states = states},
		.term_grace_ns = clock_ns_of_ms(term_grace_ms),
		.kill_grace_ns = clock_ns_of_ms(kill_grace_ms),
	};
}

enum ladder_state ladder_state(const struct ladder *ladder)
{
	return (enum ladder_state)ladder->fsm.current;
}

static void move(struct ladder *ladder, enum ladder_state next,
		 uint64_t deadline_ns)
{
	fsm_move(&ladder->fsm, next);
	ladder->deadline_ns = deadline_ns;
}

int ladder_start(struct ladder *ladder, uint64_t now_ns)
{
	if (ladder_state(ladder) != LADDER_IDLE)
		return 0;
	move(ladder, LADDER_TERM, now_ns + ladder->term_grace_ns);
	return SIGTERM;
}

int ladder_step(struct ladder *ladder, uint64_t now_ns, bool gone)
{
	enum ladder_state state = ladder_state(ladder);

	if (state == LADDER_DONE)
		return 0;
	if (gone) {
		move(ladder, LADDER_DONE, 0);
		return 0;
	}
	if (ladder->deadline_ns == 0 || now_ns < ladder->deadline_ns)
		return 0;
	if (state == LADDER_TERM) {
		move(ladder, LADDER_KILL, now_ns + ladder->kill_grace_ns);
		return SIGKILL;
	}
	move(ladder, LADDER_STUCK, 0);
	return 0;
}

uint64_t ladder_deadline_ns(const struct ladder *ladder)
{
	return ladder->deadline_ns;
}
