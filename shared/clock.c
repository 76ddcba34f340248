/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock - the clocks, in the units that names carry. */
#include "shared/clock.h"

#include "shared/must.h"

#include <time.h>

static uint64_t clock_read_ns(clockid_t id)
{
	struct timespec now = {0};
	int r = clock_gettime(id, &now);

	must(r == 0);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t clock_mono_ns(void)
{
	return clock_read_ns(CLOCK_MONOTONIC);
}

uint64_t clock_boot_ns(void)
{
	return clock_read_ns(CLOCK_BOOTTIME);
}

uint64_t clock_real_ns(void)
{
	return clock_read_ns(CLOCK_REALTIME);
}
