/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernelmap - reads a kernel's memory by the kernel's own addresses, out of an
 * image of its RAM. */
#include "host/kernel/kernelmap.h"

#include <errno.h>
#include <string.h>

/* arch/x86/include/asm/page_64_types.h, pgtable_types.h */
#define X86_IMAGE      0xffffffff80000000ULL /* __START_KERNEL_map */
#define X86_ADDRESS    0x000ffffffffff000ULL /* of an entry */
#define X86_PRESENT    0x001ULL
#define X86_HUGE       0x080ULL
#define X86_ENTRIES    512u
#define X86_LEVEL_BITS 9u
#define PAGE_BITS      12u

static bool x86_init(struct kernelmap *map, const struct vmcoreinfo *v)
{
	const uint64_t *value = v->value;

	if (!v->known[VMCOREINFO_PHYS_BASE] ||
	    !v->known[VMCOREINFO_INIT_TOP_PGT] ||
	    value[VMCOREINFO_INIT_TOP_PGT] < X86_IMAGE)
		return false;
	map->levels = value[VMCOREINFO_L5_ENABLED] == 1 ? 5 : 4;
	map->encrypted = value[VMCOREINFO_SME_MASK];
	map->table = value[VMCOREINFO_INIT_TOP_PGT] - X86_IMAGE +
		     value[VMCOREINFO_PHYS_BASE];
	return map->table % KERNELMAP_PAGE == 0;
}

/* arch/arm64/include/asm/memory.h: the lower half of the kernel's addresses is
 * the linear map, the upper one has the image. */
static bool arm64_init(struct kernelmap *map, const struct vmcoreinfo *v)
{
	uint64_t bits = v->value[VMCOREINFO_VA_BITS];
	uint64_t linear, half;

	if (!v->known[VMCOREINFO_KIMAGE_VOFFSET] ||
	    !v->known[VMCOREINFO_PHYS_OFFSET] || bits < 36 || bits > 52)
		return false;
	linear = -(1ULL << bits);
	half = -(1ULL << ((bits < 48 ? bits : 48) - 1));
	map->windows[0] = (struct kernelmap_window){
		.first = linear,
		.last = half - 1,
		.offset = linear - v->value[VMCOREINFO_PHYS_OFFSET],
	};
	map->windows[1] = (struct kernelmap_window){
		.first = half,
		.last = UINT64_MAX,
		.offset = v->value[VMCOREINFO_KIMAGE_VOFFSET],
	};
	map->window_count = 2;
	return true;
}

/* arch/riscv/include/asm/page.h: the image is above the linear map. */
static bool riscv_init(struct kernelmap *map, const struct vmcoreinfo *v)
{
	uint64_t linear = v->value[VMCOREINFO_PAGE_OFFSET];
	uint64_t image = v->value[VMCOREINFO_KERNEL_LINK];

	if (!vmcoreinfo_knows(v, VMCOREINFO_PAGE_OFFSET,
			      VMCOREINFO_KERNEL_LINK) ||
	    linear >= image)
		return false;
	map->windows[0] = (struct kernelmap_window){
		.first = linear,
		.last = image - 1,
		.offset = linear - v->value[VMCOREINFO_PHYS_RAM_BASE],
	};
	map->windows[1] = (struct kernelmap_window){
		.first = image,
		.last = UINT64_MAX,
		.offset = v->value[VMCOREINFO_KERNEL_PA_OFFSET],
	};
	map->window_count = 2;
	return true;
}

static void forget(struct kernelmap *map)
{
	for (size_t i = 0; i < KERNELMAP_CACHE; i++)
		map->cache[i].page = UINT64_MAX; /* is no page's address */
}

int kernelmap_init(struct kernelmap *map, const struct vmcoreinfo *vmcoreinfo,
		   struct kernelmap_ram ram)
{
	*map = (struct kernelmap){.ram = ram};
	forget(map);
	if (x86_init(map, vmcoreinfo) || arm64_init(map, vmcoreinfo) ||
	    riscv_init(map, vmcoreinfo))
		return 0;
	return -EOPNOTSUPP;
}

static int read_entry(struct kernelmap *map, uint64_t table, uint64_t index,
		      uint64_t *ret_entry)
{
	uint8_t entry[8];

	if (map->ram.read(map->ram.context, table + index * sizeof(entry),
			  entry, sizeof(entry)) < 0)
		return -EFAULT;
	*ret_entry = bytes_get_u64(entry);
	return 0;
}

/* The bits of an address that a level of the table does not look at. */
static uint64_t below(unsigned int level)
{
	return (1ULL << (PAGE_BITS + level * X86_LEVEL_BITS)) - 1;
}

static int walk(struct kernelmap *map, uint64_t page, uint64_t *ret_frame)
{
	uint64_t table = map->table;

	for (unsigned int level = map->levels; level-- > 0;) {
		uint64_t index = page >> (PAGE_BITS + level * X86_LEVEL_BITS);
		uint64_t entry;

		if (read_entry(map, table, index % X86_ENTRIES, &entry) < 0 ||
		    !(entry & X86_PRESENT))
			return -EFAULT;
		table = entry & X86_ADDRESS & ~map->encrypted;
		if (level > 0 && level < 3 && (entry & X86_HUGE)) {
			table = (table & ~below(level)) | (page & below(level));
			break;
		}
	}
	*ret_frame = table;
	return 0;
}

static int find(const struct kernelmap *map, uint64_t page, uint64_t *ret_frame)
{
	for (size_t i = 0; i < map->window_count; i++) {
		const struct kernelmap_window *window = &map->windows[i];

		if (page < window->first || page > window->last)
			continue;
		*ret_frame = page - window->offset;
		return 0;
	}
	return -EFAULT;
}

static int translate(struct kernelmap *map, uint64_t page, uint64_t *ret_frame)
{
	size_t slot = page / KERNELMAP_PAGE % KERNELMAP_CACHE;
	int rc;

	if (map->cache[slot].page == page) {
		*ret_frame = map->cache[slot].frame;
		return 0;
	}
	rc = map->levels ? walk(map, page, ret_frame)
			 : find(map, page, ret_frame);
	if (rc == 0) {
		map->cache[slot].page = page;
		map->cache[slot].frame = *ret_frame;
	}
	return rc;
}

int kernelmap_read(struct kernelmap *map, uint64_t address, void *to,
		   size_t len)
{
	uint8_t *out = to;

	while (len > 0) {
		uint64_t offset = address % KERNELMAP_PAGE;
		size_t n = KERNELMAP_PAGE - offset;
		uint64_t frame;

		if (n > len)
			n = len;
		if (translate(map, address - offset, &frame) < 0 ||
		    map->ram.read(map->ram.context, frame + offset, out, n) < 0)
			return -EFAULT;
		out += n;
		len -= n;
		address += n;
	}
	return 0;
}
