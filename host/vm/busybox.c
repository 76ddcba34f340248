/* SPDX-License-Identifier: GPL-2.0-or-later */
/* busybox - the one for vng's initramfs: see busybox.h. */
#include "host/vm/busybox.h"

#include "host/vm/capture.h"
#include "shared/fd.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { HEAD_BYTES = 4096 }; /* program headers follow the ELF header */

/* util.py's find_binary(): by name first, PATH before the rest */
static int find_any(const char *path, char to[PATH_MAX])
{
	static const char *const names[] = {"busybox-static", "busybox.static",
					    "busybox"};
	static const char rest[] = "/usr/local/bin:/usr/local/sbin:/usr/bin:"
				   "/usr/sbin:/bin:/sbin";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (capture_find(names[i], path, to, PATH_MAX) == 0 ||
		    capture_find(names[i], rest, to, PATH_MAX) == 0)
			return 0;
	return -ENOENT;
}

int busybox_find(const char *path, char to[PATH_MAX])
{
	uint8_t head[HEAD_BYTES];
	fd_auto int fd = -1;
	ssize_t len;

	if (find_any(path, to))
		return -ENOENT;
	fd = fd_open(to, O_RDONLY, 0);
	len = fd < 0 ? fd : fd_read_all(fd, head, sizeof(head));
	if (len < 0 || !busybox_is_static(bytes_of(head, (size_t)len)))
		return -ENOEXEC;
	return 0;
}

bool busybox_is_static(struct bytes head)
{
	struct bytes headers = head;
	Elf64_Ehdr elf;

	if (head.len < sizeof(elf))
		return false;
	memcpy(&elf, head.data, sizeof(elf));
	if (memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 ||
	    elf.e_phentsize != sizeof(Elf64_Phdr) || elf.e_phoff > head.len)
		return false;
	bytes_take(&headers, (size_t)elf.e_phoff);
	for (size_t i = 0; i < elf.e_phnum; i++) {
		struct bytes one = bytes_take(&headers, sizeof(Elf64_Phdr));
		Elf64_Phdr program;

		if (one.len < sizeof(program))
			return false;
		memcpy(&program, one.data, sizeof(program));
		if (program.p_type == PT_INTERP)
			return false;
	}
	return true;
}
