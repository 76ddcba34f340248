/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checksum - tells whether a file is the one that it was. */
#include "host/vm/checksum.h"

#include "shared/fd.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <zlib.h>

enum { READ_BYTES = 64 * 1024 };

int checksum_file(const char *path, char ret_text[CHECKSUM_TEXT])
{
	uint8_t bytes[READ_BYTES];
	fd_auto int fd = fd_open(path, O_RDONLY, 0);
	unsigned long crc = crc32(0, NULL, 0);
	uint64_t size = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = fd_read_all(fd, bytes, sizeof(bytes))) > 0) {
		crc = crc32(crc, bytes, (unsigned int)n);
		size += (uint64_t)n;
	}
	if (n < 0)
		return (int)n;
	snprintf(ret_text, CHECKSUM_TEXT, "%" PRIu64 " bytes, crc32 %08lx",
		 size, crc);
	return 0;
}
