/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of the host that calls itself a program. */
#include "host/warm/elf.h"
#include "shared/must.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const uint8_t *data, size_t size, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;

	if (text == NULL)
		return;
	must(at >= data && at < data + size);
	must(memchr(at, '\0', (size_t)(data + size - at)) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf elf;

	if (elf_parse(bytes_of(data, size), &elf) < 0)
		return 0;
	must(elf.needed_count <= ELF_NEEDED);
	check_text(data, size, elf.interpreter);
	check_text(data, size, elf.rpath);
	check_text(data, size, elf.runpath);
	for (size_t i = 0; i < elf.needed_count; i++)
		check_text(data, size, elf.needed[i]);
	return 0;
}
