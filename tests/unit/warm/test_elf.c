/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/warm/elf.h"

#include "shared/fd.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A program with an interpreter, two libraries and a RUNPATH. */
struct image64 {
	Elf64_Ehdr head;
	Elf64_Phdr program[3];
	Elf64_Dyn dynamic[5];
	char interpreter[8];
	char strings[32];
};

struct image32 {
	Elf32_Ehdr head;
	Elf32_Phdr program[2];
	Elf32_Dyn dynamic[3];
	char strings[16];
};

enum { BASE = 0x400000 };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { NATIVE = ELFDATA2LSB, FOREIGN = ELFDATA2MSB };
#else
enum { NATIVE = ELFDATA2MSB, FOREIGN = ELFDATA2LSB };
#endif

static struct image64 make64(void)
{
	struct image64 image = {
		.head = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				     ELFCLASS64, NATIVE},
			 .e_machine = EM_X86_64,
			 .e_phoff = offsetof(struct image64, program),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 3},
		.program = {{.p_type = PT_LOAD,
			     .p_vaddr = BASE,
			     .p_filesz = sizeof(image)},
			    {.p_type = PT_INTERP,
			     .p_offset = offsetof(struct image64, interpreter),
			     .p_filesz = 8},
			    {.p_type = PT_DYNAMIC,
			     .p_offset = offsetof(struct image64, dynamic),
			     .p_filesz = sizeof(image.dynamic)}},
		.dynamic = {{.d_tag = DT_NEEDED, .d_un.d_val = 1},
			    {.d_tag = DT_STRTAB,
			     .d_un.d_val =
				     BASE + offsetof(struct image64, strings)},
			    {.d_tag = DT_NEEDED, .d_un.d_val = 6},
			    {.d_tag = DT_RUNPATH, .d_un.d_val = 11},
			    {.d_tag = DT_NULL}},
		.interpreter = "/ld.so",
		.strings = "\0liba\0libb\0$ORIGIN/x",
	};

	return image;
}

static int parse64(const struct image64 *image, struct elf *ret)
{
	return elf_parse(bytes_of(image, sizeof(*image)), ret);
}

static void test_program(void **state)
{
	struct image64 image = make64();
	struct elf elf;

	(void)state;
	assert_int_equal(parse64(&image, &elf), 0);
	assert_int_equal(elf.class, ELFCLASS64);
	assert_int_equal(elf.machine, EM_X86_64);
	assert_string_equal(elf.interpreter, "/ld.so");
	assert_int_equal(elf.needed_count, 2);
	assert_string_equal(elf.needed[0], "liba");
	assert_string_equal(elf.needed[1], "libb");
	assert_string_equal(elf.runpath, "$ORIGIN/x");
	assert_null(elf.rpath);
}

static void test_library_of_32_bits(void **state)
{
	struct image32 image = {
		.head = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				     ELFCLASS32, NATIVE},
			 .e_machine = EM_386,
			 .e_phoff = offsetof(struct image32, program),
			 .e_phentsize = sizeof(Elf32_Phdr),
			 .e_phnum = 2},
		.program = {{.p_type = PT_LOAD, .p_filesz = sizeof(image)},
			    {.p_type = PT_DYNAMIC,
			     .p_offset = offsetof(struct image32, dynamic),
			     .p_filesz = sizeof(image.dynamic)}},
		.dynamic = {{.d_tag = DT_RPATH, .d_un.d_val = 1},
			    {.d_tag = DT_STRTAB,
			     .d_un.d_val = offsetof(struct image32, strings)},
			    {.d_tag = DT_NEEDED, .d_un.d_val = 4}},
		.strings = "\0/x\0libc",
	};
	struct elf elf;

	(void)state;
	assert_int_equal(elf_parse(bytes_of(&image, sizeof(image)), &elf), 0);
	assert_int_equal(elf.class, ELFCLASS32);
	assert_null(elf.interpreter);
	assert_string_equal(elf.rpath, "/x");
	assert_int_equal(elf.needed_count, 1);
	assert_string_equal(elf.needed[0], "libc");
}

static void test_what_is_none(void **state)
{
	struct image64 image = make64();
	struct elf elf;

	(void)state;
	image.head.e_ident[EI_DATA] = FOREIGN;
	assert_int_equal(parse64(&image, &elf), -ENOEXEC);
	assert_int_equal(elf_parse(bytes_of("#!/bin/sh\n", 10), &elf),
			 -ENOEXEC);
	assert_int_equal(elf_parse(bytes_of(NULL, 0), &elf), -ENOEXEC);
}

static void test_cut_off_anywhere(void **state)
{
	struct image64 image = make64();
	uint8_t *copy;
	struct elf elf;

	(void)state;
	/* In memory of its own length, so that ASan sees what is read. */
	for (size_t len = 0; len < offsetof(struct image64, strings) + 12;
	     len++) {
		copy = malloc(len + 1);
		assert_non_null(copy);
		memcpy(copy, &image, len);
		assert_true(elf_parse(bytes_of(copy, len), &elf) < 0);
		free(copy);
	}
}

static void test_strings_out_of_bounds(void **state)
{
	struct image64 image = make64();
	struct elf elf;

	(void)state;
	image.dynamic[0].d_un.d_val = UINT64_MAX;
	assert_int_equal(parse64(&image, &elf), -EBADMSG);
	image = make64();
	image.dynamic[1].d_un.d_val = 0; /* in no segment */
	assert_int_equal(parse64(&image, &elf), -EBADMSG);
	image = make64();
	image.program[1].p_filesz = 3; /* "/ld": without its end */
	assert_int_equal(parse64(&image, &elf), -EBADMSG);
	image = make64();
	image.head.e_phentsize = 1;
	assert_int_equal(parse64(&image, &elf), -EBADMSG);
	image = make64();
	image.head.e_phoff = UINT64_MAX - 8;
	assert_int_equal(parse64(&image, &elf), -EBADMSG);
}

static void test_this_program(void **state)
{
	int fd = fd_open("/proc/self/exe", O_RDONLY, 0);
	const size_t cap = 64 << 20;
	uint8_t *file = malloc(cap);
	bool found = false;
	struct elf elf;
	ssize_t len;

	(void)state;
	assert_true(fd >= 0);
	assert_non_null(file);
	len = fd_read_all(fd, file, cap);
	fd_close(&fd);
	assert_true(len > 0);
	assert_int_equal(elf_parse(bytes_of(file, (size_t)len), &elf), 0);
	assert_non_null(elf.interpreter);
	for (size_t i = 0; i < elf.needed_count; i++)
		found = found || strstr(elf.needed[i], "libcmocka") != NULL;
	assert_true(found);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_library_of_32_bits),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_cut_off_anywhere),
		cmocka_unit_test(test_strings_out_of_bounds),
		cmocka_unit_test(test_this_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
