/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpack - a bundle made into the files that it holds: see unpack.h. */
#include "guest/unpack.h"

#include "shared/bundle.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

/* 9p is quickest with large reads: 600 MB/s, 350 with a quarter of it. */
enum { BLOCK = 1024 * 1024 };

static const uint64_t ns_per_s = 1000000000;

struct unpacking {
	int from;
	int to; /* the directory */
	struct bundle_header header;
	uint8_t *front; /* index and sums */
	struct bytes index;
	struct bytes sums;
	uint8_t *block;
	struct bytes ready; /* what is read and not yet taken */
};

static int read_header(int fd, struct bundle_header *ret_header)
{
	uint8_t head[BUNDLE_HEADER];
	struct bundle_header header;
	struct stat st;
	int rc;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (fd_read_all(fd, head, sizeof(head)) != sizeof(head))
		return -EBADMSG;
	rc = bundle_get_header(bytes_of(head, sizeof(head)), &header);
	if (rc < 0)
		return rc;
	if (header.count == 0 ||
	    (uint64_t)st.st_size !=
		    BUNDLE_HEADER + (uint64_t)header.index_bytes +
			    (uint64_t)header.count * BUNDLE_SUM +
			    header.data_bytes)
		return -EBADMSG;
	*ret_header = header;
	return 0;
}

int unpack_measure(const char *bundle, struct unpack_size *ret_size,
		   struct why *why)
{
	fd_auto int fd = fd_open(bundle, O_RDONLY, 0);
	struct bundle_header header = {.count = 0};
	int rc = fd;

	if (fd >= 0)
		rc = read_header(fd, &header);
	if (rc < 0)
		return why_failed(why, rc, "the bundle");
	ret_size->members = header.count;
	ret_size->bytes = header.data_bytes;
	return 0;
}

/* Index and sums, all at once. */
static int read_front(struct unpacking *unpacking)
{
	size_t index = unpacking->header.index_bytes;
	size_t sums = (size_t)unpacking->header.count * BUNDLE_SUM;

	unpacking->front = malloc(index + sums + 1);
	unpacking->block = malloc(BLOCK);
	if (unpacking->front == NULL || unpacking->block == NULL)
		return -ENOMEM;
	if (fd_read_all(unpacking->from, unpacking->front, index + sums) !=
		    (ssize_t)(index + sums) ||
	    (uint32_t)crc32(0, unpacking->front,
			    (unsigned int)(index + sums)) !=
		    unpacking->header.index_crc)
		return -EBADMSG;
	unpacking->index = bytes_of(unpacking->front, index);
	unpacking->sums = bytes_of(unpacking->front + index, sums);
	return 0;
}

/* Up to max of the next bytes; none: -EBADMSG. */
static int take(struct unpacking *unpacking, uint64_t max,
		struct bytes *ret_bytes)
{
	if (unpacking->ready.len == 0) {
		ssize_t len = read(unpacking->from, unpacking->block, BLOCK);

		if (len <= 0)
			return len < 0 ? -errno : -EBADMSG;
		unpacking->ready = bytes_of(unpacking->block, (size_t)len);
	}
	*ret_bytes = bytes_take(&unpacking->ready,
				max < BLOCK ? (size_t)max : BLOCK);
	return 0;
}

static int write_data(struct unpacking *unpacking, int to, uint64_t left,
		      uint32_t sum)
{
	unsigned long seen = crc32(0, NULL, 0);

	while (left > 0) {
		struct bytes bytes;
		int rc = take(unpacking, left, &bytes);

		if (rc < 0)
			return rc;
		seen = crc32(seen, bytes.data, (unsigned int)bytes.len);
		rc = fd_write_all(to, bytes.data, bytes.len);
		if (rc < 0)
			return rc;
		left -= bytes.len;
	}
	return (uint32_t)seen == sum ? 0 : -EBADMSG;
}

/* Thousands of files: what they have from their birth is not set again. A
 * change of the owner takes setuid away, so the mode comes after it. */
