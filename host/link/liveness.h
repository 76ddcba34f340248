/* SPDX-License-Identifier: GPL-2.0-or-later */
/* liveness - whether a guest lives, by all that it shows of itself.
 *
 *   alive ──3 beats late──► suspect ──nothing moves for the limit──► hung
 *     ▲                        │ ▲
 *     └────── a message ───────┤ └── for the limit nothing moved
 *     ▲                        ▼     after all
 *     └────── a message ────  slow   (beats are late, but it moves)
 *
 * Only messages are life: what sends the beats is locked in memory and never
 * touches a filesystem under test, so a guest that swaps or is interpreted is
 * late, and not silent. A beat that is late opens an investigation and
 * nothing else. While none comes, what the host sees by itself is progress:
 * new bytes on the console, new records in the kernel's ring, CPUs in kernel
 * code in which they were not seen before (twice between two ticks: once is an
 * idle kernel's timer). A program on a CPU is none: where programs run the
 * agent could run, so it is stopped and not slow. A guest is hung
 * when it has said nothing for the limit and nothing moved for the limit; or
 * when it has said nothing for LIVENESS_PATIENCE limits, whatever moves: a
 * kernel that runs in circles moves, too.
 *
 * The time in which the controller itself did not run (it was stopped, the
 * host was suspended) is nobody's silence.
 *
 * Pure: the times are given, from any steady clock.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LIVENESS_LATE_MS = 15000, /* three beats */
	/* Our own ticks come every 5 s; one that is so late was not ours. */
	LIVENESS_ABSENT_MS = 12000,
	LIVENESS_PATIENCE = 5,
	LIVENESS_PAGES = 64, /* of kernel code that it was seen in lately */
	LIVENESS_FRESH = 2,  /* new ones between two ticks: progress */
	LIVENESS_PAGE_SHIFT = 12,
};

enum liveness_state {
	LIVENESS_ALIVE,
	LIVENESS_SLOW,
	LIVENESS_SUSPECT,
	LIVENESS_HUNG,
};

/* One CPU as the host sees it: see host/vm/registers.h. */
struct liveness_cpu {
	uint64_t instruction;
	uint64_t flags;
	unsigned int ring; /* 0: the kernel, 3: a program */
	bool halted;
};

struct liveness {
	uint64_t limit_ns;
	uint64_t ticked_ns;
	uint64_t heard_ns; /* the last message */
	uint64_t console_ns;
	uint64_t ring_ns;
	uint64_t registers_ns;
	bool ring_known; /* since the last message: */
	uint64_t ring_sequence;
	uint64_t pages[LIVENESS_PAGES];
	size_t page_count;  /* ever */
	unsigned int fresh; /* new pages since the last tick */
	bool compares;	    /* there were samples before it */
};

void liveness_init(struct liveness *liveness, uint64_t limit_ms,
		   uint64_t now_ns);
/* With the measured slowness (shared/calibration.h), or by the user. */
void liveness_set_limit(struct liveness *liveness, uint64_t limit_ms);
/* Any message. */
void liveness_heard(struct liveness *liveness, uint64_t now_ns);
void liveness_console(struct liveness *liveness, uint64_t now_ns);
/* The newest sequence number in the kernel's ring. */
void liveness_ring(struct liveness *liveness, uint64_t sequence,
		   uint64_t now_ns);
void liveness_sample(struct liveness *liveness, const struct liveness_cpu *cpus,
		     size_t count, uint64_t now_ns);
/* To be called regularly, every few seconds. */
enum liveness_state liveness_tick(struct liveness *liveness, uint64_t now_ns);
/* Since the last message. */
uint64_t liveness_silent_ns(const struct liveness *liveness, uint64_t now_ns);
const char *liveness_state_name(enum liveness_state state);
