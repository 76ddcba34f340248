/* SPDX-License-Identifier: GPL-2.0-or-later */
/* payload - the packed kernel inside an x86 bzImage: see payload.h. */
#include "host/vm/payload.h"

#include <assert.h>
#include <elf.h>
#include <errno.h>
#include <string.h>

enum {
	SETUP_SECTORS = 0x1f1,
	BOOT_VERSION = 0x206,
	PAYLOAD_OFFSET = 0x248,
	PAYLOAD_LENGTH = 0x24c,
	HEADER_END = 0x250,
	SECTOR = 512,
	VERSION_WITH_PAYLOAD = 0x208,
	NOTE_PHYS32_ENTRY = 18, /* include/xen/interface/elfnote.h */
};

static const struct {
	struct bytes magic;
	const char *unpacker[4];
} packings[] = {
#define MAGIC(text)                                       \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}
	[PAYLOAD_UNKNOWN] = {{NULL, 0}, {NULL}},
	[PAYLOAD_GZIP] = {MAGIC("\x1f\x8b"), {"gzip", "-dc"}},
	[PAYLOAD_XZ] = {MAGIC("\xfd"
			      "7zXZ\0"),
			{"xz", "-dc"}},
	[PAYLOAD_LZMA] = {MAGIC("\x5d\0\0"), {"xz", "--format=lzma", "-dc"}},
	[PAYLOAD_BZIP2] = {MAGIC("BZh"), {"bzip2", "-dc"}},
	[PAYLOAD_LZ4] = {MAGIC("\x02\x21\x4c\x18"), {"lz4", "-dc"}},
	[PAYLOAD_ZSTD] = {MAGIC("\x28\xb5\x2f\xfd"), {"zstd", "-dc"}},
	[PAYLOAD_LZO] = {MAGIC("\x89LZO\0"), {"lzop", "-dc"}},
#undef MAGIC
};

enum { PACKINGS = sizeof(packings) / sizeof(packings[0]) };

static_assert(PACKINGS == PAYLOAD_LZO + 1, "every packing has an unpacker");

int payload_find(struct bytes head, uint64_t file_size,
		 struct payload *ret_payload)
{
	struct payload payload;
	unsigned int sectors;

	if (head.len < HEADER_END ||
	    memcmp(head.data + 0x202, "HdrS", 4) != 0 ||
	    bytes_get_u16(head.data + BOOT_VERSION) < VERSION_WITH_PAYLOAD)
		return -EINVAL;
	sectors = head.data[SETUP_SECTORS] ? head.data[SETUP_SECTORS] : 4;
	payload.offset = (sectors + 1) * SECTOR +
			 (uint64_t)bytes_get_u32(head.data + PAYLOAD_OFFSET);
	payload.length = bytes_get_u32(head.data + PAYLOAD_LENGTH);
	if (payload.length <= PAYLOAD_MAGIC + PAYLOAD_TAIL ||
	    payload.offset > file_size ||
	    payload.length > file_size - payload.offset)
		return -EINVAL;
	*ret_payload = payload;
	return 0;
}

enum payload_packing payload_packing(struct bytes magic)
{
	for (size_t i = PAYLOAD_UNKNOWN + 1; i < PACKINGS; i++) {
		struct bytes rest = magic;

		if (bytes_equal(bytes_take(&rest, packings[i].magic.len),
				packings[i].magic))
			return (enum payload_packing)i;
	}
	return PAYLOAD_UNKNOWN;
}

const char *const *payload_unpacker(enum payload_packing packing)
{
	return packing == PAYLOAD_UNKNOWN ? NULL : packings[packing].unpacker;
}

bool payload_tail_is_packed(enum payload_packing packing)
{
	return packing == PAYLOAD_GZIP;
}

static bool is_elf64_x86(struct bytes head, Elf64_Ehdr *elf)
{
	if (head.len < sizeof(*elf))
		return false;
	memcpy(elf, head.data, sizeof(*elf));
	return memcmp(elf->e_ident, ELFMAG, SELFMAG) == 0 &&
	       elf->e_ident[EI_CLASS] == ELFCLASS64 &&
	       elf->e_ident[EI_DATA] == ELFDATA2LSB &&
	       elf->e_machine == EM_X86_64 &&
	       elf->e_phentsize == sizeof(Elf64_Phdr);
}

int payload_find_notes(struct bytes head, uint64_t file_size,
		       struct payload *ret_notes)
{
	struct bytes headers = head;
	Elf64_Ehdr elf;
	Elf64_Phdr program;

	if (!is_elf64_x86(head, &elf) || elf.e_phoff > head.len)
		return -ENOEXEC;
	(void)bytes_take(&headers, (size_t)elf.e_phoff);
	for (unsigned int i = 0; i < elf.e_phnum; i++) {
		struct bytes one = bytes_take(&headers, sizeof(program));

		if (one.len < sizeof(program))
			return -ENOEXEC;
		memcpy(&program, one.data, sizeof(program));
		if (program.p_type != PT_NOTE)
			continue;
		if (program.p_offset > file_size ||
		    program.p_filesz > file_size - program.p_offset)
			return -ENOEXEC;
		ret_notes->offset = program.p_offset;
		ret_notes->length = program.p_filesz;
		return 0;
	}
	return -ENOENT;
}

static uint64_t padded(uint32_t length)
{
	return ((uint64_t)length + 3) & ~UINT64_C(3);
}

bool payload_has_pvh(struct bytes notes)
{
	Elf64_Nhdr note;

	while (notes.len >= sizeof(note)) {
		struct bytes name;

		memcpy(&note, notes.data, sizeof(note));
		(void)bytes_take(&notes, sizeof(note));
		name = bytes_take(&notes, (size_t)padded(note.n_namesz));
		name.len = note.n_namesz < name.len ? note.n_namesz : name.len;
		(void)bytes_take(&notes, (size_t)padded(note.n_descsz));
		if (note.n_type == NOTE_PHYS32_ENTRY && name.len == 4 &&
		    memcmp(name.data, "Xen", 4) == 0)
			return true;
	}
	return false;
}
