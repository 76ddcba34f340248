/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/busybox.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static uint8_t head[1024];

/* An ELF head with these program headers, which begin after it. */
static void make_elf(const uint32_t *types, uint16_t count)
{
	Elf64_Ehdr elf = {.e_phoff = sizeof(elf),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = count};

	memset(head, 0, sizeof(head));
	memcpy(elf.e_ident, ELFMAG, SELFMAG);
	memcpy(head, &elf, sizeof(elf));
	for (size_t i = 0; i < count; i++) {
		Elf64_Phdr program = {.p_type = types[i]};

		memcpy(head + sizeof(elf) + i * sizeof(program), &program,
		       sizeof(program));
	}
}

static bool is_static(size_t len)
{
	return busybox_is_static(bytes_of(head, len));
}

static void interpreter_tells(void **state)
{
	static const uint32_t types[] = {PT_LOAD, PT_NOTE, PT_INTERP};

	(void)state;
	make_elf(types, 2);
	assert_true(is_static(sizeof(head)));
	make_elf(types, 3);
	assert_false(is_static(sizeof(head)));
}

static void cut_short_is_no(void **state)
{
	static const uint32_t types[] = {PT_LOAD, PT_NOTE};
	size_t whole = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
	uint64_t far = UINT64_MAX;

	(void)state;
	make_elf(types, 2);
	assert_true(is_static(whole));
	assert_false(is_static(whole - 1));
	assert_false(is_static(sizeof(Elf64_Ehdr) - 1));
	assert_false(is_static(0));
	memcpy(head + offsetof(Elf64_Ehdr, e_phoff), &far, sizeof(far));
	assert_false(is_static(sizeof(head)));
}

static void no_elf_is_no(void **state)
{
	(void)state;
	memset(head, 0, sizeof(head));
	memcpy(head, "#!/bin/sh\n", 10);
	assert_false(is_static(sizeof(head)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interpreter_tells),
		cmocka_unit_test(cut_short_is_no),
		cmocka_unit_test(no_elf_is_no),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
