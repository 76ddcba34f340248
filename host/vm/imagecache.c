/* SPDX-License-Identifier: GPL-2.0-or-later */
/* imagecache - unpacked kernels that are kept: see imagecache.h. */
#include "host/vm/imagecache.h"

#include "host/record/cachedir.h"
#include "shared/bytes.h"
#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 256 * 1024 };

/* At the file's end, behind what QEMU reads. */
struct trailer {
	char magic[8];
	uint64_t length;
	uint32_t crc;
	uint32_t version;
};

static const char trailer_magic[8] = "fstvmELF";

int imagecache_open(char ret_path[PATH_MAX])
{
	return cachedir_open(IMAGECACHE_KIND, ret_path);
}

void imagecache_name(const struct stat *st, char to[IMAGECACHE_NAME])
{
	snprintf(to, IMAGECACHE_NAME, "%llx-%llx-%llx-%llx%08lx",
		 (unsigned long long)st->st_dev, (unsigned long long)st->st_ino,
		 (unsigned long long)st->st_size,
		 (unsigned long long)st->st_ctim.tv_sec,
		 (unsigned long)st->st_ctim.tv_nsec);
}

static int checksum(int fd, uint64_t length, uint32_t *ret_crc)
{
	static uint8_t block[BLOCK];
	unsigned long crc = crc32(0, NULL, 0);
	uint64_t at = 0;

	while (at < length) {
		size_t want =
			length - at < BLOCK ? (size_t)(length - at) : BLOCK;
		ssize_t len = pread(fd, block, want, (off_t)at);

		if (len <= 0)
			return len < 0 ? -errno : -EIO;
		crc = crc32(crc, block, (unsigned int)len);
		at += (uint64_t)len;
	}
	*ret_crc = (uint32_t)crc;
	return 0;
}

static bool is_whole(int fd, const struct trailer *trailer, uint64_t length)
{
	uint32_t crc = 0;

	return memcmp(trailer->magic, trailer_magic, sizeof(trailer_magic)) ==
		       0 &&
	       trailer->length == length && checksum(fd, length, &crc) == 0 &&
	       crc == trailer->crc;
}

int imagecache_find(int cache_fd, const char *name, uint64_t *ret_length)
{
	fd_auto int fd = fd_openat(cache_fd, name, O_RDONLY | O_NOFOLLOW, 0);
	struct trailer trailer;
	struct stat st;
	off_t length;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	length = st.st_size - (off_t)sizeof(trailer);
	if (length < 0 ||
	    pread(fd, &trailer, sizeof(trailer), length) != sizeof(trailer) ||
	    !is_whole(fd, &trailer, (uint64_t)length))
		return -EBADMSG;
	(void)futimens(fd, NULL);
	*ret_length = (uint64_t)length;
	return 0;
}

int imagecache_seal(int fd, uint64_t length)
{
	struct trailer trailer = {.length = length};
	int rc = checksum(fd, length, &trailer.crc);

	memcpy(trailer.magic, trailer_magic, sizeof(trailer_magic));
	if (rc == 0 && lseek(fd, (off_t)length, SEEK_SET) < 0)
		rc = -errno;
	if (rc == 0)
		rc = fd_write_all(fd, &trailer, sizeof(trailer));
	/* else a power failure leaves a name with nothing behind it */
	if (rc == 0 && fdatasync(fd) < 0)
		rc = -errno;
	return rc;
}

/* The oldest that is not the youngest IMAGECACHE_KEPT. Returns how many there
 * are. */
static unsigned int find_oldest(DIR *directory, char to[IMAGECACHE_NAME])
{
	struct timespec oldest = {0};
	unsigned int count = 0;
	struct dirent *entry;
	struct stat st;

	rewinddir(directory);
	while ((entry = readdir(directory)) != NULL) {
		if (strlen(entry->d_name) >= IMAGECACHE_NAME ||
		    fstatat(dirfd(directory), entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if (count++ == 0 || st.st_mtim.tv_sec < oldest.tv_sec) {
			oldest = st.st_mtim;
			bytes_copy_string(to, IMAGECACHE_NAME, entry->d_name);
		}
	}
	return count;
}

void imagecache_prune(int cache_fd)
{
	int fd = fcntl(cache_fd, F_DUPFD_CLOEXEC, 0);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	char name[IMAGECACHE_NAME];

	if (directory == NULL) {
		fd_close(&fd);
		return;
	}
	while (find_oldest(directory, name) > IMAGECACHE_KEPT)
		if (unlinkat(cache_fd, name, 0) < 0)
			break;
	closedir(directory);
}
