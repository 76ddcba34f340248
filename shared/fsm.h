/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fsm - state machines as tables of allowed successors.
 *
 * A machine is a table of names and of a bit mask of successors per state;
 * fsm_move() is the only place where a state changes. A move that is not in
 * the table is our own mistake.
 */
#pragma once

#include "shared/must.h"

#include <stdbool.h>
#include <stdint.h>

#define FSM_TO(state) (UINT32_C(1) << (state))

struct fsm_state {
	const char *name;
	uint32_t successors; /* FSM_TO(a) | FSM_TO(b) */
};

struct fsm {
	const char *name;
	const struct fsm_state *states;
	unsigned int current;
};

bool fsm_allows(const struct fsm *fsm, unsigned int next);
void fsm_move(struct fsm *fsm, unsigned int next);
const char *fsm_name(const struct fsm *fsm);
