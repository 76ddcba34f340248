/* SPDX-License-Identifier: GPL-2.0-or-later */
/* buildid - which build of the kernel runs, from its ELF notes. */
#include "guest/buildid.h"

#include "shared/fd.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { NOTES_MAX = 4096 };

static uint32_t take_u32(struct bytes *notes)
{
	struct bytes field = bytes_take(notes, sizeof(uint32_t));
	uint32_t value = 0;

	if (field.len == sizeof(value))
		memcpy(&value, field.data, sizeof(value));
	return value;
}

/* len bytes, and the padding after them. */
static struct bytes take_padded(struct bytes *notes, uint32_t len)
{
	struct bytes taken = bytes_take(notes, len);

	(void)bytes_take(notes, (4 - len % 4) % 4);
	return taken;
}

static void to_hex(char *to, struct bytes id)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < id.len; i++) {
		*to++ = digits[id.data[i] >> 4];
		*to++ = digits[id.data[i] & 15];
	}
	*to = '\0';
}

int buildid_of_notes(struct bytes notes, char ret_text[BUILDID_TEXT])
{
	while (notes.len >= sizeof(Elf64_Nhdr)) {
		uint32_t name_len = take_u32(&notes);
		uint32_t len = take_u32(&notes);
		uint32_t type = take_u32(&notes);
		struct bytes name = take_padded(&notes, name_len);
		struct bytes id = take_padded(&notes, len);

		if (type != NT_GNU_BUILD_ID ||
		    !bytes_equal(name, bytes_of("GNU", sizeof("GNU"))) ||
		    id.len != len || len == 0 || len > BUILDID_MAX)
			continue;
		to_hex(ret_text, id);
		return 0;
	}
	return -ENOENT;
}

void buildid_read(char ret_text[BUILDID_TEXT])
{
	uint8_t notes[NOTES_MAX];
	fd_auto int fd = fd_open("/sys/kernel/notes", O_RDONLY, 0);
	ssize_t len = fd < 0 ? fd : fd_read_all(fd, notes, sizeof(notes));

	if (len <= 0 ||
	    buildid_of_notes(bytes_of(notes, (size_t)len), ret_text) < 0)
		ret_text[0] = '\0';
}
