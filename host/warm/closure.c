/* SPDX-License-Identifier: GPL-2.0-or-later */
/* closure - a program, and all that it takes to start it: see closure.h. */
#include "host/warm/closure.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOPS = 40, SCRIPT_LINE = 256 };

int closure_init(struct closure *closure, struct members *members)
{
	closure->members = members;
	closure->file = malloc(CLOSURE_FILE_BYTES);
	ldpath_init(&closure->ldpath, "/etc/ld.so.conf");
	return closure->file == NULL ? -ENOMEM : 0;
}

void closure_deinit(struct closure *closure)
{
	ldpath_deinit(&closure->ldpath);
	free(closure->file);
	closure->file = NULL;
}

/* ---- where a path leads ---- */

struct walk {
	char real[PATH_MAX]; /* without links, and without a final slash */
	char rest[PATH_MAX]; /* not yet looked at */
	int hops;
};

static void take_component(struct walk *walk, char to[NAME_MAX + 1])
{
	size_t skip = strspn(walk->rest, "/");
	size_t len = strcspn(walk->rest + skip, "/");

	snprintf(to, NAME_MAX + 1, "%.*s", (int)len, walk->rest + skip);
	memmove(walk->rest, walk->rest + skip + len,
		strlen(walk->rest + skip + len) + 1);
}

static int follow(struct walk *walk, struct members *members, size_t parent)
{
	char target[PATH_MAX];
	char rest[PATH_MAX];
	const char *below;
	ssize_t len = readlink(walk->real, target, sizeof(target) - 1);

	if (len < 0)
		return -errno;
	target[len] = '\0';
	if (++walk->hops > HOPS)
		return -ELOOP;
	if (members_is_below(members, walk->real, &below)) {
		int rc = members_add(members, below);

		if (rc < 0)
			return rc;
	}
	if (snprintf(rest, sizeof(rest), "%s/%s", target, walk->rest) >=
	    PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(walk->rest, rest, sizeof(rest));
	walk->real[target[0] == '/' ? 0 : parent] = '\0';
	return 0;
}

static int step(struct walk *walk, struct members *members)
{
	char component[NAME_MAX + 1];
	size_t parent = strlen(walk->real);
	struct stat st;

	take_component(walk, component);
	if (component[0] == '\0' || strcmp(component, ".") == 0)
		return 0;
	if (strcmp(component, "..") == 0) {
		char *slash = strrchr(walk->real, '/');

		if (slash != NULL)
			*slash = '\0';
		return 0;
	}
	if (parent + 1 + strlen(component) >= PATH_MAX)
		return -ENAMETOOLONG;
	walk->real[parent] = '/';
	memcpy(walk->real + parent + 1, component, strlen(component) + 1);
	if (lstat(walk->real, &st) < 0)
		return -errno;
	return S_ISLNK(st.st_mode) ? follow(walk, members, parent) : 0;
}

/* Every link on the way is a member. */
static int resolve(struct members *members, const char *path,
		   char ret_real[PATH_MAX])
{
	struct walk walk = {.hops = 0};
	int rc = 0;

	if (snprintf(walk.rest, sizeof(walk.rest), "%s", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	while (rc == 0 && walk.rest[0] != '\0')
		rc = step(&walk, members);
	memcpy(ret_real, walk.real, sizeof(walk.real));
	return rc;
}

/* ---- what a file needs ---- */

static int add_path(struct closure *closure, const char *path);

/* What an ELF file needs, as paths to be freed: found all together, for the
 * buffer is used again for each of them. */
struct needed {
	char *path[ELF_NEEDED + 1];
	size_t count;
};

static void find_needed(struct closure *closure, const char *real,
			const struct elf *elf, struct needed *ret_needed)
{
	char *path = malloc(PATH_MAX);

	ret_needed->count = 0;
	if (path == NULL)
		return;
	if (elf->interpreter != NULL && elf->interpreter[0] == '/')
		ret_needed->path[ret_needed->count++] =
			strdup(elf->interpreter);
	for (size_t i = 0; i < elf->needed_count; i++)
		if (ldpath_find(&closure->ldpath, elf->needed[i], elf, real,
				path) == 0)
			ret_needed->path[ret_needed->count++] = strdup(path);
	free(path);
}

static int add_needed(struct closure *closure, const char *real)
{
	fd_auto int fd = fd_open(real, O_RDONLY, 0);
	struct needed needed;
	struct elf elf;
	ssize_t len;
	int rc = 0;

	if (fd < 0)
		return fd;
	len = fd_read_all(fd, closure->file, CLOSURE_FILE_BYTES);
	if (len < 0)
		return (int)len;
	/* A damaged one is the guest's business. */
	if (elf_parse(bytes_of(closure->file, (size_t)len), &elf) < 0)
		return 0;
	find_needed(closure, real, &elf, &needed);
	for (size_t i = 0; i < needed.count; i++) {
		if (rc == 0)
			rc = needed.path[i] == NULL
				     ? -ENOMEM
				     : add_path(closure, needed.path[i]);
		free(needed.path[i]);
	}
	return rc;
}

/* "#!/usr/bin/env perl" is env's business: the words of the tree name perl. */
static int add_interpreter(struct closure *closure, const char *real)
{
	fd_auto int fd = fd_open(real, O_RDONLY, 0);
	char line[SCRIPT_LINE] = "";
	char *at = line + 2;

	if (fd < 0 || fd_read_all(fd, line, sizeof(line) - 1) < 2 ||
	    strncmp(line, "#!", 2) != 0)
		return fd < 0 ? fd : 0;
	at += strspn(at, " \t");
	at[strcspn(at, " \t\r\n")] = '\0';
	return at[0] == '/' ? add_path(closure, at) : 0;
}

/* Of a part of a program: that it is missing or unreadable is no failure. */
static int add_path(struct closure *closure, const char *path)
{
	struct members *members = closure->members;
	char *real = malloc(PATH_MAX);
	const char *below;
	struct stat st;
	int rc = real == NULL ? -ENOMEM : resolve(members, path, real);

	if (rc == 0 && members_is_below(members, real, &below)) {
		if (stat(real, &st) < 0 || !S_ISREG(st.st_mode))
			rc = -ENOENT;
		else if (st.st_size > CLOSURE_FILE_BYTES)
			rc = -EFBIG;
		else
			rc = members_add(members, below);
		if (rc == 1) { /* else it was there, with what it needs */
			rc = add_interpreter(closure, real);
			if (rc == 0)
				rc = add_needed(closure, real);
		}
	}
	free(real);
	return rc == -ENOENT || rc == -EACCES || rc == -ENOTDIR ? 0 : rc;
}

int closure_add(struct closure *closure, const char *path, uint64_t cap_bytes)
{
	struct members *members = closure->members;
	size_t count = members->count;
	uint64_t bytes = members->bytes;
	int rc = add_path(closure, path);

	if (rc == 0 && members->bytes - bytes > cap_bytes)
		rc = -EFBIG;
	if (rc < 0)
		members_cut(members, count);
	return rc;
}
