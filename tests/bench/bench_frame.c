/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench_frame - the frame codec against memcpy(), on chunks of bulk and on
 * messages of the usual size. */
#include "shared/clock.h"
#include "shared/frame.h"
#include "tests/bench/figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BYTES = 64 * 1024 * 1024, ROUNDS = 5, READ = 64 * 1024 };

struct copies {
	uint8_t *from;
	uint8_t *to;
	size_t used;
};

static uint64_t time_memcpy(struct copies *copies, size_t piece)
{
	uint64_t started_ns = clock_mono_ns();

	for (size_t at = 0; at + piece <= BYTES; at += piece)
		memcpy(copies->to + at, copies->from + at, piece);
	return clock_mono_ns() - started_ns;
}

static uint64_t time_crc(const struct copies *copies, size_t piece)
{
	uint64_t started_ns = clock_mono_ns();
	uLong sum = 0;

	for (size_t at = 0; at + piece <= BYTES; at += piece)
		sum ^= crc32(0, copies->from + at, (uInt)piece);
	copies->to[0] = (uint8_t)sum;
	return clock_mono_ns() - started_ns;
}

static uint64_t time_encode(struct copies *copies, size_t piece)
{
	uint64_t started_ns = clock_mono_ns();
	uint64_t sequence = 0;

	copies->used = 0;
	for (size_t at = 0; at + piece <= BYTES; at += piece)
		copies->used += frame_encode(
			copies->to + copies->used, FRAME_RELIABLE, ++sequence,
			bytes_of(copies->from + at, piece));
	return clock_mono_ns() - started_ns;
}

static uint64_t time_decode(const struct copies *copies, size_t piece)
{
	static uint8_t storage[FRAME_MAX_SIZE + READ];
	struct frame_decoder decoder;
	uint64_t started_ns = clock_mono_ns();
	size_t frames = 0;

	frame_decoder_init(&decoder, storage, sizeof(storage));
	for (size_t at = 0; at < copies->used;) {
		struct frame frame;
		size_t room;
		uint8_t *to = frame_decoder_room(&decoder, &room);
		size_t n = copies->used - at;

		n = n < room ? n : room;
		n = n < READ ? n : READ;
		memcpy(to, copies->to + at, n);
		frame_decoder_filled(&decoder, n);
		at += n;
		while (frame_decoder_next(&decoder, &frame))
			frames++;
	}
	figure_need(frames == BYTES / piece && decoder.skipped == 0, "decode");
	return clock_mono_ns() - started_ns;
}

static void keep_least(uint64_t *least, uint64_t ns)
{
	if (*least == 0 || ns < *least)
		*least = ns;
}

static void print(const char *what, size_t piece, uint64_t ns)
{
	char name[64];

	snprintf(name, sizeof(name), "%s, %zu B", what, piece);
	figure_print(name, figure_speed(BYTES, ns), "MB/s");
}

static void measure(struct copies *copies, size_t piece)
{
	uint64_t copy = 0, crc = 0, encode = 0, decode = 0;

	for (int i = 0; i < ROUNDS; i++) {
		keep_least(&copy, time_memcpy(copies, piece));
		keep_least(&crc, time_crc(copies, piece));
		keep_least(&encode, time_encode(copies, piece));
		keep_least(&decode, time_decode(copies, piece));
	}
	print("memcpy", piece, copy);
	print("crc32 of zlib", piece, crc);
	print("frame_encode", piece, encode);
	print("frame_decoder", piece, decode);
}

int main(void)
{
	struct copies copies = {
		.from = malloc(BYTES),
		.to = malloc(2 * (size_t)BYTES),
	};

	figure_need(copies.from != NULL && copies.to != NULL, "memory");
	for (size_t i = 0; i < BYTES; i++)
		copies.from[i] = (uint8_t)((i * 2654435761U) >> 24);
	memset(copies.to, 1, 2 * (size_t)BYTES);
	measure(&copies, LIMIT_CHUNK);
	measure(&copies, 256);
	free(copies.from);
	free(copies.to);
	return 0;
}
