/* SPDX-License-Identifier: GPL-2.0-or-later */
/* liveness - whether a guest lives, by all that it shows of itself. */
#include "host/link/liveness.h"

#include "shared/clock.h"
#include "shared/must.h"

#include <assert.h>

static const char *const names[] = {
	[LIVENESS_ALIVE] = "alive",
	[LIVENESS_SLOW] = "slow",
	[LIVENESS_SUSPECT] = "suspect",
	[LIVENESS_HUNG] = "hung",
};
static_assert(sizeof(names) / sizeof(names[0]) == LIVENESS_HUNG + 1,
	      "every state has a name");

const char *liveness_state_name(enum liveness_state state)
{
	return names[state];
}

void liveness_init(struct liveness *liveness, uint64_t limit_ms,
		   uint64_t now_ns)
{
	*liveness = (struct liveness){
		.limit_ns = clock_ns_of_ms(limit_ms),
		.ticked_ns = now_ns,
		.heard_ns = now_ns,
		.console_ns = now_ns,
		.ring_ns = now_ns,
		.registers_ns = now_ns,
	};
}

void liveness_set_limit(struct liveness *liveness, uint64_t limit_ms)
{
	liveness->limit_ns = clock_ns_of_ms(limit_ms);
}

void liveness_heard(struct liveness *liveness, uint64_t now_ns)
{
	liveness->heard_ns = now_ns;
	liveness->page_count = 0;
	liveness->compares = false;
	liveness->ring_known = false;
}

void liveness_console(struct liveness *liveness, uint64_t now_ns)
{
	liveness->console_ns = now_ns;
}

void liveness_ring(struct liveness *liveness, uint64_t sequence,
		   uint64_t now_ns)
{
	if (liveness->ring_known && sequence > liveness->ring_sequence)
		liveness->ring_ns = now_ns;
	liveness->ring_known = true;
	liveness->ring_sequence = sequence;
}

/* Whether the page is a new one; it then takes the oldest one's place. */
static bool is_new_page(struct liveness *liveness, uint64_t page)
{
	size_t known = liveness->page_count < LIVENESS_PAGES
			       ? liveness->page_count
			       : LIVENESS_PAGES;

	for (size_t i = 0; i < known; i++)
		if (liveness->pages[i] == page)
			return false;
	liveness->pages[liveness->page_count++ % LIVENESS_PAGES] = page;
	return true;
}

void liveness_sample(struct liveness *liveness, const struct liveness_cpu *cpus,
		     size_t count, uint64_t now_ns)
{
	for (size_t i = 0; i < count; i++) {
		const struct liveness_cpu *cpu = &cpus[i];

		if (cpu->halted || cpu->ring != 0)
			continue;
		if (is_new_page(liveness,
				cpu->instruction >> LIVENESS_PAGE_SHIFT) &&
		    liveness->compares)
			liveness->fresh++;
	}
	if (liveness->fresh >= LIVENESS_FRESH)
		liveness->registers_ns = now_ns;
}

static uint64_t since(uint64_t then_ns, uint64_t now_ns)
{
	return now_ns > then_ns ? now_ns - then_ns : 0;
}

uint64_t liveness_silent_ns(const struct liveness *liveness, uint64_t now_ns)
{
	return since(liveness->heard_ns, now_ns);
}

static uint64_t still_ns(const struct liveness *liveness, uint64_t now_ns)
{
	uint64_t last = liveness->console_ns;

	if (liveness->ring_ns > last)
		last = liveness->ring_ns;
	if (liveness->registers_ns > last)
		last = liveness->registers_ns;
	return since(last, now_ns);
}

static void forgive_absence(struct liveness *liveness, uint64_t now_ns)
{
	uint64_t absent_ns = since(liveness->ticked_ns, now_ns);

	liveness->ticked_ns = now_ns;
	if (absent_ns <= clock_ns_of_ms(LIVENESS_ABSENT_MS))
		return;
	liveness->heard_ns += absent_ns;
	liveness->console_ns += absent_ns;
	liveness->ring_ns += absent_ns;
	liveness->registers_ns += absent_ns;
}

static uint64_t late_ns(const struct liveness *liveness)
{
	uint64_t late = clock_ns_of_ms(LIVENESS_LATE_MS);

	/* A limit that a user has set low leaves time to look. */
	return late < liveness->limit_ns / 2 ? late : liveness->limit_ns / 2;
}

enum liveness_state liveness_tick(struct liveness *liveness, uint64_t now_ns)
{
	uint64_t limit_ns = liveness->limit_ns;
	uint64_t silent_ns;

	must(limit_ns > 0);
	forgive_absence(liveness, now_ns);
	liveness->fresh = 0;
	liveness->compares = liveness->page_count > 0;
	silent_ns = liveness_silent_ns(liveness, now_ns);
	if (silent_ns < late_ns(liveness))
		return LIVENESS_ALIVE;
	if (silent_ns < limit_ns)
		return still_ns(liveness, now_ns) < late_ns(liveness)
			       ? LIVENESS_SLOW
			       : LIVENESS_SUSPECT;
	if (silent_ns / LIVENESS_PATIENCE >= limit_ns ||
	    still_ns(liveness, now_ns) >= limit_ns)
		return LIVENESS_HUNG;
	return LIVENESS_SLOW;
}
