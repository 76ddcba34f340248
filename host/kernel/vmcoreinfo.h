/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmcoreinfo - what a kernel tells about itself to those who read its memory.
 *
 * A text of "NAME=value" lines that every kernel with CONFIG_VMCORE_INFO (or
 * CONFIG_CRASH_CORE) makes at its start, in a page of its own and in an ELF
 * note: Documentation/admin-guide/kdump/vmcoreinfo.rst. makedumpfile and crash
 * rely on it, so what is in it changes only together with the code it is about.
 *
 * Pure. The text comes from the guest's RAM: any bytes are fine. What a line
 * says is a number without meaning until the reader has checked it.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

enum vmcoreinfo_key {
	/* addresses */
	VMCOREINFO_PRB,
	VMCOREINFO_INIT_TOP_PGT, /* x86-64; else swapper_pg_dir */
	/* where the kernel is */
	VMCOREINFO_PHYS_BASE,	     /* x86-64 */
	VMCOREINFO_L5_ENABLED,	     /* x86-64, five levels of page tables */
	VMCOREINFO_SME_MASK,	     /* x86-64, AMD's encryption bit */
	VMCOREINFO_VA_BITS,	     /* arm64, riscv */
	VMCOREINFO_KIMAGE_VOFFSET,   /* arm64 */
	VMCOREINFO_PHYS_OFFSET,	     /* arm64 */
	VMCOREINFO_PAGE_OFFSET,	     /* riscv */
	VMCOREINFO_PHYS_RAM_BASE,    /* riscv */
	VMCOREINFO_KERNEL_PA_OFFSET, /* riscv, va_kernel_pa_offset */
	VMCOREINFO_KERNEL_LINK,	     /* riscv, KERNEL_LINK_ADDR */
	/* sizes and offsets within structures */
	VMCOREINFO_RB_SIZE,
	VMCOREINFO_RB_DESC_RING,
	VMCOREINFO_RB_TEXT_RING,
	VMCOREINFO_DESC_RING_COUNT_BITS,
	VMCOREINFO_DESC_RING_DESCS,
	VMCOREINFO_DESC_RING_INFOS,
	VMCOREINFO_DESC_RING_HEAD,
	VMCOREINFO_DESC_RING_TAIL,
	VMCOREINFO_DESC_SIZE,
	VMCOREINFO_DESC_STATE,
	VMCOREINFO_DESC_LPOS,
	VMCOREINFO_LPOS_BEGIN,
	VMCOREINFO_LPOS_NEXT,
	VMCOREINFO_INFO_SIZE,
	VMCOREINFO_INFO_SEQ,
	VMCOREINFO_INFO_TIME,
	VMCOREINFO_INFO_TEXT_LEN,
	VMCOREINFO_INFO_CALLER,
	VMCOREINFO_DATA_RING_SIZE_BITS,
	VMCOREINFO_DATA_RING_DATA,
	VMCOREINFO_LONG_SIZE, /* of atomic_long_t */
	VMCOREINFO_KEYS,
};

enum {
	/* VMCOREINFO_BYTES of the kernel: one page. */
	VMCOREINFO_TEXT = 4096,
	/* What stands before the text in the ELF note. */
	VMCOREINFO_NOTE_HEAD = 24,
};

struct vmcoreinfo {
	uint64_t value[VMCOREINFO_KEYS];
	bool known[VMCOREINFO_KEYS];
};

/* Whether the text seems to start here: "OSRELEASE=". */
bool vmcoreinfo_starts(struct bytes here);
/* Reads lines until one is none. -ENOENT: it says nothing about the printk
 * ring (a kernel before 5.10), or is no VMCOREINFO. */
must_check int vmcoreinfo_parse(struct bytes text,
				struct vmcoreinfo *ret_vmcoreinfo);
/* Whether all keys of from…to are known. */
bool vmcoreinfo_knows(const struct vmcoreinfo *vmcoreinfo,
		      enum vmcoreinfo_key from, enum vmcoreinfo_key to);
