/* SPDX-License-Identifier: GPL-2.0-or-later */
/* payload - the packed kernel inside an x86 bzImage, and what it packs.
 *
 * The setup header says where it is (payload_offset at 0x248, payload_length
 * at 0x24c, both of boot protocol 2.08; behind (setup_sects + 1) sectors), its
 * first bytes how it is packed, its last four how long it is unpacked: gzip's
 * own, appended by the kernel's build for all others. Packed is an ELF file,
 * sometimes with relocations behind it. QEMU starts one that has the Xen note
 * PHYS32_ENTRY (CONFIG_PVH). Pure; the bytes are a stranger's.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include <stdint.h>

enum {
	PAYLOAD_MAGIC = 8,	       /* bytes of it that are looked at */
	PAYLOAD_TAIL = 4,	       /* its unpacked length */
	PAYLOAD_NOTES_MAX = 64 * 1024, /* Debian 6.1: 504 bytes */
};

/* More is no kernel that anybody boots. */
#define PAYLOAD_UNPACKED_MAX (UINT64_C(1) << 30)

struct payload {
	uint64_t offset; /* in the file */
	uint64_t length; /* with the tail */
};

/* From the first 0x250 bytes of the file. -EINVAL: not there. */
must_check int payload_find(struct bytes head, uint64_t file_size,
			    struct payload *ret_payload);

enum payload_packing {
	PAYLOAD_UNKNOWN,
	PAYLOAD_GZIP,
	PAYLOAD_XZ,
	PAYLOAD_LZMA,
	PAYLOAD_BZIP2,
	PAYLOAD_LZ4,
	PAYLOAD_ZSTD,
	PAYLOAD_LZO,
};

enum payload_packing payload_packing(struct bytes magic);
/* The program that unpacks stdin to stdout, with its arguments, NULL-ended;
 * NULL for PAYLOAD_UNKNOWN. */
const char *const *payload_unpacker(enum payload_packing packing);
/* Whether the length at its end is the packing's own: part of what is to be
 * unpacked. */
bool payload_tail_is_packed(enum payload_packing packing);

/* Where the notes are in an ELF file of x86-64 that has this head. -ENOEXEC:
 * no such file; -ENOENT: without notes. */
must_check int payload_find_notes(struct bytes head, uint64_t file_size,
				  struct payload *ret_notes);
bool payload_has_pvh(struct bytes notes);
