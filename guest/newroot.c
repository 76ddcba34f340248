/* SPDX-License-Identifier: GPL-2.0-or-later */
/* newroot - the root directory itself, in memory. */
#include "guest/newroot.h"

#include "guest/directory.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where it is made: a directory that every root has, and that nobody needs
 * until then. */
#define STAGE "/sys"

/* What the kernel fills. */
static const char *const kernels[] = {"proc", "sys", "dev"};

static bool is_kernels(const char *name)
{
	for (size_t i = 0; i < sizeof(kernels) / sizeof(*kernels); i++)
		if (strcmp(name, kernels[i]) == 0)
			return true;
	return false;
}

static int copy_link(const char *from, const char *to)
{
	char target[PATH_MAX];
	ssize_t len = readlink(from, target, sizeof(target) - 1);

	if (len < 0)
		return -errno;
	target[len] = '\0';
	return symlink(target, to) < 0 ? -errno : 0;
}

static int bind_directory(const char *from, const char *to,
			  const struct stat *st, bool empty)
{
	if (mkdir(to, 0755) < 0)
		return -errno;
	if (empty)
		return 0;
	(void)!chown(to, st->st_uid, st->st_gid);
	(void)chmod(to, st->st_mode & 07777);
	return mount(from, to, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

static int bind_file(const char *from, const char *to)
{
	fd_auto int fd = fd_open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd < 0)
		return fd;
	return mount(from, to, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

static int take_over(const char *name)
{
	char from[NAME_MAX + 2];
	char to[sizeof(STAGE) + NAME_MAX + 2];
	struct stat st;

	(void)snprintf(from, sizeof(from), "/%s", name);
	(void)snprintf(to, sizeof(to), STAGE "/%s", name);
	if (is_kernels(name))
		return bind_directory(from, to, NULL, true);
	if (lstat(from, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to);
	if (S_ISDIR(st.st_mode))
		return bind_directory(from, to, &st, false);
	return bind_file(from, to);
}

static int fill(struct why *why)
{
	struct directory directory;
	const char *name;
	int rc = directory_open(&directory, AT_FDCWD, "/", 0);

	if (rc < 0)
		return why_failed(why, rc, "the shared root");
	while ((rc = directory_next(&directory, &name)) > 0) {
		rc = take_over(name);
		if (rc < 0) {
			(void)why_failed(why, rc, "/%.64s", name);
			break;
		}
	}
	directory_close(&directory);
	return rc;
}

static int move(struct why *why)
{
	if (chdir(STAGE) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 ||
	    chroot(".") < 0 || chdir("/") < 0)
		return why_failed(why, -errno, "moving to the new root");
	return 0;
}

int newroot_enter(struct why *why)
{
	int rc;

	if (mount("root", STAGE, "tmpfs", 0, "mode=0755") < 0)
		return why_failed(why, -errno, "tmpfs for the new root");
	rc = fill(why);
	if (rc == 0)
		rc = move(why);
	/* With what is bound there already. */
	if (rc < 0 && umount2(STAGE, MNT_DETACH) < 0)
		return why_failed(why, -errno, "unmounting " STAGE);
	return rc;
}
