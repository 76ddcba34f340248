/* SPDX-License-Identifier: GPL-2.0-or-later */
/* latency - how long many things took, in little memory. */
#include "shared/latency.h"

#include <stddef.h>

enum { UNIT_NS = 125 }; /* an eighth of the first octave */

/* The octave, and which eighth of it; step 0 is what is below all. */
static size_t step_of(uint64_t ns)
{
	uint64_t units = ns / UNIT_NS;
	unsigned int octave;
	size_t step;

	if (units < 8)
		return 0;
	octave = 60 - (unsigned int)__builtin_clzll(units);
	step = 1 + (size_t)octave * 8 + (size_t)((units >> octave) & 7);
	return step < LATENCY_STEPS ? step : LATENCY_STEPS - 1;
}

/* Where the next step begins. */
static uint64_t end_of_step_ns(size_t step)
{
	if (step == 0)
		return (uint64_t)8 * UNIT_NS;
	return ((9 + (uint64_t)(step - 1) % 8) << ((step - 1) / 8)) * UNIT_NS;
}

void latency_add(struct latency *latency, uint64_t ns)
{
	latency->count++;
	latency->step[step_of(ns)]++;
	if (ns > latency->max_ns)
		latency->max_ns = ns;
}

uint64_t latency_percentile_ns(const struct latency *latency,
			       unsigned int percent)
{
	uint64_t want = (latency->count * percent + 99) / 100;
	uint64_t seen = 0;

	for (size_t i = 0; i < LATENCY_STEPS - 1; i++) {
		uint64_t end_ns = end_of_step_ns(i);

		seen += latency->step[i];
		if (seen >= want)
			return end_ns < latency->max_ns ? end_ns
							: latency->max_ns;
	}
	return latency->max_ns; /* the last step has no end */
}
