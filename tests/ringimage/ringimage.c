/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ringimage - the RAM of a kernel that does not exist, with a printk ring in
 * it. */
#include "tests/ringimage/ringimage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE = 4096,
	/* the image: a page each */
	AT_TABLES = 0,
	TABLES = 12,
	AT_PRB = TABLES * PAGE, /* the pointer, and behind it: */
	AT_RB = AT_PRB + 64,
	IMAGE_LEN = AT_PRB + PAGE,
	/* the ring's parts */
	AT_DESCS = 0,
	AT_INFOS = PAGE,
	AT_DATA = 4 * PAGE,
	RINGS_LEN = 6 * PAGE,
	/* printk_ringbuffer of a 64-bit kernel */
	RB_COUNT_BITS = 0,
	RB_DESCS = 8,
	RB_INFOS = 16,
	RB_HEAD = 24,
	RB_TAIL = 32,
	RB_SIZE_BITS = 48,
	RB_DATA = 56,
	RB_HEAD_LPOS = 64,
	RB_SIZE = 88,
	FINALIZED = 2,
	EMPTY_LINE = 3,
};

#define X86_IMAGE     0xffffffff80000000ULL
#define X86_LINEAR    0xffff888000000000ULL
#define X86_LINEAR_L5 0xff11000000000000ULL
#define ARM_LINEAR    0xffff000000000000ULL
#define ARM_IMAGE     0xffff800008000000ULL
#define RISCV_LINEAR  0xff60000000000000ULL
#define RISCV_IMAGE   0xffffffff80000000ULL
#define ID_MASK	      (~(3ULL << 62))
#define PRESENT	      0x63ULL
#define HUGE	      0x80ULL

static struct ringimage_segment *add_segment(struct ringimage *image,
					     uint64_t address, size_t len)
{
	struct ringimage_segment *segment =
		&image->segments[image->segment_count++];

	must(image->segment_count <= RINGIMAGE_SEGMENTS);
	segment->address = address;
	segment->len = len;
	segment->data = calloc(1, len);
	must(segment->data);
	return segment;
}

static uint8_t *image_at(struct ringimage *image, size_t offset)
{
	return image->segments[0].data + offset;
}

static uint8_t *rings_at(struct ringimage *image, size_t offset)
{
	return image->segments[1].data + offset;
}

/* ---- addresses ---- */

static uint64_t image_address(const struct ringimage *image, uint64_t offset)
{
	uint64_t base = X86_IMAGE;

	if (image->spec.machine == RINGIMAGE_ARM64)
		base = ARM_IMAGE;
	else if (image->spec.machine == RINGIMAGE_RISCV)
		base = RISCV_IMAGE;
	return base + image->spec.kaslr + offset;
}

static uint64_t linear_base(const struct ringimage *image)
{
	switch (image->spec.machine) {
	case RINGIMAGE_X86:
	case RINGIMAGE_X86_SMALL_PAGES:
		return X86_LINEAR;
	case RINGIMAGE_X86_L5:
		return X86_LINEAR_L5;
	case RINGIMAGE_ARM64:
		return ARM_LINEAR;
	case RINGIMAGE_RISCV:
		return RISCV_LINEAR;
	}
	return 0;
}

/* Where RAM begins on machines that don't begin it at 0. */
static uint64_t ram_base(const struct ringimage *image)
{
	if (image->spec.machine == RINGIMAGE_ARM64)
		return 0x40000000;
	return image->spec.machine == RINGIMAGE_RISCV ? 0x80000000 : 0;
}

static uint64_t rings_address(const struct ringimage *image, uint64_t offset)
{
	return linear_base(image) + image->spec.rings - ram_base(image) +
	       offset;
}

/* Enters a page into the tables, which are taken in their order. */
static void map_page(struct ringimage *image, uint64_t address,
		     uint64_t physical, size_t *used)
{
	bool l5 = image->spec.machine == RINGIMAGE_X86_L5;
	bool small = image->spec.machine == RINGIMAGE_X86_SMALL_PAGES;
	size_t table = 0;

	for (int shift = l5 ? 48 : 39; shift >= 12; shift -= 9) {
		uint8_t *entry = image_at(
			image, table * PAGE + (address >> shift & 511) * 8);
		uint64_t below = (1ULL << shift) - 1;

		if (shift == 12 || (shift == 21 && !small)) {
			bytes_put_u64(entry, (physical & ~below) | PRESENT |
						     (shift > 12 ? HUGE : 0));
			return;
		}
		if (bytes_get_u64(entry) == 0) {
			must(++*used < TABLES);
			bytes_put_u64(entry,
				      (image->spec.image + *used * PAGE) |
					      PRESENT);
		}
		table = ((bytes_get_u64(entry) & ~(uint64_t)(PAGE - 1)) -
			 image->spec.image) /
			PAGE;
	}
}

