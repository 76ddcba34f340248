/* SPDX-License-Identifier: GPL-2.0-or-later */
/* treelist - what of an fstests tree is kept warm. */
#include "host/warm/treelist.h"

#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH = 16 };

static const char *const left_out[] = {
	".git", "autom4te.cache", "m4", "debian", "doc",
};

static const char *const suffixes[] = {
	".o", ".lo", ".la", ".a", ".c", ".h", ".m4", ".in", ".gz", ".xz",
};

static bool is_left_out(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(left_out) / sizeof(*left_out); i++)
		if (strcmp(name, left_out[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		size_t suffix = strlen(suffixes[i]);

		if (len > suffix &&
		    strcmp(name + len - suffix, suffixes[i]) == 0)
			return true;
	}
	return false;
}

static int add_below(struct members *members, const char *path, int depth);

static int add_entry(struct members *members, const char *directory,
		     const char *name, int depth)
{
	char path[PATH_MAX];
	size_t count = members->count;
	int rc;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    is_left_out(name))
		return 0;
	if (snprintf(path, sizeof(path), "%s%s%s", directory,
		     directory[0] ? "/" : "", name) >= PATH_MAX)
		return 0;
	rc = members_add(members, path);
	/* Gone since, or longer than what we take. */
	if (rc == -ENOENT || rc == -ENAMETOOLONG)
		return 0;
	if (rc == 1 && S_ISDIR(members->list[count]->st.st_mode))
		rc = add_below(members, path, depth + 1);
	return rc < 0 ? rc : 0;
}

static int add_below(struct members *members, const char *path, int depth)
{
	int fd = fd_openat(members->root_fd, path[0] ? path : ".",
			   O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int rc = 0;

	if (directory == NULL) {
		fd_close(&fd);
		return 0; /* unreadable: the guest may know better */
	}
	while (rc == 0 && depth < DEPTH && (entry = readdir(directory)))
		rc = add_entry(members, path, entry->d_name, depth);
	closedir(directory);
	return rc;
}

int treelist_add(struct members *members)
{
	return add_below(members, "", 0);
}
