/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fsm - state machines as tables of allowed successors. */
#include "shared/fsm.h"

bool fsm_allows(const struct fsm *fsm, unsigned int next)
{
	return next < 32 && (fsm->states[fsm->current].successors >> next & 1);
}

void fsm_move(struct fsm *fsm, unsigned int next)
{
	must(fsm_allows(fsm, next));
	fsm->current = next;
}

const char *fsm_name(const struct fsm *fsm)
{
	return fsm->states[fsm->current].name;
}
