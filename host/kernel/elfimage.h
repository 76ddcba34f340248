/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elfimage - one ELF file with debug information: a vmlinux or a module.
 *
 * libdw's part of symbols.h: the file's build-id, its symbols by name with the
 * size that kallsyms would give them, and for an address its source line and
 * what was put inline there.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include <elfutils/libdwfl.h>
#include <stdbool.h>

enum {
	ELFIMAGE_SYMBOLS = 2 * 1024 * 1024,
	ELFIMAGE_INLINES = 16,
	ELFIMAGE_ID = 65, /* hexadecimal, with its NUL */
	ELFIMAGE_ROOT = 512,
};

struct elfimage_symbol {
	const char *name; /* libdw's */
	uint64_t address;
	uint64_t distance; /* to the next symbol */
	uint64_t size;	   /* as ELF says */
};

struct elfimage {
	Dwfl *dwfl;
	Dwfl_Module *module;
	struct elfimage_symbol *symbols; /* by name */
	size_t count;
	char build_id[ELFIMAGE_ID]; /* "": it has none */
	/* Of the source, when it was built elsewhere (make O=): in front of
	 * what the names of source files are to be; or "". */
	char root[ELFIMAGE_ROOT];
};

/* -ENOENT, -ENODATA: no debug information; -EBADMSG: no ELF file. */
must_check int elfimage_open(struct elfimage *image, const char *path);
void elfimage_close(struct elfimage *image);

/* Learns the root from a vmlinux, by its init/main.c or arch/<a>/kernel/head*.S.
 * A module's is its vmlinux'. */
void elfimage_learn_root(struct elfimage *image);

/* The address of a function. need_size: it must have this size; else a name
 * that there is once is enough. False: not there, or there is a doubt. */
bool elfimage_find(const struct elfimage *image, struct bytes name,
		   uint64_t size, bool need_size, uint64_t *ret_address);

/* A place in the source: file and line, of the function or of one inline. */
struct elfimage_place {
	const char *function; /* NULL: the one that has the symbol */
	const char *file;     /* below the build's directory */
	int line;
};

/* Innermost first; the last is the symbol's. Returns how many: 0 when the
 * debug information does not know. */
size_t elfimage_places(const struct elfimage *image, uint64_t address,
		       struct elfimage_place ret_places[ELFIMAGE_INLINES + 1]);
