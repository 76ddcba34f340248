/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wanted - the programs that an fstests tree names: see wanted.h. */
#include "host/warm/wanted.h"

#include "shared/bytes.h"
#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SOURCE_BYTES = 512 * 1024, WORD = 64 };

/* What every tree needs that has nothing to say of it: what our own set-up
 * runs, and names that check puts together. */
static const char *const always[] = {
	"bash",	     "sh",	   "env",	 "modprobe",	  "kmod",
	"mkfs",	     "mkfs.ext4",  "mkfs.ext2",	 "mkfs.ext3",	  "mkfs.xfs",
	"mkfs.f2fs", "mkfs.btrfs", "fsck",	 "fsck.ext4",	  "fsck.ext2",
	"fsck.ext3", "fsck.xfs",   "fsck.btrfs", "fsck.f2fs",	  "mount",
	"umount",    "losetup",	   "udevadm",	 "systemd-udevd",
};

struct scan {
	struct hsearch_data by_name;
	struct wanted_program *list; /* WANTED_PROGRAMS */
	uint32_t *seen_in;	     /* number of the last file, of each */
	size_t count;
	uint32_t file; /* number of the present one */
	char *text;    /* SOURCE_BYTES */
};

/* ---- the programs of the PATH ---- */

static struct wanted_program *look_up(struct scan *scan, char *name)
{
	ENTRY *found = NULL;

	if (hsearch_r((ENTRY){.key = name}, FIND, &found, &scan->by_name) == 0)
		return NULL;
	return found->data;
}

static int add_program(struct scan *scan, const char *directory,
		       const char *name)
{
	struct wanted_program *program = &scan->list[scan->count];
	ENTRY *entry = NULL;
	char path[PATH_MAX];

	if (scan->count == WANTED_PROGRAMS || strlen(name) >= WORD ||
	    snprintf(path, sizeof(path), "%s/%s", directory, name) >= PATH_MAX)
		return 0;
	program->path = strdup(path);
	if (program->path == NULL)
		return -ENOMEM;
	if (look_up(scan, strrchr(program->path, '/') + 1) != NULL) {
		free(program->path);
		return 0;
	}
	if (hsearch_r((ENTRY){.key = strrchr(program->path, '/') + 1,
			      .data = program},
		      ENTER, &entry, &scan->by_name) == 0)
		return -ENOMEM;
	scan->count++;
	return 0;
}

static int add_directory(struct scan *scan, const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	int rc = 0;

	if (directory == NULL)
		return 0;
	while (rc == 0 && (entry = readdir(directory)))
		if (entry->d_name[0] != '.' &&
		    faccessat(dirfd(directory), entry->d_name, X_OK, 0) == 0)
			rc = add_program(scan, path, entry->d_name);
	closedir(directory);
	return rc;
}

static int add_path(struct scan *scan, const char *path)
{
	char directory[PATH_MAX];
	int rc = 0;

	while (rc == 0 && *path != '\0') {
		size_t len = strcspn(path, ":");

		if (len > 0 && len < sizeof(directory) && path[0] == '/') {
			memcpy(directory, path, len);
			directory[len] = '\0';
			rc = add_directory(scan, directory);
		}
		path += len + (path[len] == ':');
	}
	return rc;
}

/* ---- the words of the tree ---- */

static bool is_of_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr("_.+-", c));
}

static void use(struct scan *scan, const char *word, size_t len)
{
	struct wanted_program *program;
	char name[WORD];

	if (len >= sizeof(name))
		return;
	memcpy(name, word, len);
	name[len] = '\0';
	program = look_up(scan, name);
	if (program == NULL)
		return;
	if (scan->seen_in[program - scan->list] == scan->file)
		return;
	scan->seen_in[program - scan->list] = scan->file;
	program->uses++;
}

static void use_line(struct scan *scan, const char *line, size_t len)
{
	size_t at = 0;

	while (at < len && (line[at] == ' ' || line[at] == '\t'))
		at++;
	if (at < len && line[at] == '#')
		return;
	while (at < len) {
		size_t begin;

		while (at < len && !is_of_word(line[at]))
			at++;
		begin = at;
		while (at < len && is_of_word(line[at]))
			at++;
		if (at > begin)
			use(scan, line + begin, at - begin);
	}
}

