/* SPDX-License-Identifier: GPL-2.0-or-later */
/* buildid - which build of the kernel runs, from its ELF notes.
 *
 * /sys/kernel/notes is the kernel's section .notes: {u32 name size, u32 size,
 * u32 type, name, contents}, each padded to 4 bytes, in the machine's order.
 * The build-id is the note "GNU" of type 3, which the linker made (elf.h,
 * NT_GNU_BUILD_ID).
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

enum {
	BUILDID_MAX = 32, /* bytes; 20 (SHA-1) is usual */
	BUILDID_TEXT = 2 * BUILDID_MAX + 1,
};

/* Pure: in lower-case hexadecimal. -ENOENT: there is none. */
must_check int buildid_of_notes(struct bytes notes,
				char ret_text[BUILDID_TEXT]);
/* Of the running kernel; "" when it does not tell. */
void buildid_read(char ret_text[BUILDID_TEXT]);