static int set_owner(int fd, const struct bundle_entry *entry)
{
	bool ours = entry->uid == 0 && entry->gid == 0;

	if (!ours && fchown(fd, entry->uid, entry->gid) < 0)
		return -errno;
	if ((!ours || entry->mode > 0777) && fchmod(fd, entry->mode) < 0)
		return -errno;
	return 0;
}

static int make_file(struct unpacking *unpacking,
		     const struct bundle_entry *entry, const char *path,
		     uint32_t sum)
{
	const struct timespec times[] = {
		{.tv_nsec = UTIME_OMIT},
		{.tv_sec = (time_t)(entry->mtime_ns / ns_per_s),
		 .tv_nsec = (long)(entry->mtime_ns % ns_per_s)},
	};
	fd_auto int fd = fd_openat(unpacking->to, path,
				   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
				   entry->mode & 0777);
	int rc = fd;

	if (fd >= 0)
		rc = write_data(unpacking, fd, entry->size, sum);
	if (rc == 0)
		rc = set_owner(fd, entry);
	if (rc == 0 && futimens(fd, times) < 0)
		rc = -errno;
	return rc;
}

static int make_directory(const struct unpacking *unpacking,
			  const struct bundle_entry *entry, const char *path)
{
	if (mkdirat(unpacking->to, path, 0700) < 0 ||
	    fchownat(unpacking->to, path, entry->uid, entry->gid,
		     AT_SYMLINK_NOFOLLOW) < 0 ||
	    fchmodat(unpacking->to, path, entry->mode, 0) < 0)
		return -errno;
	return 0;
}

static int make_link(const struct unpacking *unpacking,
		     const struct bundle_entry *entry, const char *path)
{
	char target[LIMIT_PATH + 1];

	memcpy(target, entry->target.data, entry->target.len);
	target[entry->target.len] = '\0';
	if (symlinkat(target, unpacking->to, path) < 0 ||
	    fchownat(unpacking->to, path, entry->uid, entry->gid,
		     AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return 0;
}

static int make_one(struct unpacking *unpacking,
		    const struct bundle_entry *entry, uint32_t sum)
{
	char path[LIMIT_PATH + 1];

	memcpy(path, entry->path.data, entry->path.len);
	path[entry->path.len] = '\0';
	switch (entry->kind) {
	case BUNDLE_DIRECTORY:
		return make_directory(unpacking, entry, path);
	case BUNDLE_LINK:
		return make_link(unpacking, entry, path);
	case BUNDLE_FILE:
		return make_file(unpacking, entry, path, sum);
	}
	return -EBADMSG;
}

static int make_all(struct unpacking *unpacking)
{
	struct bundle_entry entry;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < unpacking->header.count; i++) {
		struct bytes sum = bytes_take(&unpacking->sums, BUNDLE_SUM);

		rc = bundle_take_entry(&unpacking->index, &entry);
		if (rc <= 0)
			return rc < 0 ? rc : -EBADMSG;
		rc = make_one(unpacking, &entry, bytes_get_u32(sum.data));
	}
	return rc;
}

int unpack_bundle(const char *bundle, const char *directory, struct why *why)
{
	fd_auto int from = fd_open(bundle, O_RDONLY, 0);
	fd_auto int to = fd_open(directory, O_RDONLY | O_DIRECTORY, 0);
	struct unpacking unpacking = {.from = from, .to = to};
	mode_t mask = umask(0);
	int rc = from < 0 ? from : to;

	if (rc >= 0)
		rc = read_header(from, &unpacking.header);
	if (rc == 0)
		rc = read_front(&unpacking);
	if (rc == 0)
		rc = make_all(&unpacking);
	umask(mask);
	free(unpacking.front);
	free(unpacking.block);
	if (rc == -EBADMSG)
		return why_is(why, rc, "the bundle is damaged");
	return rc < 0 ? why_failed(why, rc, "unpacking the bundle") : 0;
}
