/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mounts - the agent's own mounts: layout.h as real directories. */
#include "guest/mounts.h"

#include "guest/child.h"
#include "guest/layout.h"
#include "shared/beneath.h"
#include "shared/fd.h"
#include "shared/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define SOURCE "fstvm" /* what /proc/mounts says of our tmpfs */

/* More is not read: thousands of mounts. */
enum { TABLE_BYTES = 256 * 1024 };

static const uint64_t mib = UINT64_C(1) << 20;

static uint64_t memory_bytes(void)
{
	struct sysinfo info;

	if (sysinfo(&info) < 0)
		return 1024 * mib;
	return (uint64_t)info.totalram * info.mem_unit;
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
	return value < low ? low : value > high ? high : value;
}

bool mounts_is_mounted(const char *path)
{
	char parent[LIMIT_PATH];
	struct stat here;
	struct stat above;

	(void)snprintf(parent, sizeof(parent), "%s/..", path);
	return !stat(path, &here) && !stat(parent, &above) &&
	       here.st_dev != above.st_dev;
}

static int make_directory(const char *path, mode_t mode, struct why *why)
{
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return why_failed(why, -errno, "making %s", path);
	/* Whatever the umask is. */
	if (chmod(path, mode) < 0)
		return why_failed(why, -errno, "mode of %s", path);
	return 0;
}

static int mount_tmpfs(const char *path, uint64_t bytes, mode_t mode,
		       struct why *why)
{
	char options[64];

	(void)snprintf(options, sizeof(options), "size=%llu,mode=%o",
		       (unsigned long long)bytes, mode);
	if (mount(SOURCE, path, "tmpfs", MS_NOSUID, options) < 0)
		return why_failed(why, -errno, "tmpfs on %s", path);
	return 0;
}

static int make_tmpfs(const char *path, uint64_t bytes, struct why *why)
{
	int rc = make_directory(path, 0755, why);

	if (rc < 0 || mounts_is_mounted(path))
		return rc;
	return mount_tmpfs(path, bytes, 0755, why);
}

int mounts_make_layout(struct why *why)
{
	static const char *const directories[] = {
		LAYOUT_BIN,	LAYOUT_LOWER, LAYOUT_UPPER,
		LAYOUT_WORK,	LAYOUT_TESTS, LAYOUT_TEST,
		LAYOUT_SCRATCH, LAYOUT_ETC,   LAYOUT_HOME,
	};
	uint64_t quarter = memory_bytes() / 4;
	size_t i;
	int rc = make_tmpfs(LAYOUT_RUN, clamp(quarter, 256 * mib, 4096 * mib),
			    why);

	for (i = 0; rc == 0 && i < sizeof(directories) / sizeof(*directories);
	     i++)
		rc = make_directory(directories[i], 0755, why);
	if (rc == 0)
		rc = make_tmpfs(LAYOUT_RESULTS,
				clamp(quarter, 256 * mib, 2048 * mib), why);
	return rc;
}

static int mount_export(const char *tag, struct why *why)
{
	int rc;

	/* cache=loose: the tree does not change under a run, and its many
	 * small programs are read again and again. msize: the most that
	 * kernels before 5.17 take. access=any: the host's file server
	 * judges by its own user anyway. */
	if (mounts_is_mounted(LAYOUT_LOWER) ||
	    !mount(tag, LAYOUT_LOWER, "9p", MS_RDONLY | MS_NODEV,
		   "trans=virtio,version=9p2000.L,access=any,msize=512000,"
		   "cache=loose"))
		return 0;
	rc = -errno;
	if (rc == -ENOENT)
		return why_is(why, rc, "no 9p export has the tag %s", tag);
	if (rc == -ENODEV)
		return why_is(why, rc, "the kernel has no 9p");
	return why_failed(why, rc, "9p export %s", tag);
}

