/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elf - what a program or library needs to be loaded, read from its file.
 *
 * Nothing of it is run, as ldd would. System V ABI, "Dynamic Section"; pure.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include <stddef.h>
#include <stdint.h>

enum { ELF_NEEDED = 128 };

/* Texts point into the file's bytes and are NUL-terminated. */
struct elf {
	uint8_t class; /* ELFCLASS32 or ELFCLASS64 */
	uint16_t machine;
	const char *interpreter; /* NULL: a library, or static */
	const char *rpath;	 /* NULL: none */
	const char *runpath;
	const char *needed[ELF_NEEDED];
	size_t needed_count; /* what is beyond ELF_NEEDED is left out */
};

/* -ENOEXEC: it is no ELF file of this machine's byte order; -EBADMSG: it is
 * one, and damaged. */
must_check int elf_parse(struct bytes file, struct elf *ret_elf);
/* Class and machine alone, from the first ELF_HEAD bytes. */
enum { ELF_HEAD = 20 };
must_check int elf_identify(struct bytes head, struct elf *ret_elf);
