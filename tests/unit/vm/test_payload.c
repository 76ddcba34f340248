/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/payload.h"

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t head[0x250];
static struct payload payload;

static void make_head(unsigned int sectors, uint32_t offset, uint32_t length)
{
	memset(head, 0, sizeof(head));
	memcpy(head + 0x202, "HdrS", 4);
	bytes_put_u16(head + 0x206, 0x20f);
	head[0x1f1] = (uint8_t)sectors;
	bytes_put_u32(head + 0x248, offset);
	bytes_put_u32(head + 0x24c, length);
}

static int find(uint64_t file_size)
{
	return payload_find(bytes_of(head, sizeof(head)), file_size, &payload);
}

static void a_payload_is_found(void **state)
{
	(void)state;
	make_head(39, 716, 1000);
	assert_int_equal(find(40 * 512 + 1716), 0);
	assert_int_equal(payload.offset, 40 * 512 + 716);
	assert_int_equal(payload.length, 1000);
	/* 0 sectors are 4: Documentation/arch/x86/boot.rst */
	make_head(0, 0, 13);
	assert_int_equal(find(5 * 512 + 13), 0);
	assert_int_equal(payload.offset, 5 * 512);
}

static void a_payload_lies_in_the_file(void **state)
{
	(void)state;
	make_head(39, 716, 1000);
	assert_int_equal(find(40 * 512 + 1715), -EINVAL);
	assert_int_equal(find(0), -EINVAL);
	make_head(39, UINT32_MAX, UINT32_MAX);
	assert_int_equal(find(UINT32_MAX), -EINVAL);
	/* magic and tail */
	make_head(39, 0, 12);
	assert_int_equal(find(1 << 20), -EINVAL);
	make_head(39, 0, 13);
	assert_int_equal(find(1 << 20), 0);
}

static void other_heads_have_none(void **state)
{
	(void)state;
	make_head(39, 716, 1000);
	assert_int_equal(payload_find(bytes_of(head, sizeof(head) - 1), 1 << 20,
				      &payload),
			 -EINVAL);
	bytes_put_u16(head + 0x206, 0x207);
	assert_int_equal(find(1 << 20), -EINVAL);
	bytes_put_u16(head + 0x206, 0x208);
	assert_int_equal(find(1 << 20), 0);
	head[0x202] = 'h';
	assert_int_equal(find(1 << 20), -EINVAL);
}

static void packings_have_programs(void **state)
{
	static const struct {
		const char *magic;
		enum payload_packing packing;
		const char *program;
	} rows[] = {
		{"\x1f\x8b\x08\x00....", PAYLOAD_GZIP, "gzip"},
		{"\xfd"
		 "7zXZ\0.",
		 PAYLOAD_XZ, "xz"},
		{"\x5d\0\0\x80....", PAYLOAD_LZMA, "xz"},
		{"BZh91AY&", PAYLOAD_BZIP2, "bzip2"},
		{"\x02\x21\x4c\x18....", PAYLOAD_LZ4, "lz4"},
		{"\x28\xb5\x2f\xfd....", PAYLOAD_ZSTD, "zstd"},
		{"\x89LZO\0...", PAYLOAD_LZO, "lzop"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum payload_packing packing =
			payload_packing(bytes_of(rows[i].magic, 8));

		assert_int_equal(packing, rows[i].packing);
		assert_string_equal(payload_unpacker(packing)[0],
				    rows[i].program);
		assert_int_equal(payload_tail_is_packed(packing),
				 packing == PAYLOAD_GZIP);
	}
	assert_int_equal(payload_packing(bytes_of("\x7f"
						  "ELF....",
						  8)),
			 PAYLOAD_UNKNOWN);
	assert_int_equal(payload_packing(bytes_of("\x1f", 1)), PAYLOAD_UNKNOWN);
	assert_int_equal(payload_packing(bytes_of(NULL, 0)), PAYLOAD_UNKNOWN);
	assert_null(payload_unpacker(PAYLOAD_UNKNOWN));
}

struct elf {
	Elf64_Ehdr head;
	Elf64_Phdr program[2];
};

static struct elf make_elf(void)
{
	return (struct elf){
		.head = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				     ELFCLASS64, ELFDATA2LSB},
			 .e_machine = EM_X86_64,
			 .e_phoff = sizeof(Elf64_Ehdr),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 2},
		.program = {{.p_type = PT_LOAD},
			    {.p_type = PT_NOTE,
			     .p_offset = 300,
			     .p_filesz = 100}},
	};
}

