/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tsc - how fast the time-stamp counter of an emulated x86 guest runs.
 *
 * QEMU gives each of its CPUs the host's own counter. A kernel finds out its
 * speed by the PIT, for which a busy host leaves an emulator no time: 697 MHz
 * for 2596 was seen. Then its clock is wrong, so it must be told.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct tsc_mark {
	uint64_t ticks; /* 0: this is no x86 */
	uint64_t ns;	/* CLOCK_MONOTONIC_RAW */
};

void tsc_take(struct tsc_mark *ret_mark);
/* From two marks; 0 when they are too near to each other to tell. */
uint32_t tsc_khz(const struct tsc_mark *from, const struct tsc_mark *to);
/* Whether a kernel of this release ("6.1.0-56-amd64") can be told. */
bool tsc_can_be_told(const char *release);
