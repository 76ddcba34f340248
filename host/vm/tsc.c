/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tsc - how fast the time-stamp counter of an emulated x86 guest runs. */
#include "host/vm/tsc.h"

#include <stdio.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

enum {
	TRIES = 8,
	APART_MIN_NS = 10 * 1000 * 1000,
	KHZ_MIN = 100 * 1000,
	KHZ_MAX = 20 * 1000 * 1000,
	/* Of tsc_early_khz; in 5.7, but 5.10 is what people have. */
	RELEASE_MAJOR = 5,
	RELEASE_MINOR = 10,
};

static uint64_t ticks(void)
{
#if defined(__x86_64__)
	return __rdtsc();
#else
	return 0;
#endif
}

static uint64_t raw_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Of some tries the one that was not interrupted. */
void tsc_take(struct tsc_mark *ret_mark)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		uint64_t before = ticks();
		uint64_t ns = raw_ns();
		uint64_t took = ticks() - before;

		if (took >= least)
			continue;
		least = took;
		*ret_mark = (struct tsc_mark){before + took / 2, ns};
	}
}

uint32_t tsc_khz(const struct tsc_mark *from, const struct tsc_mark *to)
{
	double khz;

	if (from->ticks == 0 || to->ticks <= from->ticks ||
	    to->ns < from->ns + APART_MIN_NS)
		return 0;
	khz = (double)(to->ticks - from->ticks) * 1e6 /
	      (double)(to->ns - from->ns);
	return khz >= KHZ_MIN && khz <= KHZ_MAX ? (uint32_t)(khz + 0.5) : 0;
}

bool tsc_can_be_told(const char *release)
{
	unsigned int major, minor;

	if (sscanf(release, "%4u.%4u", &major, &minor) != 2)
		return false;
	return major > RELEASE_MAJOR ||
	       (major == RELEASE_MAJOR && minor >= RELEASE_MINOR);
}