static int mount_overlay(struct why *why)
{
	static const char directories[] =
		":" LAYOUT_LOWER ",upperdir=" LAYOUT_UPPER
		",workdir=" LAYOUT_WORK;
	/* 9p's 64-bit inode numbers leave no bits for xino, an option since
	 * 4.17. */
	static const char xino[] = "xino=off,";
	char options[sizeof(xino) + sizeof(directories) +
		     sizeof(LAYOUT_WARM_TREE) + 16];
	bool warm = mounts_is_mounted(LAYOUT_WARM_TREE);

	if (mounts_is_mounted(LAYOUT_TESTS))
		return 0;
	(void)snprintf(options, sizeof(options), "%slowerdir=%s%s", xino,
		       warm ? LAYOUT_WARM_TREE : "", directories + !warm);
	if (!mount("fstvm-tests", LAYOUT_TESTS, "overlay", MS_NODEV, options) ||
	    !mount("fstvm-tests", LAYOUT_TESTS, "overlay", MS_NODEV,
		   options + strlen(xino)))
		return 0;
	if (errno == ENODEV)
		return why_is(why, -ENODEV, "the kernel has no overlay");
	return why_failed(why, -errno, "overlay of the fstests tree");
}

/* A tree that is in reach already, for tests without a VM. */
static int mount_directory(const char *path, struct why *why)
{
	if (mount(path, LAYOUT_LOWER, NULL, MS_BIND, NULL) < 0)
		return why_failed(why, -errno, "mounting %s", path);
	return 0;
}

static int tree_body(void *context, struct why *why)
{
	const char *const *tag = context;
	int rc = (*tag)[0] == '/' ? mount_directory(*tag, why)
				  : mount_export(*tag, why);

	if (rc < 0)
		return rc;
	rc = mount_overlay(why);
	if (rc < 0)
		return rc;
	if (access(LAYOUT_TESTS "/check", X_OK) < 0)
		return why_failed(why, -errno, "no program check in the tree");
	return 0;
}

int mounts_make_tree(const char *tag, uint64_t timeout_ms, struct why *why)
{
	return child_call(tree_body, &tag, timeout_ms,
			  "mounting the fstests tree", why);
}

