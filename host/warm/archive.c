/* SPDX-License-Identifier: GPL-2.0-or-later */
/* archive - the bundles that are kept: see archive.h. */
#include "host/warm/archive.h"

#include "shared/bundle.h"
#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 256 * 1024 };

/* FNV-1a: only to tell names apart. */
static uint64_t hash(struct bytes bytes)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < bytes.len; i++)
		value = (value ^ bytes.data[i]) * UINT64_C(0x100000001b3);
	return value;
}

static uint64_t file_bytes(const struct bundle_header *header)
{
	return BUNDLE_HEADER + (uint64_t)header->index_bytes +
	       (uint64_t)header->count * BUNDLE_SUM + header->data_bytes;
}

/* ---- finding ---- */

static bool has_index(int fd, const struct bundle_header *header,
		      struct bytes index)
{
	uint8_t *kept = malloc(index.len);
	bool same = kept != NULL && header->index_bytes == index.len &&
		    pread(fd, kept, index.len, BUNDLE_HEADER) ==
			    (ssize_t)index.len &&
		    memcmp(kept, index.data, index.len) == 0;

	free(kept);
	return same;
}

static int find(int cache_fd, struct bytes index, struct archive_report *report)
{
	fd_auto int fd =
		fd_openat(cache_fd, report->name, O_RDONLY | O_NOFOLLOW, 0);
	uint8_t head[BUNDLE_HEADER];
	struct bundle_header header;
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (pread(fd, head, sizeof(head), 0) != sizeof(head) ||
	    bundle_get_header(bytes_of(head, sizeof(head)), &header) < 0 ||
	    (uint64_t)st.st_size != file_bytes(&header) ||
	    !has_index(fd, &header, index))
		return -EBADMSG;
	(void)futimens(fd, NULL); /* used last: goes last */
	report->bytes = (uint64_t)st.st_size;
	report->members = header.count;
	return 0;
}

/* ---- making ---- */

struct making {
	const struct members *members;
	int to;
	uint8_t *sums; /* BUNDLE_SUM for each member */
	uint8_t *block;
};

static bool is_unchanged(const struct member *member, const struct stat *st)
{
	const struct stat *was = &member->st;

	return was->st_dev == st->st_dev && was->st_ino == st->st_ino &&
	       was->st_size == st->st_size &&
	       was->st_mtim.tv_sec == st->st_mtim.tv_sec &&
	       was->st_mtim.tv_nsec == st->st_mtim.tv_nsec &&
	       was->st_ctim.tv_sec == st->st_ctim.tv_sec &&
	       was->st_ctim.tv_nsec == st->st_ctim.tv_nsec;
}

static int copy_data(const struct making *making, int from, uint64_t left,
		     uint32_t *ret_sum)
{
	unsigned long sum = crc32(0, NULL, 0);

	while (left > 0) {
		size_t want = left < BLOCK ? (size_t)left : BLOCK;
		ssize_t len = read(from, making->block, want);
		int rc;

		if (len <= 0)
			return len < 0 ? -errno : -ESTALE;
		sum = crc32(sum, making->block, (unsigned int)len);
		rc = fd_write_all(making->to, making->block, (size_t)len);
		if (rc < 0)
			return rc;
		left -= (uint64_t)len;
	}
	*ret_sum = (uint32_t)sum;
	return 0;
}

