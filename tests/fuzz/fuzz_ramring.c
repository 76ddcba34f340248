/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's RAM, given as runs of bytes: u64 address, u16 length, the bytes.
 * The first run is VMCOREINFO. */
#include "host/kernel/ramring.h"

#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RUNS = 256, HEAD = 10 };

struct run {
	uint64_t address;
	struct bytes bytes;
};

struct image {
	struct run runs[RUNS];
	size_t count;
	size_t reads;
};

/* The bytes of a run that are in [address, address + len). */
static void copy_overlap(const struct run *run, uint64_t address, uint8_t *out,
			 size_t len)
{
	struct bytes from = run->bytes;
	uint64_t skip;

	if (run->address < address) {
		skip = address - run->address;
		if (skip >= from.len)
			return;
		(void)bytes_take(&from, skip);
		from = bytes_take(&from, len);
		memcpy(out, from.data, from.len);
	} else if (run->address - address < len) {
		skip = run->address - address;
		from = bytes_take(&from, len - skip);
		if (from.len > 0)
			memcpy(out + skip, from.data, from.len);
	}
}

/* What is between the runs is zero, as in a hole. */
static int read_image(void *context, uint64_t address, void *to, size_t len)
{
	struct image *image = context;
	uint8_t *out = to;

	must(len <= KERNELMAP_PAGE);
	image->reads++;
	memset(out, 0, len);
	for (size_t i = 0; i < image->count; i++)
		copy_overlap(&image->runs[i], address, out, len);
	return 0;
}

static void take_runs(struct image *image, struct bytes input)
{
	while (input.len >= HEAD && image->count < RUNS) {
		struct run *run = &image->runs[image->count++];

		run->address = bytes_get_u64(input.data);
		run->bytes = input;
		(void)bytes_take(&run->bytes, HEAD);
		run->bytes =
			bytes_take(&run->bytes, bytes_get_u16(input.data + 8));
		(void)bytes_take(&input, HEAD + run->bytes.len);
	}
}

struct told {
	uint64_t count;
	uint64_t last;
};

static void on_record(void *context, const struct ramring_record *record)
{
	struct told *told = context;

	must(told->count == 0 || record->sequence > told->last);
	must(record->text.len <= RAMRING_TEXT);
	must(record->level < 8 && record->facility < 256);
	must(!record->is_cpu || record->thread == 0);
	told->last = record->sequence;
	told->count++;
}

static void check_read(struct ramring *ring, uint64_t from)
{
	struct ramring_outcome outcome;
	struct told told = {0};

	if (ramring_read(ring, from, on_record, &told, &outcome) < 0)
		return;
	must(outcome.told == told.count);
	must(outcome.told + outcome.skipped <= RAMRING_RECORDS);
	must(outcome.oldest <= outcome.newest);
	must(told.count == 0 || told.last <= outcome.newest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ramring ring;
	struct image image = {.count = 0};
	struct kernelmap_ram ram = {read_image, &image};
	struct vmcoreinfo vmcoreinfo;
	uint64_t newest;

	take_runs(&image, bytes_of(data, size));
	if (image.count == 0 ||
	    vmcoreinfo_parse(image.runs[0].bytes, &vmcoreinfo) < 0 ||
	    ramring_init(&ring, &vmcoreinfo, ram) < 0)
		return 0;
	must(ramring_newest(&ring, &newest) == 0);
	check_read(&ring, newest > 300 ? newest - 300 : 0);
	check_read(&ring, newest);
	check_read(&ring, UINT64_MAX);
	return 0;
}
