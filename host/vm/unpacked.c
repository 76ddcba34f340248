/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpacked - an x86 kernel that need not unpack itself: see unpacked.h. */
#include "host/vm/unpacked.h"

#include "host/vm/capture.h"
#include "host/vm/imagecache.h"
#include "host/vm/payload.h"
#include "shared/bytes.h"
#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	UNPACK_TIMEOUT_MS = 120000,
	POLL_MS = 5,
};

static int give_up(char *why, int error, const char *text)
{
	snprintf(why, UNPACKED_WHY, "%s", text);
	return error;
}

struct packed {
	int fd; /* of the image */
	struct stat st;
	struct payload payload;
	uint32_t unpacked_length;
	const char *const *unpacker;
	bool tail_is_packed;
	char program[PATH_MAX];
};

static int read_at(int fd, uint64_t offset, void *to, size_t len)
{
	ssize_t n = pread(fd, to, len, (off_t)offset);

	return n < 0 ? -errno : n == (ssize_t)len ? 0 : -EIO;
}

static int open_packed(struct packed *packed, const char *image,
		       const char *path, char *why)
{
	uint8_t head[0x250];
	uint8_t magic[PAYLOAD_MAGIC];
	uint8_t tail[PAYLOAD_TAIL];
	enum payload_packing packing;
	int rc;

	packed->fd = fd_open(image, O_RDONLY, 0);
	if (packed->fd < 0 || fstat(packed->fd, &packed->st) < 0)
		return give_up(why, -EIO, "the image can't be read");
	if (read_at(packed->fd, 0, head, sizeof(head)) < 0 ||
	    payload_find(bytes_of(head, sizeof(head)),
			 (uint64_t)packed->st.st_size, &packed->payload) < 0 ||
	    read_at(packed->fd, packed->payload.offset, magic, sizeof(magic)) <
		    0 ||
	    read_at(packed->fd,
		    packed->payload.offset + packed->payload.length -
			    PAYLOAD_TAIL,
		    tail, sizeof(tail)) < 0)
		return give_up(why, -ENOTSUP, "the image is of another make");
	packed->unpacked_length = bytes_get_u32(tail);
	packing = payload_packing(bytes_of(magic, sizeof(magic)));
	packed->unpacker = payload_unpacker(packing);
	packed->tail_is_packed = payload_tail_is_packed(packing);
	if (packed->unpacker == NULL ||
	    packed->unpacked_length > PAYLOAD_UNPACKED_MAX)
		return give_up(why, -ENOTSUP, "its packing is unknown");
	rc = capture_find(packed->unpacker[0], path, packed->program,
			  sizeof(packed->program));
	if (rc < 0)
		snprintf(why, UNPACKED_WHY, "%s is not installed",
			 packed->unpacker[0]);
	return rc;
}

/* The packed kernel alone: some unpackers stumble over what follows. */
static int copy_payload(const struct packed *packed)
{
	off_t from = (off_t)packed->payload.offset;
	uint64_t left = packed->payload.length -
			(packed->tail_is_packed ? 0 : PAYLOAD_TAIL);
	fd_auto int fd = memfd_create("fstvm-kernel", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (left > 0) {
		ssize_t n = sendfile(fd, packed->fd, &from, (size_t)left);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		left -= (uint64_t)n;
	}
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	return fd_release(&fd);
}

static _Noreturn void exec_unpacker(const struct packed *packed, int in,
				    int out)
{
	int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(null_fd, 2) < 0)
		_exit(126);
	execv(packed->program, (char *const *)(uintptr_t)packed->unpacker);
	_exit(127);
}

static int wait_for(pid_t pid)
{
	uint64_t end_ns = clock_mono_ns() + clock_ns_of_ms(UNPACK_TIMEOUT_MS);
	int status = 0;
	pid_t rc;

	while ((rc = waitpid(pid, &status, WNOHANG)) == 0) {
		if (clock_mono_ns() >= end_ns) {
			kill(pid, SIGKILL);
			(void)waitpid(pid, NULL, 0);
			return -ETIMEDOUT;
		}
		(void)poll(NULL, 0, POLL_MS);
	}
	return rc > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0
								       : -EIO;
}

