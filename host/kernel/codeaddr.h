/* SPDX-License-Identifier: GPL-2.0-or-later */
/* codeaddr - "func+0x1a/0x40 [mod]": a place in the kernel's code, in a line.
 *
 * What %pS and %pB print (lib/vsprintf.c, kernel/kallsyms.c, sprint_symbol):
 * the name, the offset, the function's size, the module, and with
 * CONFIG_STACKTRACE_BUILD_ID the build-id of the module, or of the kernel:
 * "func+0x1a/0x40 [mod 0123…]", "func+0x1a/0x40 [0123…]". It does not depend
 * on where KASLR has put the kernel.
 */
#pragma once

#include "shared/bytes.h"

#include <stdbool.h>

struct codeaddr {
	struct bytes name;
	uint64_t offset;
	uint64_t size;
	struct bytes module;   /* empty: the kernel itself */
	struct bytes build_id; /* hexadecimal; empty: not told */
	/* Not a return address: the instruction itself ("RIP:", "pc :"). */
	bool exact;
	size_t begin; /* in the line: of the name, and */
	size_t end;   /* behind the size */
};

/* The first one of a line (pure). */
bool codeaddr_find(struct bytes line, struct codeaddr *ret_addr);
