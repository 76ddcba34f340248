/* SPDX-License-Identifier: GPL-2.0-or-later */
/* calibration - how slow a guest is, told by a loop that both sides time.
 *
 * The same bytes through the same table on host and guest: arithmetic, loads
 * and jumps, no system calls, half a millisecond on a machine of 2020. Under
 * KVM both need the same; interpreted, the guest needs some ten times as long.
 * What waits for a guest multiplies its patience by that.
 */
#pragma once

#include <stdint.h>

enum {
	CALIBRATION_SAME = 100, /* per cent */
	CALIBRATION_MOST = 5000,
};

/* The median of three. Takes a few milliseconds. */
uint64_t calibration_measure_ns(void);
/* Per cent, CALIBRATION_SAME to CALIBRATION_MOST, whatever a guest says. */
uint32_t calibration_slowness(uint64_t guest_ns, uint64_t host_ns);
