/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestram - a guest's RAM, seen from the host: where the kernel's log is. */
#include "host/vm/guestram.h"

#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GIB (1ULL << 30)
/* QEMU may round the size up to that of a huge page. */
#define SIZE_SLACK (4ULL << 20)

enum {
	PAGE = KERNELMAP_PAGE,
	CHUNK = 256 * 1024,
	DESCRIPTORS = 4096, /* of QEMU's that are looked at */
	/* What looks like VMCOREINFO: two of the kernel's own, and what files
	 * in the guest's page cache hold. */
	CANDIDATES = 32,
};

/* What stands at the file's beginning, and where the first gap is. */
static const struct {
	uint64_t base;
	uint64_t low;
} layouts[] = {
	{0, UINT64_MAX},       /* no gap: little RAM */
	{0, 2 * GIB},	       /* q35 with 2.75 GiB or more */
	{0, 3 * GIB},	       /* i440fx with 3.5 GiB or more, microvm */
	{0, 0xb0000000},       /* q35, max-ram-below-4g */
	{0, 0xe0000000},       /* i440fx without gigabyte_align */
	{GIB, UINT64_MAX},     /* arm64 virt */
	{2 * GIB, UINT64_MAX}, /* riscv virt */
};

void guestram_init(struct guestram *ram)
{
	*ram = (struct guestram){.fd = -1};
}

void guestram_close(struct guestram *ram)
{
	fd_close(&ram->fd);
	ram->located = false;
}

int guestram_attach(struct guestram *ram, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return -errno;
	if (!S_ISREG(stat.st_mode) || stat.st_size <= 0)
		return -EINVAL;
	guestram_init(ram);
	ram->fd = fd;
	ram->size_bytes = (uint64_t)stat.st_size;
	return 0;
}

/* ---- QEMU's descriptor ---- */

static int open_memfd(int dirfd, const char *name, uint64_t size_bytes)
{
	static const char memfd[] = "/memfd:";
	char target[sizeof(memfd)];
	fd_auto int fd = -1;
	struct stat stat;

	if (readlinkat(dirfd, name, target, sizeof(target) - 1) !=
		    (ssize_t)sizeof(target) - 1 ||
	    memcmp(target, memfd, sizeof(memfd) - 1) != 0)
		return -ENOENT;
	fd = fd_openat(dirfd, name, O_RDONLY, 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode) ||
	    (uint64_t)stat.st_size < size_bytes ||
	    (uint64_t)stat.st_size > size_bytes + SIZE_SLACK)
		return -ENOENT;
	return fd_release(&fd);
}

static int find_memfd(DIR *dir, uint64_t size_bytes)
{
	const struct dirent *entry;
	int rc = -ENOENT;

	for (size_t i = 0; i < DESCRIPTORS; i++) {
		entry = readdir(dir);
		if (entry == NULL)
			break;
		rc = open_memfd(dirfd(dir), entry->d_name, size_bytes);
		if (rc >= 0)
			return rc;
	}
	return rc == -EACCES || rc == -EPERM ? rc : -ENOENT;
}

int guestram_open(struct guestram *ram, pid_t qemu, pid_t group,
		  uint64_t size_bytes)
{
	char path[64];
	DIR *dir;
	int fd;
	int rc;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)qemu);
	dir = opendir(path);
	if (dir == NULL)
		return -errno;
	fd = find_memfd(dir, size_bytes);
	closedir(dir);
	if (fd < 0)
		return fd;
	/* Still the process that we mean, and not another with its number. */
	rc = getpgid(qemu) == group ? guestram_attach(ram, fd) : -ESRCH;
	if (rc < 0)
		fd_close(&fd);
	return rc;
}

/* ---- physical addresses ---- */

static int read_file(const struct guestram *ram, uint64_t at, void *to,
		     size_t len)
{
	ssize_t n;

	if (at > ram->size_bytes || len > ram->size_bytes - at)
		return -EFAULT;
	n = pread(ram->fd, to, len, (off_t)at);
	return n == (ssize_t)len ? 0 : -EFAULT;
}

static int read_physical(void *context, uint64_t address, void *to, size_t len)
{
	const struct guestram *ram = context;
	uint64_t at = address - ram->base;

	if (address < ram->base)
		return -EFAULT;
	if (at < ram->low)
		return len > ram->low - at ? -EFAULT
					   : read_file(ram, at, to, len);
	if (address < 4 * GIB)
		return -EFAULT;
	return read_file(ram, address - 4 * GIB + ram->low, to, len);
}

/* ---- the ring ---- */