/* -ESTALE: it has changed since it was looked at. */
static int copy_member(const struct making *making, size_t index)
{
	const struct member *member = making->members->list[index];
	fd_auto int from = -1;
	uint32_t sum = 0;
	struct stat st;
	int rc;

	if (!S_ISREG(member->st.st_mode))
		return 0;
	from = fd_openat(making->members->root_fd, member->path,
			 O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (from < 0)
		return from;
	rc = copy_data(making, from, (uint64_t)member->st.st_size, &sum);
	if (rc < 0)
		return rc;
	if (fstat(from, &st) < 0 || !is_unchanged(member, &st))
		return -ESTALE;
	bytes_put_u32(making->sums + index * BUNDLE_SUM, sum);
	return 0;
}

static int write_at(int fd, const void *data, size_t len, off_t at)
{
	if (lseek(fd, at, SEEK_SET) < 0)
		return -errno;
	return fd_write_all(fd, data, len);
}

/* Index and header last: a file that is cut off half-way is none. */
static int write_front(const struct making *making, struct bytes index)
{
	uint32_t count = (uint32_t)making->members->count;
	struct bundle_header header = {
		.count = count,
		.index_bytes = (uint32_t)index.len,
		.data_bytes = making->members->bytes,
	};
	uint8_t head[BUNDLE_HEADER];
	unsigned long sum = crc32(0, index.data, (unsigned int)index.len);
	int rc;

	sum = crc32(sum, making->sums, count * BUNDLE_SUM);
	header.index_crc = (uint32_t)sum;
	bundle_put_header(head, &header);
	rc = write_at(making->to, index.data, index.len, BUNDLE_HEADER);
	if (rc == 0)
		rc = fd_write_all(making->to, making->sums,
				  (size_t)count * BUNDLE_SUM);
	return rc < 0 ? rc : write_at(making->to, head, sizeof(head), 0);
}

static int fill(struct making *making, struct bytes index)
{
	size_t count = making->members->count;
	int rc = lseek(making->to,
		       (off_t)(BUNDLE_HEADER + index.len + count * BUNDLE_SUM),
		       SEEK_SET) < 0
			 ? -errno
			 : 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = copy_member(making, i);
	return rc < 0 ? rc : write_front(making, index);
}

static int make_file(int cache_fd, const char *name,
		     const struct members *members, struct bytes index)
{
	fd_auto int to =
		fd_openat(cache_fd, name,
			  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	struct making making = {
		.members = members,
		.to = to,
		.sums = calloc(members->count, BUNDLE_SUM),
		.block = malloc(BLOCK),
	};
	int rc = to;

	if (to >= 0)
		rc = making.sums == NULL || making.block == NULL
			     ? -ENOMEM
			     : fill(&making, index);
	free(making.sums);
	free(making.block);
	return rc;
}

/* Under the lock, so one name for what is unfinished will do. */
static int make(int cache_fd, const struct members *members, struct bytes index,
		struct archive_report *report)
{
	static const char aside[] = "unfinished";
	int rc = make_file(cache_fd, aside, members, index);

	if (rc == 0 && renameat(cache_fd, aside, cache_fd, report->name) < 0)
		rc = -errno;
	if (rc < 0)
		(void)unlinkat(cache_fd, aside, 0);
	return rc < 0 ? rc : find(cache_fd, index, report);
}

static int lock(int cache_fd, int *ret_fd)
{
	int fd = fd_openat(cache_fd, ".lock", O_RDWR | O_CREAT | O_NOFOLLOW,
			   0600);

	if (fd < 0)
		return fd;
	if (flock(fd, LOCK_EX) < 0) {
		int rc = -errno;

		fd_close(&fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

static int find_or_make(int cache_fd, struct members *members,
			struct bytes index, struct archive_report *report)
{
	fd_auto int lock_fd = -1;
	int rc = find(cache_fd, index, report);

	if (rc == 0)
		return 0;
	rc = lock(cache_fd, &lock_fd);
	/* Another run may have made it meanwhile. */
	if (rc < 0 || find(cache_fd, index, report) == 0)
		return rc;
	report->made = true;
	return make(cache_fd, members, index, report);
}

int archive_get(int cache_fd, const char *label, struct members *members,
		struct archive_report *ret_report)
{
	struct archive_report report = {.made = false};
	uint8_t *index;
	uint32_t len;
	int rc = members_index(members, &index, &len);

	if (rc < 0)
		return rc;
	snprintf(report.name, sizeof(report.name), "%s-%016llx", label,
		 (unsigned long long)hash(bytes_of(index, len)));
	rc = find_or_make(cache_fd, members, bytes_of(index, len), &report);
	free(index);
	if (rc == 0)
		*ret_report = report;
	return rc;
}

/* ---- pruning ---- */

/* Returns the bytes of all, and the name of the oldest. */
static uint64_t survey(DIR *directory, char oldest[NAME_MAX + 1])
{
	struct timespec time = {0};
	const struct dirent *entry;
	uint64_t bytes = 0;
	struct stat st;

	oldest[0] = '\0';
	rewinddir(directory);
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(directory), entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		bytes += (uint64_t)st.st_size;
		if (oldest[0] == '\0' || st.st_mtim.tv_sec < time.tv_sec ||
		    (st.st_mtim.tv_sec == time.tv_sec &&
		     st.st_mtim.tv_nsec < time.tv_nsec)) {
			time = st.st_mtim;
			snprintf(oldest, NAME_MAX + 1, "%s", entry->d_name);
		}
	}
	return bytes;
}

void archive_prune(int cache_fd, uint64_t cap_bytes)
{
	int fd = fd_openat(cache_fd, ".", O_RDONLY | O_DIRECTORY, 0);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	char oldest[NAME_MAX + 1];

	if (directory == NULL) {
		fd_close(&fd);
		return;
	}
	while (survey(directory, oldest) > cap_bytes && oldest[0] != '\0')
		if (unlinkat(cache_fd, oldest, 0) < 0)
			break;
	closedir(directory);
}