static int find_notes(const struct elf *elf, size_t len, uint64_t file_size)
{
	return payload_find_notes(bytes_of(elf, len), file_size, &payload);
}

static void notes_are_found(void **state)
{
	struct elf elf = make_elf();

	(void)state;
	assert_int_equal(find_notes(&elf, sizeof(elf), 400), 0);
	assert_int_equal(payload.offset, 300);
	assert_int_equal(payload.length, 100);
	assert_int_equal(find_notes(&elf, sizeof(elf), 399), -ENOEXEC);
	assert_int_equal(find_notes(&elf, sizeof(elf) - 1, 400), -ENOEXEC);
	elf.program[1].p_filesz = UINT64_MAX;
	assert_int_equal(find_notes(&elf, sizeof(elf), 400), -ENOEXEC);
	elf = make_elf();
	elf.program[1].p_type = PT_LOAD;
	assert_int_equal(find_notes(&elf, sizeof(elf), 400), -ENOENT);
	elf = make_elf();
	elf.head.e_machine = EM_S390;
	assert_int_equal(find_notes(&elf, sizeof(elf), 400), -ENOEXEC);
	elf = make_elf();
	elf.head.e_phoff = UINT64_MAX;
	assert_int_equal(find_notes(&elf, sizeof(elf), 400), -ENOEXEC);
	elf = make_elf();
	elf.head.e_phnum = UINT16_MAX;
	elf.program[1].p_type = PT_LOAD;
	assert_int_equal(find_notes(&elf, sizeof(elf), 400), -ENOEXEC);
}

struct note {
	Elf64_Nhdr head;
	char name[8];
	char value[8];
};

static const struct note other = {{6, 6, 1}, "Linux", "1"};
static const struct note pvh = {{4, 8, 18}, "Xen", "entry"};

static void the_entry_is_found(void **state)
{
	uint8_t notes[sizeof(other) + sizeof(pvh)];
	size_t pvh_len = sizeof(pvh) - 4; /* "Xen\0" is 4 bytes */

	(void)state;
	memcpy(notes, &other, sizeof(other));
	memcpy(notes + sizeof(other), &pvh.head, sizeof(pvh.head));
	memcpy(notes + sizeof(other) + sizeof(pvh.head), "Xen\0entry", 10);
	assert_true(payload_has_pvh(bytes_of(notes, sizeof(other) + pvh_len)));
	assert_true(payload_has_pvh(bytes_of(notes + sizeof(other), pvh_len)));
	assert_false(payload_has_pvh(bytes_of(notes, sizeof(other))));
	assert_false(payload_has_pvh(bytes_of(NULL, 0)));
	/* cut within the name */
	assert_false(payload_has_pvh(
		bytes_of(notes + sizeof(other), sizeof(Elf64_Nhdr) + 3)));
	/* another's note of that number */
	notes[sizeof(other) + sizeof(Elf64_Nhdr)] = 'Y';
	assert_false(payload_has_pvh(bytes_of(notes, sizeof(other) + pvh_len)));
	/* lengths that wrap */
	memset(notes, 0xff, sizeof(notes));
	assert_false(payload_has_pvh(bytes_of(notes, sizeof(notes))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_payload_is_found),
		cmocka_unit_test(a_payload_lies_in_the_file),
		cmocka_unit_test(other_heads_have_none),
		cmocka_unit_test(packings_have_programs),
		cmocka_unit_test(notes_are_found),
		cmocka_unit_test(the_entry_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
