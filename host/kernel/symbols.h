/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symbols - source lines for a kernel's addresses, from its debug information.
 *
 * A report names code as "func+0x1a/0x40 [mod]". With a vmlinux that carries
 * DWARF, and modules that do, each gets its file and line, and the functions
 * that the compiler put inline there get lines of their own, in the form that
 * kernel mailing lists know from syzbot:
 *
 *    ext4_inner fs/ext4/inode.c:77 [inline]
 *    ext4_outer+0x1a/0x40 fs/ext4/inode.c:123 [ext4]
 *
 * In this process, by elfutils' libdw: a whole trace takes a fraction of the
 * time that the kernel's scripts/decode_stacktrace.sh does.
 *
 * A name can stand for several static functions. The size tells which one is
 * meant: the distance to the next symbol, as the kernel's kallsyms counts it.
 * Where it does not, or the build is another one, the line stays as it is: a
 * wrong line is worse than none. That vmlinux is of the running build is known
 * when both have the same build-id; without one only what the size confirms is
 * told. Modules must lie in the same tree, or say their build-id.
 *
 * Bounded: SYMBOLS_MODULES modules, SYMBOLS_LINES lines of a text and
 * SYMBOLS_MS of time for it, twice the text and some more of memory for the
 * result. The debug information is mapped, not read.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include <stdbool.h>

enum {
	SYMBOLS_MODULES = 32,
	SYMBOLS_LINES = 512,
	SYMBOLS_MS = 2000,
	SYMBOLS_TEXT = 192 * 1024,
	SYMBOLS_WHY = 512,
};

struct symbols_source {
	const char *vmlinux;
	const char *modules;  /* directory with *.ko or *.ko.debug; or NULL */
	const char *build_id; /* of the running kernel; "" or NULL: unknown */
};

struct symbols;

/* On failure one line says why; -ENOENT: there is no such file; -ESTALE: it is
 * of another build; -ENODATA: it has no debug information. */
must_check int symbols_open(const struct symbols_source *source,
			    struct symbols **ret_symbols,
			    char ret_why[SYMBOLS_WHY]);
void symbols_close(struct symbols *symbols);
/* The text of a report with source lines, NUL-terminated, from malloc(). */
must_check int symbols_annotate(struct symbols *symbols, struct bytes text,
				char **ret_text);
