/* SPDX-License-Identifier: GPL-2.0-or-later */
/* latency - how long many things took, in little memory.
 *
 * A histogram with eight steps an octave, from 1 us to over an hour: a quantile
 * is right within an eighth. Nothing is allocated.
 */
#pragma once

#include <stdint.h>

enum { LATENCY_STEPS = 8 * 33 };

struct latency {
	uint64_t count;
	uint64_t max_ns;
	uint32_t step[LATENCY_STEPS];
};

void latency_add(struct latency *latency, uint64_t ns);
/* What so many per cent of them did not exceed; 0 of none. */
uint64_t latency_percentile_ns(const struct latency *latency,
			       unsigned int percent);
