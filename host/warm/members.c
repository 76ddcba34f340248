/* SPDX-License-Identifier: GPL-2.0-or-later */
/* members - the set of files, links and directories of a bundle to be. */
#include "host/warm/members.h"

#include "shared/bundle.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static const uint64_t ns_per_s = 1000000000;

static int by_path(const void *a, const void *b)
{
	const struct member *one = a;
	const struct member *other = b;

	return strcmp(one->path, other->path);
}

static int by_path_in_list(const void *a, const void *b)
{
	const struct member *const *one = a;
	const struct member *const *other = b;

	return by_path(*one, *other);
}

int members_init(struct members *members, const char *root)
{
	memset(members, 0, sizeof(*members));
	if (snprintf(members->root, sizeof(members->root), "%s", root) >=
	    PATH_MAX)
		return -ENAMETOOLONG;
	members->root_fd = fd_open(root, O_PATH | O_DIRECTORY, 0);
	return members->root_fd < 0 ? members->root_fd : 0;
}

static void free_member(struct member *member)
{
	free(member->target);
	free(member);
}

void members_cut(struct members *members, size_t count)
{
	while (members->count > count) {
		struct member *member = members->list[--members->count];

		if (S_ISREG(member->st.st_mode))
			members->bytes -= (uint64_t)member->st.st_size;
		(void)tdelete(member, &members->by_path, by_path);
		free_member(member);
	}
}

void members_deinit(struct members *members)
{
	members_cut(members, 0);
	free(members->list);
	members->list = NULL;
	fd_close(&members->root_fd);
}

_Bool members_is_below(const struct members *members, const char *path,
		       const char **ret_path)
{
	size_t len = strlen(members->root);

	if (strncmp(path, members->root, len) != 0 || path[len] != '/' ||
	    path[len + 1] == '\0')
		return false;
	*ret_path = path + len + 1;
	return true;
}

static bool has_capabilities(const struct members *members, const char *path)
{
	char full[2 * PATH_MAX];

	snprintf(full, sizeof(full), "%s/%s", members->root, path);
	return lgetxattr(full, "security.capability", NULL, 0) > 0;
}

static bool is_wanted(const struct members *members,
		      const struct member *member)
{
	mode_t mode = member->st.st_mode;

	if (S_ISDIR(mode) || S_ISLNK(mode))
		return true;
	return S_ISREG(mode) && member->st.st_size < LIMIT_BUNDLE_BYTES &&
	       faccessat(members->root_fd, member->path, R_OK, AT_EACCESS) ==
		       0 &&
	       !has_capabilities(members, member->path);
}

static int read_target(const struct members *members, struct member *member)
{
	char target[LIMIT_PATH + 1];
	ssize_t len = readlinkat(members->root_fd, member->path, target,
				 sizeof(target));

	if (len <= 0 || len > LIMIT_PATH)
		return len < 0 ? -errno : -ENAMETOOLONG;
	target[len] = '\0';
	member->target = strdup(target);
	return member->target == NULL ? -ENOMEM : 0;
}

static int make_member(const struct members *members, const char *path,
		       size_t len, struct member **ret_member)
{
	struct member *member = calloc(1, sizeof(*member) + len + 1);
	int rc = 0;

	if (member == NULL)
		return -ENOMEM;
	memcpy(member->path, path, len);
	if (fstatat(members->root_fd, member->path, &member->st,
		    AT_SYMLINK_NOFOLLOW) < 0)
		rc = -errno;
	else if (S_ISLNK(member->st.st_mode))
		rc = read_target(members, member);
	if (rc < 0) {
		free_member(member);
		return rc;
	}
	*ret_member = member;
	return 0;
}

static int keep(struct members *members, struct member *member)
{
	if (members->count == members->cap) {
		size_t cap = members->cap ? 2 * members->cap : 512;
		struct member **list =
			realloc(members->list, cap * sizeof(struct member *));

		if (list == NULL)
			return -ENOMEM;
		members->list = list;
		members->cap = cap;
	}
	if (tsearch(member, &members->by_path, by_path) == NULL)
		return -ENOMEM;
	members->list[members->count++] = member;
	if (S_ISREG(member->st.st_mode))
		members->bytes += (uint64_t)member->st.st_size;
	return 1;
}

/* The first len bytes of path. */
static int add_one(struct members *members, const char *path, size_t len)
{
	struct member *member = NULL;
	int rc;

	if (len == 0 || len > LIMIT_PATH)
		return -ENAMETOOLONG;
	if (members->count >= LIMIT_BUNDLE_ENTRIES)
		return -E2BIG;
	rc = make_member(members, path, len, &member);
	if (rc < 0)
		return rc;
	if (tfind(member, &members->by_path, by_path) == NULL &&
	    is_wanted(members, member))
		rc = keep(members, member);
	if (rc <= 0)
		free_member(member);
	return rc;
}

int members_add(struct members *members, const char *path)
{
	const char *at = path;

	while ((at = strchr(at, '/')) != NULL) {
		int rc = add_one(members, path, (size_t)(at - path));

		if (rc < 0)
			return rc;
		at++;
	}
	return add_one(members, path, strlen(path));
}

static uint64_t ns_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * ns_per_s + (uint64_t)time->tv_nsec;
}

static void describe(const struct member *member,
		     struct bundle_entry *ret_entry)
{
	const struct stat *st = &member->st;
	struct bundle_entry entry = {
		.kind = S_ISDIR(st->st_mode)   ? BUNDLE_DIRECTORY
			: S_ISLNK(st->st_mode) ? BUNDLE_LINK
					       : BUNDLE_FILE,
		.mode = st->st_mode & 07777,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.device = st->st_dev,
		.inode = st->st_ino,
		.path = bytes_of_string(member->path),
		.target = bytes_of_string(member->target ? member->target : ""),
	};

	if (entry.kind != BUNDLE_DIRECTORY) {
		entry.mtime_ns = ns_of(&st->st_mtim);
		entry.ctime_ns = ns_of(&st->st_ctim);
	}
	if (entry.kind == BUNDLE_FILE)
		entry.size = (uint64_t)st->st_size;
	*ret_entry = entry;
}

static size_t index_bytes(const struct members *members)
{
	struct bundle_entry entry;
	size_t bytes = 0;

	for (size_t i = 0; i < members->count; i++) {
		describe(members->list[i], &entry);
		bytes += bundle_entry_bytes(&entry);
	}
	return bytes;
}

int members_index(struct members *members, uint8_t **ret_index,
		  uint32_t *ret_bytes)
{
	size_t bytes = index_bytes(members);
	struct bundle_entry entry;
	uint8_t *index;
	uint8_t *at;

	if (bytes > LIMIT_BUNDLE_INDEX || members->bytes > LIMIT_BUNDLE_BYTES)
		return -E2BIG;
	if (members->count == 0)
		return -ENOENT;
	index = at = malloc(bytes);
	if (index == NULL)
		return -ENOMEM;
	qsort(members->list, members->count, sizeof(*members->list),
	      by_path_in_list);
	for (size_t i = 0; i < members->count; i++) {
		describe(members->list[i], &entry);
		bundle_put_entry(at, &entry);
		at += bundle_entry_bytes(&entry);
	}
	*ret_index = index;
	*ret_bytes = (uint32_t)bytes;
	return 0;
}
