/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image - whether a file is a kernel, by its first bytes.
 *
 * x86's boot protocol (Documentation/arch/x86/boot.rst): 0xaa55 at 0x1fe,
 * "HdrS" at 0x202, at 0x20e the offset, less 0x200, of a string that begins
 * with the release. arm64's: "ARMd" at 0x38. Pure; the bytes are a stranger's.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/limits.h"

#include <stdbool.h>

enum {
	/* The setup code, in which the version stands, has 64 sectors. */
	IMAGE_HEAD = 65 * 512,
};

enum image_kind {
	IMAGE_NONE, /* not a kernel that is known here */
	IMAGE_BZIMAGE,
	IMAGE_ELF,
	IMAGE_ARM64,
	IMAGE_GZIP, /* as arm64 and others have it */
};

/* The kind; ret_release gets the release or "". */
enum image_kind image_identify(struct bytes head,
			       char ret_release[LIMIT_SHORT_TEXT + 1]);
const char *image_kind_name(enum image_kind kind);
/* Whether QEMU for this machine ("x86_64", as uname -m) takes that kind. */
bool image_kind_boots(enum image_kind kind, const char *machine);
