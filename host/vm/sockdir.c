/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sockdir - the private directory of a run: see sockdir.h. */
#include "host/vm/sockdir.h"

#include "shared/beneath.h"
#include "shared/fd.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define TEMPLATE "/fstvm-XXXXXX"
#define CONFIG	 "home/.config/virtme-ng/virtme-ng.conf"

static_assert(SOCKDIR_MEMBER < sizeof(((struct sockaddr_un *)NULL)->sun_path),
	      "any member can be a socket");

static bool is_plain(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_+/.-";

	return path[0] == '/' && path[strspn(path, plain)] == '\0';
}

static bool is_usable(const char *path)
{
	struct stat st;

	if (!path || !is_plain(path) ||
	    strlen(path) + strlen(TEMPLATE) > SOCKDIR_PATH)
		return false;
	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return false;
	return st.st_uid == geteuid() && (st.st_mode & 077) == 0 &&
	       access(path, W_OK | X_OK) == 0;
}

static int make_in(struct sockdir *dir, const char *parent)
{
	snprintf(dir->path, sizeof(dir->path), "%s" TEMPLATE, parent);
	return mkdtemp(dir->path) ? 0 : -errno;
}

static int write_config(int dirfd)
{
	static const char text[] = "{\"default_opts\":{}}\n";
	fd_auto int fd =
		beneath_open(dirfd, CONFIG, O_WRONLY | O_CREAT | O_EXCL, 0600);

	return fd < 0 ? fd : fd_write_all(fd, text, sizeof(text) - 1);
}

static int fill(struct sockdir *dir)
{
	int error;

	dir->fd = fd_open(dir->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (dir->fd < 0)
		return dir->fd;
	error = beneath_mkdirs(dir->fd, "home/.config/virtme-ng");
	if (!error)
		error = beneath_mkdirs(dir->fd, "tmp");
	return error ? error : write_config(dir->fd);
}

int sockdir_open(struct sockdir *dir, const char *runtime_dir)
{
	int error = -ENOENT;

	dir->fd = -1;
	if (is_usable(runtime_dir))
		error = make_in(dir, runtime_dir);
	if (error)
		error = make_in(dir, "/tmp");
	if (error) {
		dir->path[0] = '\0';
		return error;
	}
	snprintf(dir->mark, sizeof(dir->mark), "FSTVM_VM=%s", dir->path);
	error = fill(dir);
	if (error) {
		int ignored = sockdir_close(dir);

		(void)ignored;
	}
	return error;
}

int sockdir_link(struct sockdir *dir, const char *name, const char *target)
{
	must(strlen(name) <= SOCKDIR_NAME && target[0] == '/');
	if (unlinkat(dir->fd, name, 0) && errno != ENOENT)
		return -errno;
	return symlinkat(target, dir->fd, name) ? -errno : 0;
}

char *sockdir_path(const struct sockdir *dir, const char *name, char *to,
		   size_t cap)
{
	int len = snprintf(to, cap, "%s/%s", dir->path, name);

	must(strlen(name) <= SOCKDIR_NAME && len >= 0 && (size_t)len < cap);
	return to;
}

int sockdir_remove(const char *path)
{
	const char *name = strrchr(path, '/');
	char parent[SOCKDIR_PATH + 1];
	fd_auto int fd = -1;

	if (!name || name == path || strlen(path) > SOCKDIR_PATH)
		return -EINVAL;
	snprintf(parent, sizeof(parent), "%.*s", (int)(name - path), path);
	fd = fd_open(parent, O_RDONLY | O_DIRECTORY, 0);
	return fd < 0 ? fd : beneath_remove_tree(fd, name + 1);
}

int sockdir_close(struct sockdir *dir)
{
	int error = 0;

	if (dir->path[0])
		error = sockdir_remove(dir->path);
	dir->path[0] = '\0';
	fd_close(&dir->fd);
	return error;
}
