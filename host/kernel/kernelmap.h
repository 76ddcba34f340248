/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernelmap - reads a kernel's memory by the kernel's own addresses, out of an
 * image of its RAM.
 *
 * Where an address is in RAM, VMCOREINFO says:
 *   x86-64       the kernel's page table is in its image, at phys_base; all
 *                else is found by walking it, 4 or 5 levels, huge pages too
 *   arm64, riscv the image and the linear map are each at one offset
 * Others are -EOPNOTSUPP. KASLR is in the numbers already.
 *
 * Pure but for the reads it is given. Hostile RAM: a walk takes at most five
 * steps, whatever the table says, and an address outside of the RAM fails.
 * What a live guest changes meanwhile is read as it is.
 */
#pragma once

#include "host/kernel/vmcoreinfo.h"

/* Exactly len bytes at a physical address; negative errno: there is no RAM. */
struct kernelmap_ram {
	int (*read)(void *context, uint64_t address, void *to, size_t len);
	void *context;
};

enum {
	KERNELMAP_PAGE = 4096,
	KERNELMAP_CACHE = 64, /* translated pages that are remembered */
	KERNELMAP_WINDOWS = 2,
};

/* Addresses of first…last are at address - offset. */
struct kernelmap_window {
	uint64_t first;
	uint64_t last;
	uint64_t offset;
};

struct kernelmap {
	struct kernelmap_ram ram;
	size_t window_count;
	struct kernelmap_window windows[KERNELMAP_WINDOWS];
	unsigned int levels; /* of the page table; 0: there are windows only */
	uint64_t table;	     /* its physical address */
	uint64_t encrypted;  /* a bit of the entries that is no address */
	struct {
		uint64_t page;
		uint64_t frame;
	} cache[KERNELMAP_CACHE];
};

must_check int kernelmap_init(struct kernelmap *map,
			      const struct vmcoreinfo *vmcoreinfo,
			      struct kernelmap_ram ram);
/* -EFAULT: not mapped, or outside of RAM. */
must_check int kernelmap_read(struct kernelmap *map, uint64_t address, void *to,
			      size_t len);
