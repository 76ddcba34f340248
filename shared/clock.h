/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock - the clocks, in the units that names carry. */
#pragma once

#include <stdint.h>

uint64_t clock_mono_ns(void);
uint64_t clock_boot_ns(void);
uint64_t clock_real_ns(void);
static inline uint64_t clock_ns_of_ms(uint64_t ms)
{
	return ms * 1000000;
}
static inline uint64_t clock_ms_of_ns(uint64_t ns)
{
	return ns / 1000000;
}