static void use_file(struct scan *scan, int dirfd, const char *name)
{
	fd_auto int fd = fd_openat(dirfd, name, O_RDONLY, 0);
	const char *at = scan->text;
	ssize_t len;

	if (fd < 0)
		return;
	len = fd_read_all(fd, scan->text, SOURCE_BYTES);
	scan->file++;
	while (len > 0) {
		const char *end = memchr(at, '\n', (size_t)len);
		size_t line = end ? (size_t)(end - at) : (size_t)len;

		use_line(scan, at, line);
		len -= (ssize_t)line + (end != NULL);
		at += line + (end != NULL);
	}
}

/* All scripts of a directory, and of those in it: golden output and the like
 * have a dot in their names. */
static void use_directory(struct scan *scan, int parent, const char *name,
			  int depth)
{
	int fd = fd_openat(parent, name, O_RDONLY | O_DIRECTORY, 0);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;

	if (directory == NULL) {
		fd_close(&fd);
		return;
	}
	while ((entry = readdir(directory))) {
		if (strchr(entry->d_name, '.') ||
		    fstatat(fd, entry->d_name, &st, 0) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			use_file(scan, fd, entry->d_name);
		else if (S_ISDIR(st.st_mode) && depth > 0)
			use_directory(scan, fd, entry->d_name, depth - 1);
	}
	closedir(directory);
}

static void use_tree(struct scan *scan, const char *tree)
{
	fd_auto int fd = fd_open(tree, O_RDONLY | O_DIRECTORY, 0);

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++) {
		scan->file++;
		use(scan, always[i], strlen(always[i]));
	}
	if (fd < 0)
		return;
	use_file(scan, fd, "check");
	use_directory(scan, fd, "common", 0);
	use_directory(scan, fd, "tests", 1);
}

/* ---- the list ---- */

static int by_uses(const void *a, const void *b)
{
	const struct wanted_program *one = a;
	const struct wanted_program *other = b;

	if (one->uses != other->uses)
		return one->uses > other->uses ? -1 : 1;
	return strcmp(one->path, other->path);
}

/* Those without a use go to the end, and are dropped. */
static void trim(struct scan *scan, struct wanted *ret_wanted)
{
	size_t count = scan->count;

	qsort(scan->list, count, sizeof(*scan->list), by_uses);
	while (count > 0 && scan->list[count - 1].uses == 0)
		free(scan->list[--count].path);
	ret_wanted->list = scan->list;
	ret_wanted->count = count;
	scan->list = NULL;
	scan->count = 0;
}

static void scan_deinit(struct scan *scan)
{
	for (size_t i = 0; i < scan->count; i++)
		free(scan->list[i].path);
	free(scan->list);
	free(scan->seen_in);
	free(scan->text);
	hdestroy_r(&scan->by_name);
}

int wanted_find(const char *path, const char *tree, struct wanted *ret_wanted)
{
	struct scan scan = {.count = 0};
	int rc = -ENOMEM;

	scan.list = calloc(WANTED_PROGRAMS, sizeof(*scan.list));
	scan.seen_in = calloc(WANTED_PROGRAMS, sizeof(*scan.seen_in));
	scan.text = malloc(SOURCE_BYTES);
	if (scan.list != NULL && scan.seen_in != NULL && scan.text != NULL &&
	    hcreate_r(2 * (size_t)WANTED_PROGRAMS, &scan.by_name) != 0)
		rc = add_path(&scan, path);
	if (rc == 0) {
		use_tree(&scan, tree);
		trim(&scan, ret_wanted);
	}
	scan_deinit(&scan);
	return rc;
}

void wanted_deinit(struct wanted *wanted)
{
	for (size_t i = 0; i < wanted->count; i++)
		free(wanted->list[i].path);
	free(wanted->list);
	*wanted = (struct wanted){.list = NULL};
}
