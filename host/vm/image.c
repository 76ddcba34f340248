/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image - whether a file is a kernel: see image.h. */
#include "host/vm/image.h"

#include <assert.h>
#include <string.h>

enum {
	X86_BOOT_FLAG = 0x1fe,
	X86_MAGIC = 0x202,
	X86_VERSION = 0x20e,
	X86_HEADER_END = 0x210,
	X86_SETUP = 0x200,
	ARM64_MAGIC = 0x38,
};

static const char *const names[] = {
	[IMAGE_NONE] = "unknown", [IMAGE_BZIMAGE] = "bzImage",
	[IMAGE_ELF] = "ELF",	  [IMAGE_ARM64] = "arm64 Image",
	[IMAGE_GZIP] = "gzip",
};

static_assert(sizeof(names) / sizeof(names[0]) == IMAGE_GZIP + 1,
	      "every kind has a name");

const char *image_kind_name(enum image_kind kind)
{
	return names[kind];
}

static bool has_at(struct bytes head, size_t offset, const char *magic)
{
	size_t len = strlen(magic);

	return head.len >= offset + len &&
	       memcmp(head.data + offset, magic, len) == 0;
}

static bool is_bzimage(struct bytes head)
{
	return head.len >= X86_HEADER_END &&
	       bytes_get_u16(head.data + X86_BOOT_FLAG) == 0xaa55 &&
	       has_at(head, X86_MAGIC, "HdrS");
}

/* Up to the first blank, when all before it is printable. */
static void take_release(struct bytes text, char *to)
{
	size_t len = 0;

	while (len < text.len && text.data[len] > ' ' && text.data[len] < 0x7f)
		len++;
	if (len == text.len || len > LIMIT_SHORT_TEXT ||
	    (text.data[len] != ' ' && text.data[len] != '\0'))
		return;
	memcpy(to, text.data, len);
	to[len] = '\0';
}

static void find_release(struct bytes head, char *to)
{
	uint16_t offset = bytes_get_u16(head.data + X86_VERSION);

	if (offset == 0)
		return;
	bytes_take(&head, (size_t)offset + X86_SETUP);
	take_release(head, to);
}

enum image_kind image_identify(struct bytes head,
			       char ret_release[LIMIT_SHORT_TEXT + 1])
{
	ret_release[0] = '\0';
	if (is_bzimage(head)) {
		find_release(head, ret_release);
		return IMAGE_BZIMAGE;
	}
	if (has_at(head, 0,
		   "\x7f"
		   "ELF"))
		return IMAGE_ELF;
	if (has_at(head, ARM64_MAGIC, "ARMd"))
		return IMAGE_ARM64;
	if (has_at(head, 0, "\x1f\x8b"))
		return IMAGE_GZIP;
	return IMAGE_NONE;
}

bool image_kind_boots(enum image_kind kind, const char *machine)
{
	bool x86 = strcmp(machine, "x86_64") == 0;

	switch (kind) {
	case IMAGE_NONE:
		return false;
	case IMAGE_BZIMAGE:
		return x86 || strcmp(machine, "s390x") == 0;
	case IMAGE_ELF:
		return true; /* on x86 with CONFIG_PVH: kconfig.h */
	case IMAGE_ARM64:
		return strcmp(machine, "aarch64") == 0;
	case IMAGE_GZIP:
		return !x86;
	}
	return false;
}
