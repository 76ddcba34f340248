/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ladder - from a polite signal to the end of a process group.
 *
 *   idle ──start──► term ──grace over──► kill ──grace over──► stuck
 *                     └──────── gone ──────┴───────────────────┴──► done
 *
 * Pure: times are given in, signals come out. SIGTERM lets virtme-run remove
 * its files and QEMU flush; SIGKILL ends all but tasks that hang in the
 * kernel, for which there is no third rung: the owner goes on without them.
 */
#pragma once

#include "shared/fsm.h"

#include <stdbool.h>
#include <stdint.h>

enum ladder_state {
	LADDER_IDLE,
	LADDER_TERM,
	LADDER_KILL,
	LADDER_STUCK,
	LADDER_DONE,
};

struct ladder {
	struct fsm fsm;
	uint64_t term_grace_ns;
	uint64_t kill_grace_ns;
	uint64_t deadline_ns; /* of the present rung; 0: none */
};

void ladder_init(struct ladder *ladder, uint64_t term_grace_ms,
		 uint64_t kill_grace_ms);
/* The signal to send now, or 0: it has begun already. */
int ladder_start(struct ladder *ladder, uint64_t now_ns);
/* gone: the group is empty. Returns the signal to send now, or 0. */
int ladder_step(struct ladder *ladder, uint64_t now_ns, bool gone);
enum ladder_state ladder_state(const struct ladder *ladder);
/* When to step again, though nothing happened; 0: never. */
uint64_t ladder_deadline_ns(const struct ladder *ladder);