/* In every layout that this size can have, until one makes sense. */
static int try_layouts(struct guestram *ram, const struct vmcoreinfo *v)
{
	struct kernelmap_ram read = {read_physical, ram};
	int rc = -ENOENT;

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		ram->base = layouts[i].base;
		ram->low = layouts[i].low < ram->size_bytes ? layouts[i].low
							    : ram->size_bytes;
		if (layouts[i].low != UINT64_MAX &&
		    layouts[i].low >= ram->size_bytes)
			continue;
		rc = ramring_init(&ram->ring, v, read);
		if (rc == 0 || rc == -EOPNOTSUPP)
			break;
	}
	return rc;
}

static int try_at(struct guestram *ram, uint64_t at)
{
	uint8_t text[VMCOREINFO_TEXT];
	struct vmcoreinfo vmcoreinfo;
	uint64_t left = ram->size_bytes - at;
	size_t len = left < sizeof(text) ? (size_t)left : sizeof(text);

	if (read_file(ram, at, text, len) < 0)
		return -ENOENT;
	if (vmcoreinfo_parse(bytes_of(text, len), &vmcoreinfo) < 0)
		return -EOPNOTSUPP;
	return try_layouts(ram, &vmcoreinfo);
}

/* What searching has come to: the most telling error stays. */
struct search {
	unsigned int candidates;
	int rc;
};

static bool weigh(struct search *search, int rc)
{
	search->candidates++;
	if (rc == 0 || search->rc == -ENOENT ||
	    (search->rc == -EOPNOTSUPP && rc == -EBADMSG))
		search->rc = rc;
	return search->rc == 0 || search->candidates >= CANDIDATES;
}

/* The kernel has its VMCOREINFO at the beginning of a page, and again behind
 * the head of a note that begins a page. */
static bool search_chunk(struct guestram *ram, struct search *search,
			 struct bytes chunk, uint64_t at)
{
	static const size_t heads[] = {0, VMCOREINFO_NOTE_HEAD};

	for (; chunk.len >= PAGE; at += PAGE) {
		struct bytes page = bytes_take(&chunk, PAGE);

		for (size_t i = 0; i < 2; i++) {
			struct bytes rest = page;

			(void)bytes_take(&rest, heads[i]);
			if (vmcoreinfo_starts(rest) &&
			    weigh(search, try_at(ram, at + heads[i])))
				return true;
		}
	}
	return false;
}

int guestram_locate(struct guestram *ram)
{
	static uint8_t buffer[CHUNK];
	struct search search = {.rc = -ENOENT};
	uint64_t at = 0;

	if (ram->fd < 0)
		return -EBADF;
	ram->located = false;
	while (at < ram->size_bytes) {
		off_t data = lseek(ram->fd, (off_t)at, SEEK_DATA);
		ssize_t n;

		if (data < 0)
			break; /* ENXIO: only a hole is left */
		at = (uint64_t)data / PAGE * PAGE;
		n = pread(ram->fd, buffer, sizeof(buffer), (off_t)at);
		if (n < PAGE ||
		    search_chunk(ram, &search, bytes_of(buffer, (size_t)n), at))
			break;
		at += (uint64_t)n / PAGE * PAGE;
	}
	ram->located = search.rc == 0;
	return search.rc;
}

/* What was found before may be another kernel's by now. */
static int again(struct guestram *ram, int rc)
{
	return rc == -EBADMSG && ram->located ? guestram_locate(ram) : rc;
}

int guestram_newest(struct guestram *ram, uint64_t *ret_sequence)
{
	int rc = ram->located ? 0 : guestram_locate(ram);

	if (rc == 0)
		rc = ramring_newest(&ram->ring, ret_sequence);
	if (rc < 0 && again(ram, rc) == 0)
		rc = ramring_newest(&ram->ring, ret_sequence);
	return rc;
}

int guestram_read(struct guestram *ram, uint64_t from, ramring_sink *sink,
		  void *context, struct ramring_outcome *ret_outcome)
{
	int rc = ram->located ? 0 : guestram_locate(ram);

	if (rc == 0)
		rc = ramring_read(&ram->ring, from, sink, context, ret_outcome);
	if (rc < 0 && again(ram, rc) == 0)
		rc = ramring_read(&ram->ring, from, sink, context, ret_outcome);
	return rc;
}

const char *guestram_explain(int error)
{
	switch (-error) {
	case EBADF:
		return "the guest's memory can't be opened";
	case ENOENT:
		return "the kernel has not told where its log is";
	case EOPNOTSUPP:
		return "this kernel's log can't be read from memory";
	case EBADMSG:
		return "the kernel's log in memory is damaged";
	default:
		return strerror(-error);
	}
}