static void make_tables(struct ringimage *image)
{
	size_t used = 0;

	if (image->spec.machine == RINGIMAGE_ARM64 ||
	    image->spec.machine == RINGIMAGE_RISCV)
		return;
	for (uint64_t at = 0; at < IMAGE_LEN; at += PAGE)
		map_page(image, image_address(image, at),
			 image->spec.image + at, &used);
	for (uint64_t at = 0; at < RINGS_LEN; at += PAGE)
		map_page(image, rings_address(image, at),
			 image->spec.rings + at, &used);
}

/* ---- VMCOREINFO ---- */

static const char ring_text[] = "SIZE(printk_ringbuffer)=88\n"
				"OFFSET(printk_ringbuffer.desc_ring)=0\n"
				"OFFSET(printk_ringbuffer.text_data_ring)=48\n"
				"OFFSET(printk_ringbuffer.fail)=80\n"
				"SIZE(prb_desc_ring)=48\n"
				"OFFSET(prb_desc_ring.count_bits)=0\n"
				"OFFSET(prb_desc_ring.descs)=8\n"
				"OFFSET(prb_desc_ring.infos)=16\n"
				"OFFSET(prb_desc_ring.head_id)=24\n"
				"OFFSET(prb_desc_ring.tail_id)=32\n"
				"SIZE(prb_desc)=24\n"
				"OFFSET(prb_desc.state_var)=0\n"
				"OFFSET(prb_desc.text_blk_lpos)=8\n"
				"SIZE(prb_data_blk_lpos)=16\n"
				"OFFSET(prb_data_blk_lpos.begin)=0\n"
				"OFFSET(prb_data_blk_lpos.next)=8\n"
				"SIZE(printk_info)=88\n"
				"OFFSET(printk_info.seq)=0\n"
				"OFFSET(printk_info.ts_nsec)=8\n"
				"OFFSET(printk_info.text_len)=16\n"
				"OFFSET(printk_info.caller_id)=20\n"
				"OFFSET(printk_info.dev_info)=24\n"
				"SIZE(prb_data_ring)=32\n"
				"OFFSET(prb_data_ring.size_bits)=0\n"
				"OFFSET(prb_data_ring.data)=8\n"
				"SIZE(atomic_long_t)=8\n"
				"OFFSET(atomic_long_t.counter)=0\n";

static int machine_text(const struct ringimage *image, char *to, size_t cap)
{
	const struct ringimage_spec *spec = &image->spec;

	if (spec->machine == RINGIMAGE_ARM64)
		return snprintf(to, cap,
				"NUMBER(VA_BITS)=48\n"
				"NUMBER(kimage_voffset)=0x%" PRIx64 "\n"
				"NUMBER(PHYS_OFFSET)=0x%" PRIx64 "\n",
				image_address(image, 0) - spec->image,
				ram_base(image));
	if (spec->machine == RINGIMAGE_RISCV)
		return snprintf(to, cap,
				"NUMBER(VA_BITS)=57\n"
				"NUMBER(PAGE_OFFSET)=0x%" PRIx64 "\n"
				"NUMBER(phys_ram_base)=0x%" PRIx64 "\n"
				"NUMBER(KERNEL_LINK_ADDR)=0x%" PRIx64 "\n"
				"NUMBER(va_kernel_pa_offset)=0x%" PRIx64 "\n",
				(uint64_t)RISCV_LINEAR, ram_base(image),
				image_address(image, 0),
				image_address(image, 0) - spec->image);
	return snprintf(to, cap,
			"NUMBER(phys_base)=%" PRId64 "\n"
			"SYMBOL(init_top_pgt)=%" PRIx64 "\n"
			"NUMBER(pgtable_l5_enabled)=%d\n"
			"KERNELOFFSET=%" PRIx64 "\n"
			"NUMBER(sme_mask)=0\n",
			(int64_t)(spec->image - spec->kaslr),
			image_address(image, AT_TABLES),
			spec->machine == RINGIMAGE_X86_L5, spec->kaslr);
}

static void write_text(struct ringimage *image)
{
	struct ringimage_segment *info =
		add_segment(image, image->spec.info, sizeof(image->text));
	char machine[512];

	machine_text(image, machine, sizeof(machine));
	snprintf(image->text, sizeof(image->text),
		 "OSRELEASE=6.1.0-none\nBUILD-ID=0123\nPAGESIZE=4096\n"
		 "SYMBOL(init_uts_ns)=ffffffff82e1d2c0\n"
		 "SYMBOL(prb)=%" PRIx64 "\n%s%sCRASHTIME=1\n",
		 image_address(image, AT_PRB), ring_text, machine);
	memcpy(info->data, image->text, strlen(image->text));
}

/* ---- the ring ---- */

