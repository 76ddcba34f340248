/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write_ring_corpus - an image as an input of fuzz_ramring, on stdout.
 *
 *   for m in 0 1 2 3 4; do
 *     write_ring_corpus $m > tests/fuzz/corpus/ramring/machine-$m
 *   done
 *
 * Runs of bytes that are not zero: u64 address, u16 length, the bytes. The
 * first one is VMCOREINFO.
 */
#include "tests/ringimage/ringimage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 16 };

static void write_run(uint64_t address, const uint8_t *data, size_t len)
{
	uint8_t head[10];

	bytes_put_u64(head, address);
	bytes_put_u16(head + 8, (uint16_t)len);
	fwrite(head, 1, sizeof(head), stdout);
	fwrite(data, 1, len, stdout);
}

static bool is_zero(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] != 0)
			return false;
	return true;
}

static void write_segment(const struct ringimage_segment *segment)
{
	size_t at = 0;

	while (at < segment->len) {
		size_t len = 0;

		while (at + len + GAP <= segment->len &&
		       !is_zero(segment->data + at + len, GAP))
			len += GAP;
		if (len > 0)
			write_run(segment->address + at, segment->data + at,
				  len);
		at += len + GAP;
	}
}

int main(int argc, char **argv)
{
	struct ringimage_spec spec = {
		.count_bits = 4,
		.size_bits = 8,
		.kaslr = 0x1c000000,
		.image = 0x90000000,
		.rings = 0x8d400000,
		.info = 0x88000000,
		.next_id = 11,
	};
	struct ringimage image;

	if (argc != 2) {
		fputs("usage: write_ring_corpus MACHINE\n", stderr);
		return 2;
	}
	spec.machine = (enum ringimage_machine)atoi(argv[1]);
	ringimage_create(&image, &spec);
	for (uint64_t i = 0; i < 20; i++)
		ringimage_say(&image, &(struct ringimage_record){
					      .time_ns = i * 1000,
					      .caller = 100,
					      .level = 6,
					      .text = "the kernel says this",
				      });
	for (size_t i = 0; i < image.segment_count; i++)
		write_segment(&image.segments[(i + 2) % image.segment_count]);
	ringimage_destroy(&image);
	return fflush(stdout) ? 1 : 0;
}