int mounts_make_results(uint32_t invocation, struct why *why)
{
	char name[16];
	char path[sizeof(LAYOUT_RESULTS) + 16];
	fd_auto int fd = -1;
	int rc;

	fd = fd_open(LAYOUT_RESULTS, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return why_failed(why, fd, LAYOUT_RESULTS);
	(void)snprintf(name, sizeof(name), "%u", invocation);
	(void)snprintf(path, sizeof(path), LAYOUT_RESULTS "/%s", name);
	rc = beneath_remove_tree(fd, name);
	if (rc < 0)
		return why_failed(why, rc, "emptying %s", path);
	return make_directory(path, 0755, why);
}

/* One mount point as it stands in the table: "\040" is a blank. */
static int unescape(struct bytes escaped, char *to, size_t cap)
{
	size_t used = 0;

	while (escaped.len) {
		const uint8_t *at = escaped.data;
		size_t take = 1;
		unsigned int value = at[0];

		if (at[0] == '\\' && escaped.len >= 4) {
			value = (unsigned int)((at[1] - '0') & 7) << 6 |
				(unsigned int)((at[2] - '0') & 7) << 3 |
				(unsigned int)((at[3] - '0') & 7);
			take = 4;
		}
		if (used + 1 >= cap)
			return -ENAMETOOLONG;
		to[used++] = (char)(value & 0xff);
		(void)bytes_take(&escaped, take);
	}
	to[used] = '\0';
	return 0;
}

static struct bytes take_until(struct bytes *text, int separator)
{
	const uint8_t *end = memchr(text->data, separator, text->len);
	size_t len = end ? (size_t)(end - text->data) : text->len;
	struct bytes taken = bytes_take(text, len);

	(void)bytes_take(text, 1);
	return taken;
}

static bool is_below(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	return !strncmp(path, prefix, len) &&
	       (path[len] == '\0' || path[len] == '/');
}

int mounts_last_below(struct bytes text, const char *prefix, char *ret_path,
		      size_t cap)
{
	char path[LIMIT_PATH] = "";
	int rc = -ENOENT;

	while (text.len) {
		struct bytes line = take_until(&text, '\n');

		(void)take_until(&line, ' ');
		if (unescape(take_until(&line, ' '), path, sizeof(path)) < 0 ||
		    !is_below(path, prefix) || strlen(path) >= cap)
			continue;
		memcpy(ret_path, path, strlen(path) + 1);
		rc = 0;
	}
	return rc;
}

static int read_table(struct bytes *ret_table)
{
	static char table[TABLE_BYTES];
	ssize_t len = fd_read_text(AT_FDCWD, "/proc/self/mounts", table,
				   sizeof(table));

	if (len < 0)
		return (int)len;
	*ret_table = bytes_of(table, (size_t)len);
	return 0;
}

int mounts_each_below(const char *directory,
		      int (*on_mount)(void *context, const char *path),
		      void *context)
{
	char path[LIMIT_PATH];
	struct bytes text;
	int rc = read_table(&text);

	while (rc == 0 && text.len) {
		struct bytes line = take_until(&text, '\n');

		(void)take_until(&line, ' ');
		if (unescape(take_until(&line, ' '), path, sizeof(path)) == 0 &&
		    is_below(path, directory) && strcmp(path, directory) != 0)
			rc = on_mount(context, path);
	}
	return rc;
}

bool mounts_has_source(struct bytes text, const char *path, const char *source)
{
	bool has = false;
	char at[LIMIT_PATH];

	while (text.len) {
		struct bytes line = take_until(&text, '\n');
		struct bytes from = take_until(&line, ' ');

		if (unescape(take_until(&line, ' '), at, sizeof(at)) == 0 &&
		    !strcmp(at, path))
			has = bytes_equal_string(from, source);
	}
	return has;
}

/* What still has files open there keeps them; nobody else finds them. */
static int detach_tmp(struct why *why)
{
	struct bytes table;
	int rc = read_table(&table);

	if (rc < 0)
		return why_failed(why, rc, "/proc/self/mounts");
	if (mounts_has_source(table, LAYOUT_TMP, SOURCE) &&
	    umount2(LAYOUT_TMP, MNT_DETACH) < 0)
		return why_failed(why, -errno, "unmounting " LAYOUT_TMP);
	return 0;
}

int mounts_fresh_tmp(struct why *why)
{
	uint64_t quarter = memory_bytes() / 4;
	int rc = detach_tmp(why);

	if (rc < 0)
		return rc;
	if (mkdir(LAYOUT_TMP, 01777) < 0 && errno != EEXIST)
		return why_failed(why, -errno, "making " LAYOUT_TMP);
	return mount_tmpfs(LAYOUT_TMP, clamp(quarter, 1024 * mib, 8192 * mib),
			   01777, why);
}

/* Runs in a child, for it may hang. */
static int remove_below(const char *prefix, bool *ret_busy)
{
	enum { TRIES = 1024 };
	char path[LIMIT_PATH];
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		struct bytes table;
		int rc = read_table(&table);

		if (rc < 0)
			return rc;
		if (mounts_last_below(table, prefix, path, sizeof(path)) < 0)
			return 0;
		if (!umount2(path, UMOUNT_NOFOLLOW))
			continue;
		*ret_busy = true;
		if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
			return -errno;
	}
	return -ELOOP;
}

static int remove_body(void *context, struct why *why)
{
	static const char *const prefixes[] = {
		LAYOUT_SCRATCH, LAYOUT_TEST,	  LAYOUT_TESTS,
		LAYOUT_LOWER,	LAYOUT_WARM_TREE, LAYOUT_RESULTS,
	};
	size_t i;

	(void)context;
	for (i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		bool busy = false;
		int rc = remove_below(prefixes[i], &busy);

		if (rc < 0)
			return why_failed(why, rc, "unmounting %s",
					  prefixes[i]);
		if (busy)
			(void)why_is(why, 0, "%s was still busy", prefixes[i]);
	}
	return detach_tmp(why);
}

int mounts_remove(uint64_t timeout_ms, struct why *why)
{
	return child_call(remove_body, NULL, timeout_ms, "unmounting", why);
}