void ringimage_create(struct ringimage *image,
		      const struct ringimage_spec *spec)
{
	uint8_t *rb;

	*image = (struct ringimage){.spec = *spec};
	image->first_id = image->next_id = image->tail_id = spec->next_id;
	add_segment(image, spec->image, IMAGE_LEN);
	add_segment(image, spec->rings, RINGS_LEN);
	make_tables(image);
	write_text(image);
	bytes_put_u64(image_at(image, AT_PRB), image_address(image, AT_RB));
	rb = ringimage_rings(image);
	bytes_put_u32(rb + RB_COUNT_BITS, spec->count_bits);
	bytes_put_u64(rb + RB_DESCS, rings_address(image, AT_DESCS));
	bytes_put_u64(rb + RB_INFOS, rings_address(image, AT_INFOS));
	bytes_put_u32(rb + RB_SIZE_BITS, spec->size_bits);
	bytes_put_u64(rb + RB_DATA, rings_address(image, AT_DATA));
}

void ringimage_destroy(struct ringimage *image)
{
	for (size_t i = 0; i < image->segment_count; i++)
		free(image->segments[i].data);
}

uint8_t *ringimage_rings(struct ringimage *image)
{
	return image_at(image, AT_RB);
}

static size_t slot_of(const struct ringimage *image, uint64_t id)
{
	return id & ((1U << image->spec.count_bits) - 1);
}

uint8_t *ringimage_desc(struct ringimage *image, uint64_t id)
{
	return rings_at(image,
			AT_DESCS + slot_of(image, id) * RINGIMAGE_DESC_SIZE);
}

uint8_t *ringimage_info(struct ringimage *image, uint64_t id)
{
	return rings_at(image,
			AT_INFOS + slot_of(image, id) * RINGIMAGE_INFO_SIZE);
}

/* Gives the record a block, and returns where its text goes. */
static uint8_t *alloc_block(struct ringimage *image, uint64_t id, size_t len)
{
	uint64_t size = 1ULL << image->spec.size_bits;
	uint64_t need = (len + 8 + 7) & ~7ULL;
	uint64_t begin = image->head_lpos;
	uint64_t at = begin & (size - 1);

	/* data_alloc(): in 6.1, one that ends with the ring wraps as well */
	if ((begin + need) / size != begin / size) {
		at = 0;
		image->head_lpos = (begin / size + 1) * size;
	}
	image->head_lpos += need;
	bytes_put_u64(ringimage_desc(image, id) + 8, begin);
	bytes_put_u64(ringimage_desc(image, id) + 16, image->head_lpos);
	bytes_put_u64(rings_at(image, AT_DATA + at), id);
	return rings_at(image, AT_DATA + at + 8);
}

static void write_info(struct ringimage *image, uint64_t id,
		       const struct ringimage_record *record)
{
	uint8_t *info = ringimage_info(image, id);

	bytes_put_u64(info, (id - image->first_id) & ID_MASK);
	bytes_put_u64(info + 8, record->time_ns);
	bytes_put_u16(info + 16, (uint16_t)strlen(record->text));
	info[18] = (uint8_t)record->facility;
	info[19] = (uint8_t)(record->level << 5);
	bytes_put_u32(info + 20, record->caller);
}

/* Whether what this record has is taken by a newer one, with this id. */
static bool is_taken(struct ringimage *image, uint64_t newer, uint64_t id)
{
	uint64_t begin = bytes_get_u64(ringimage_desc(image, id) + 8);

	if (newer == id)
		return false;
	return ((newer - id) & ID_MASK) >= 1ULL << image->spec.count_bits ||
	       (begin != EMPTY_LINE &&
		image->head_lpos - begin > 1ULL << image->spec.size_bits);
}

uint64_t ringimage_say(struct ringimage *image,
		       const struct ringimage_record *record)
{
	uint64_t id = image->next_id++ & ID_MASK;
	uint8_t *desc = ringimage_desc(image, id);
	size_t len = strlen(record->text);

	if (len > 0) {
		memcpy(alloc_block(image, id, len), record->text, len);
	} else {
		bytes_put_u64(desc + 8, EMPTY_LINE);
		bytes_put_u64(desc + 16, EMPTY_LINE);
	}
	write_info(image, id, record);
	bytes_put_u64(desc, id | (uint64_t)FINALIZED << 62);
	/* The oldest ones give way: their descriptors, or their text. */
	while (is_taken(image, id, image->tail_id))
		image->tail_id = (image->tail_id + 1) & ID_MASK;
	bytes_put_u64(ringimage_rings(image) + RB_HEAD, id);
	bytes_put_u64(ringimage_rings(image) + RB_TAIL, image->tail_id);
	bytes_put_u64(ringimage_rings(image) + RB_HEAD_LPOS, image->head_lpos);
	return id;
}

static int read_segments(void *context, uint64_t address, void *to, size_t len)
{
	const struct ringimage *image = context;

	for (size_t i = 0; i < image->segment_count; i++) {
		const struct ringimage_segment *s = &image->segments[i];

		if (address >= s->address && address - s->address <= s->len &&
		    len <= s->len - (address - s->address)) {
			memcpy(to, s->data + (address - s->address), len);
			return 0;
		}
	}
	return -EFAULT;
}

struct kernelmap_ram ringimage_ram(struct ringimage *image)
{
	return (struct kernelmap_ram){read_segments, image};
}
