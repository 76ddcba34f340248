/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beneath - files below one directory, and never outside it.
 *
 * ".." is refused although openat2() could allow it where it stays beneath:
 * so both ways give the same answers.
 */
#include "shared/beneath.h"

#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	BENEATH_DEPTH = 128, /* of a tree to remove: descriptors and stack */
	BENEATH_ENTRIES = 2048,
};

static bool beneath_walks;

void beneath_force_walk(bool on)
{
	beneath_walks = on;
}

/* A path's components, one after the other. */
struct beneath_path {
	char name[NAME_MAX + 1];
	const char *rest;
};

/* Returns 1 and the next component in path->name, 0 at the end. */
static int beneath_next(struct beneath_path *path)
{
	size_t len = 0;

	do {
		path->rest += strspn(path->rest, "/");
		len = strcspn(path->rest, "/");
		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(path->name, path->rest, len);
		path->name[len] = '\0';
		path->rest += len;
	} while (strcmp(path->name, ".") == 0);
	if (strcmp(path->name, "..") == 0)
		return -EXDEV;
	return len > 0;
}

static bool beneath_is_last(const struct beneath_path *path)
{
	const char *rest = path->rest + strspn(path->rest, "/");

	return *rest == '\0';
}

static int beneath_check(const char *path)
{
	struct beneath_path walk = {.rest = path};
	int r = 0;

	if (path[0] == '/')
		return -EXDEV;
	if (path[0] == '\0')
		return -ENOENT;
	do {
		r = beneath_next(&walk);
	} while (r > 0);
	return r;
}

/* openat() of one component; a symbolic link is -ELOOP whatever the flags. */
static int beneath_step(int dirfd, const char *name, int flags, mode_t mode)
{
	int fd = fd_openat(dirfd, name, flags | O_NOFOLLOW, mode);
	struct stat st = {0};

	/* With O_DIRECTORY a link is -ENOTDIR to the kernel. */
	if (fd == -ENOTDIR &&
	    fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		return -ELOOP;
	return fd;
}

/* Moves *dir one component down. */
static int beneath_descend(int *dir, const char *name)
{
	int fd = beneath_step(*dir, name, O_PATH | O_DIRECTORY, 0);

	if (fd < 0)
		return fd;
	fd_close(dir);
	*dir = fd;
	return 0;
}

/* The directory of path's last component, whose name goes to `walk`; that is
 * "." when path has no component. */
static int beneath_parent(int dirfd, const char *path,
			  struct beneath_path *walk)
{
	fd_auto int dir = fd_openat(dirfd, ".", O_PATH | O_DIRECTORY, 0);
	int r = dir;

	*walk = (struct beneath_path){.rest = path};
	while (r >= 0) {
		r = beneath_next(walk);
		if (r == 0)
			strcpy(walk->name, ".");
		if (r == 0 || (r > 0 && beneath_is_last(walk)))
			return fd_release(&dir);
		if (r > 0)
			r = beneath_descend(&dir, walk->name);
	}
	return r;
}

static int beneath_walk(int dirfd, const char *path, int flags, mode_t mode)
{
	struct beneath_path walk;
	fd_auto int dir = beneath_parent(dirfd, path, &walk);

	if (dir < 0)
		return dir;
	if (walk.rest[0] == '/')
		flags |= O_DIRECTORY;
	return beneath_step(dir, walk.name, flags, mode);
}

int beneath_open(int dirfd, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			   RESOLVE_NO_MAGICLINKS,
	};
	long fd = beneath_check(path);

	if (fd < 0)
		return (int)fd;
	if (beneath_walks)
		return beneath_walk(dirfd, path, flags, mode);
	if (flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)))
		how.mode = mode;
	do {
		fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
	} while (fd < 0 && (errno == EINTR || errno == EAGAIN));
	if (fd >= 0)
		return (int)fd;
	/* EPERM: what seccomp filters older than openat2 say to it. */
	if (errno == ENOSYS || errno == EPERM)
		return beneath_walk(dirfd, path, flags, mode);
	return -errno;
}

int beneath_mkdirs(int dirfd, const char *path)
{
	fd_auto int dir = -1;
	struct beneath_path walk = {.rest = path};
	int r = beneath_check(path);

	if (r < 0)
		return r;
	dir = fd_openat(dirfd, ".", O_PATH | O_DIRECTORY, 0);
	if (dir < 0)
		return dir;
	while ((r = beneath_next(&walk)) > 0) {
		if (mkdirat(dir, walk.name, 0700) < 0 && errno != EEXIST)
			return -errno;
		r = beneath_descend(&dir, walk.name);
		if (r < 0)
			return r;
	}
	return r;
}

int beneath_unlink(int dirfd, const char *path)
{
	struct beneath_path walk;
	fd_auto int dir = -1;
	int r = beneath_check(path);

	if (r < 0)
		return r;
	dir = beneath_parent(dirfd, path, &walk);
	if (dir < 0)
		return dir;
	return unlinkat(dir, walk.name, 0) < 0 ? -errno : 0;
}

int beneath_rename(int dirfd, const char *from, const char *to)
{
	struct beneath_path from_walk, to_walk;
	fd_auto int from_dir = -1;
	fd_auto int to_dir = -1;
	int r = beneath_check(from);

	if (r == 0)
		r = beneath_check(to);
	if (r < 0)
		return r;
	from_dir = beneath_parent(dirfd, from, &from_walk);
	if (from_dir < 0)
		return from_dir;
	to_dir = beneath_parent(dirfd, to, &to_walk);
	if (to_dir < 0)
		return to_dir;
	if (renameat(from_dir, from_walk.name, to_dir, to_walk.name) < 0)
		return -errno;
	return 0;
}

static int beneath_remove(int dir, const char *name, int depth);

/* Removes what one read of the directory gives. Returns how many. */
static int beneath_empty_once(int dir, int depth)
{
	_Alignas(struct dirent64) char entries[BENEATH_ENTRIES];
	ssize_t len = 0;
	int removed = 0;

	if (lseek(dir, 0, SEEK_SET) < 0)
		return -errno;
	len = getdents64(dir, entries, sizeof(entries));
	if (len < 0)
		return -errno;
	for (ssize_t at = 0; at < len;) {
		const struct dirent64 *entry = (const void *)(entries + at);
		int r = 0;

		at += entry->d_reclen;
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		r = beneath_remove(dir, entry->d_name, depth);
		if (r < 0)
			return r;
		removed++;
	}
	return removed;
}

static int beneath_remove(int dir, const char *name, int depth)
{
	fd_auto int sub = -1;
	int r = 0;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return -errno;
	if (depth >= BENEATH_DEPTH)
		return -ENAMETOOLONG;
	sub = fd_openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (sub < 0)
		return sub;
	do {
		r = beneath_empty_once(sub, depth + 1);
	} while (r > 0);
	if (r < 0)
		return r;
	if (unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

int beneath_remove_tree(int dirfd, const char *path)
{
	struct beneath_path walk;
	fd_auto int dir = -1;
	int r = beneath_check(path);

	if (r < 0)
		return r;
	dir = beneath_parent(dirfd, path, &walk);
	if (dir == -ENOENT)
		return 0;
	if (dir < 0)
		return dir;
	return beneath_remove(dir, walk.name, 0);
}
