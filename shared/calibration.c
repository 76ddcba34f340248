/* SPDX-License-Identifier: GPL-2.0-or-later */
/* calibration - how slow a guest is, told by a loop that both sides time. */
#include "shared/calibration.h"

#include "shared/clock.h"

#include <stddef.h>

enum {
	PASSES = 4,
	BUFFER = 64 * 1024,
	TIMES = 3,
};

/* The work: a CRC-32 by bytes, so that each step needs the one before. */
static uint32_t work(uint32_t crc, uint8_t *buffer, const uint32_t *table)
{
	for (int pass = 0; pass < PASSES; pass++)
		for (size_t i = 0; i < BUFFER; i++) {
			crc = table[(crc ^ buffer[i]) & 0xff] ^ (crc >> 8);
			buffer[i] = (uint8_t)crc;
		}
	return crc;
}

static void make_table(uint32_t table[256])
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t value = i;

		for (int bit = 0; bit < 8; bit++)
			value = (value >> 1) ^
				((value & 1) ? UINT32_C(0xedb88320) : 0);
		table[i] = value;
	}
}

static uint64_t median(const uint64_t *t)
{
	uint64_t low = t[0] < t[1] ? t[0] : t[1];
	uint64_t high = t[0] < t[1] ? t[1] : t[0];

	return t[2] < low ? low : t[2] > high ? high : t[2];
}

uint64_t calibration_measure_ns(void)
{
	static uint8_t buffer[BUFFER];
	/* The compiler must not find out that nobody wants the result. */
	static volatile uint32_t result;
	uint32_t table[256];
	uint64_t took_ns[TIMES];

	make_table(table);
	for (int i = 0; i < TIMES; i++) {
		uint64_t start_ns = clock_mono_ns();

		result = work(result, buffer, table);
		took_ns[i] = clock_mono_ns() - start_ns;
	}
	return median(took_ns);
}

uint32_t calibration_slowness(uint64_t guest_ns, uint64_t host_ns)
{
	if (host_ns == 0 || guest_ns <= host_ns)
		return CALIBRATION_SAME;
	if (guest_ns / host_ns >= CALIBRATION_MOST / 100)
		return CALIBRATION_MOST;
	return (uint32_t)(guest_ns * 100 / host_ns);
}
