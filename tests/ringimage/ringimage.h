/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ringimage - the RAM of a kernel that does not exist, with a printk ring in
 * it: for tests of what reads such memory.
 *
 * The ring is written as the kernel does it (printk_ringbuffer.c): records get
 * consecutive ids, a block that does not fit behind the last one begins at the
 * ring's start, and a new record takes the oldest ones away. Page tables and
 * VMCOREINFO are those of x86-64, or of arm64 or riscv, which have none here.
 *
 * The RAM is a few segments; what is between them is not there.
 */
#pragma once

#include "host/kernel/kernelmap.h"

enum {
	RINGIMAGE_SEGMENTS = 8,
	RINGIMAGE_INFO_SIZE = 88,
	RINGIMAGE_DESC_SIZE = 24,
};

enum ringimage_machine {
	RINGIMAGE_X86,
	RINGIMAGE_X86_L5,
	RINGIMAGE_X86_SMALL_PAGES, /* no huge ones */
	RINGIMAGE_ARM64,
	RINGIMAGE_RISCV,
};

struct ringimage_spec {
	enum ringimage_machine machine;
	unsigned int count_bits; /* at most 6 */
	unsigned int size_bits;	 /* at most 12 */
	uint64_t kaslr;		 /* of the image's address */
	uint64_t image;		 /* physical address of the kernel's image */
	uint64_t rings;		 /* and of the ring's parts */
	uint64_t info;		 /* and of VMCOREINFO */
	uint64_t next_id;	 /* of the first record; its sequence is 0 */
};

struct ringimage_segment {
	uint64_t address;
	size_t len;
	uint8_t *data;
};

struct ringimage {
	struct ringimage_spec spec;
	struct ringimage_segment segments[RINGIMAGE_SEGMENTS];
	size_t segment_count;
	char text[VMCOREINFO_TEXT];
	uint64_t first_id;
	uint64_t next_id;
	uint64_t tail_id;
	uint64_t head_lpos;
};

struct ringimage_record {
	uint64_t time_ns;
	uint32_t caller; /* the CPU's with bit 31 */
	unsigned int facility;
	unsigned int level;
	const char *text;
};

void ringimage_create(struct ringimage *image,
		      const struct ringimage_spec *spec);
void ringimage_destroy(struct ringimage *image);
/* Returns its id. */
uint64_t ringimage_say(struct ringimage *image,
		       const struct ringimage_record *record);
/* The parts of a record, for those who damage them: NULL where there are none
 * yet. */
uint8_t *ringimage_desc(struct ringimage *image, uint64_t id);
uint8_t *ringimage_info(struct ringimage *image, uint64_t id);
uint8_t *ringimage_rings(struct ringimage *image); /* the printk_ringbuffer */
struct kernelmap_ram ringimage_ram(struct ringimage *image);