static int run_unpacker(const struct packed *packed, int out)
{
	fd_auto int in = copy_payload(packed);
	pid_t pid;

	if (in < 0)
		return in;
	pid = fork();
	if (pid == 0)
		exec_unpacker(packed, in, out);
	return pid < 0 ? -errno : wait_for(pid);
}

static bool has_pvh(int fd, uint64_t length)
{
	static uint8_t notes[PAYLOAD_NOTES_MAX];
	uint8_t head[4096];
	size_t len = length < sizeof(head) ? (size_t)length : sizeof(head);
	struct payload where;

	return read_at(fd, 0, head, len) == 0 &&
	       payload_find_notes(bytes_of(head, len), length, &where) == 0 &&
	       where.length <= sizeof(notes) &&
	       read_at(fd, where.offset, notes, (size_t)where.length) == 0 &&
	       payload_has_pvh(bytes_of(notes, (size_t)where.length));
}

static int unpack(const struct packed *packed, int fd, char *why)
{
	struct stat st;
	int rc = run_unpacker(packed, fd);

	if (rc == 0 && fstat(fd, &st) < 0)
		rc = -errno;
	if (rc == 0 && (uint64_t)st.st_size != packed->unpacked_length)
		rc = -EBADMSG;
	return rc < 0 ? give_up(why, rc, "it can't be unpacked") : 0;
}

/* One that QEMU can't start is kept as an empty file: not to be unpacked
 * again. */
static int seal(const struct packed *packed, int fd)
{
	uint64_t length = packed->unpacked_length;

	if (!has_pvh(fd, length)) {
		length = 0;
		if (ftruncate(fd, 0) < 0)
			return -errno;
	}
	return imagecache_seal(fd, length);
}

static int make(const struct packed *packed, int cache_fd, const char *name,
		char *why)
{
	char aside[IMAGECACHE_NAME];
	fd_auto int fd = -1;
	int rc;

	snprintf(aside, sizeof(aside), "unfinished-%ld", (long)getpid());
	(void)unlinkat(cache_fd, aside, 0);
	fd = fd_openat(cache_fd, aside, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return give_up(why, fd, "the cache can't be written");
	rc = unpack(packed, fd, why);
	if (rc == 0 && (seal(packed, fd) < 0 ||
			renameat(cache_fd, aside, cache_fd, name) < 0))
		rc = give_up(why, -EIO, "the cache can't be written");
	if (rc < 0)
		(void)unlinkat(cache_fd, aside, 0);
	else
		imagecache_prune(cache_fd);
	return rc;
}

static int find_or_make(const struct packed *packed, char to[PATH_MAX],
			char *why)
{
	char directory[PATH_MAX];
	char name[IMAGECACHE_NAME];
	fd_auto int cache_fd = imagecache_open(directory);
	uint64_t length;
	int rc;

	if (cache_fd < 0)
		return give_up(why, cache_fd, "there is no cache directory");
	imagecache_name(&packed->st, name);
	rc = imagecache_find(cache_fd, name, &length);
	if (rc < 0) {
		rc = make(packed, cache_fd, name, why);
		if (rc < 0)
			return rc;
		rc = imagecache_find(cache_fd, name, &length);
	}
	if (rc < 0)
		return give_up(why, rc, "the cache can't be read");
	if (length == 0)
		return give_up(why, -ENOTSUP,
			       "it has no PVH entry (CONFIG_PVH)");
	if (snprintf(to, PATH_MAX, "%s/%s", directory, name) >= PATH_MAX)
		return give_up(why, -ENAMETOOLONG, "the cache is too deep");
	return 0;
}

int unpacked_get(const char *image, const char *path, char to[PATH_MAX],
		 char why[UNPACKED_WHY])
{
	static struct packed packed;
	int rc = open_packed(&packed, image, path, why);

	if (rc == 0)
		rc = find_or_make(&packed, to, why);
	fd_close(&packed.fd);
	return rc;
}
