/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstests - a tree of tests on disk. */
#include "host/plan/fstests.h"
#include "host/plan/groupscan.h"
#include "host/plan/revision.h"
#include "host/plan/textfile.h"
#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Built in every release since 2021. Without the first two check itself
 * refuses to start; without the others nearly every test fails. */
static const char *const programs[] = {"ltp/fsstress", "ltp/fsx", "src/af_unix",
				       "src/feature", "src/lstat64"};

static bool is_file(int directory, const char *path, mode_t bits)
{
	struct stat status;

	return !fstatat(directory, path, &status, 0) &&
	       S_ISREG(status.st_mode) && (!bits || (status.st_mode & bits));
}

static int check_built(int root, const char *path, struct complaint *complaint)
{
	char missing[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (!is_file(root, programs[i], S_IXUSR | S_IXGRP | S_IXOTH))
			used += (size_t)snprintf(missing + used,
						 sizeof(missing) - used, "%s%s",
						 used ? ", " : "", programs[i]);
	if (!used)
		return 0;
	return complaint_set(complaint, -ENOENT,
			     "fstests at %s is not built, missing: %s; run "
			     "\"make\" there",
			     path, missing);
}

/* Sets name and bundled from the file "suite-name", where there is one. */
static int read_name(struct fstests *tree, int root,
		     struct complaint *complaint)
{
	char name[sizeof(tree->name) + 1];
	ssize_t len = fd_read_text(root, "suite-name", name, sizeof(name));

	snprintf(tree->name, sizeof(tree->name), "fstests");
	if (len == -ENOENT)
		return 0;
	if (len <= 0 || (size_t)len >= sizeof(tree->name) ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") !=
		    (size_t)len)
		return complaint_set(complaint, -EINVAL,
				     "%s/suite-name is not one word of a-z, "
				     "0-9 and -",
				     tree->path);
	memcpy(tree->name, name, (size_t)len + 1);
	tree->bundled = true;
	return 0;
}

/* check's own line SRC_GROUPS="generic shared". */
static int read_sources(int root, struct names *sources)
{
	static const char mark[] = "\nSRC_GROUPS=\"";
	struct textfile check = {0};
	const char *at;
	int rc = textfile_read(root, "check", &check);

	if (rc)
		return rc;
	at = strstr(check.text, mark);
	if (at) {
		char words[256];
		size_t len = strcspn(at + strlen(mark), "\"\n");

		snprintf(words, sizeof(words), "%.*s", (int)len,
			 at + strlen(mark));
		rc = names_split(sources, words, " ");
	}
	if (!rc && !sources->count)
		rc = names_add(sources, "generic");
	textfile_deinit(&check);
	return rc;
}

/* The names of the regular files below directory that are named as tests. */
static int list_tests(int directory, struct names *files)
{
	int again = fd_openat(directory, ".", O_RDONLY | O_DIRECTORY, 0);
	DIR *stream = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;
	int rc = 0;

	if (!stream) {
		rc = again < 0 ? again : -ENOMEM;
		fd_close(&again);
	}
	while (!rc && (entry = readdir(stream))) {
		size_t len = strlen(entry->d_name);

		if (len && group_list_name_span(entry->d_name, len) == len &&
		    is_file(directory, entry->d_name, 0))
			rc = names_add(files, entry->d_name);
	}
	if (stream)
		closedir(stream);
	names_sort(files);
	return rc;
}

static int read_groups(int directory, const struct names *files,
		       struct textfile *ret_text)
{
	int rc = textfile_read(directory, "group.list", ret_text);

	if (!rc && ret_text->len)
		return 0;
	if (rc && rc != -ENOENT)
		return rc;
	textfile_deinit(ret_text);
	return groupscan_read(directory, files, ret_text);
}

static int read_directory(int tests, const char *name, struct catalog *catalog)
{
	fd_auto int fd = fd_openat(tests, name, O_RDONLY | O_DIRECTORY, 0);
	struct textfile groups = {0};
	struct names files = {0};
	int rc;

	if (fd < 0)
		return fd;
	rc = list_tests(fd, &files);
	if (!rc)
		rc = read_groups(fd, &files, &groups);
	if (!rc)
		rc = catalog_add(catalog, name, textfile_bytes(&groups),
				 &files);
	names_deinit(&files);
	textfile_deinit(&groups);
	return rc;
}

static int read_directories(DIR *stream, int tests, struct fstests *tree,
			    struct complaint *complaint)
{
	struct dirent *entry;
	struct stat status;

	while ((entry = readdir(stream))) {
		const char *name = entry->d_name;
		int rc;

		if (name[0] == '.' || fstatat(tests, name, &status, 0) ||
		    !S_ISDIR(status.st_mode))
			continue;
		rc = read_directory(tests, name, &tree->catalog);
		if (rc)
			return complaint_set(complaint, rc,
					     "can't read the tests of "
					     "%s/tests/%s: %s",
					     tree->path, name, strerror(-rc));
	}
	return 0;
}

static int read_catalog(struct fstests *tree, int root,
			struct complaint *complaint)
{
	fd_auto int tests = fd_openat(root, "tests", O_RDONLY | O_DIRECTORY, 0);
	int again = tests < 0 ? -1 : fd_openat(tests, ".", O_RDONLY, 0);
	DIR *stream = again < 0 ? NULL : fdopendir(again);
	int rc;

	if (!stream) {
		fd_close(&again);
		return complaint_set(complaint, -ENOENT,
				     "fstests not found at %s: it has no "
				     "readable directory tests",
				     tree->path);
	}
	rc = read_sources(root, &tree->catalog.sources);
	if (rc)
		rc = complaint_set(complaint, rc, "can't read %s/check: %s",
				   tree->path, strerror(-rc));
	else
		rc = read_directories(stream, tests, tree, complaint);
	closedir(stream);
	return rc;
}

static int read_tree(struct fstests *tree, struct complaint *complaint)
{
	fd_auto int root = fd_open(tree->path, O_RDONLY | O_DIRECTORY, 0);
	int rc;

	if (root < 0)
		return complaint_set(complaint, root,
				     "fstests not found at %s: %s", tree->path,
				     strerror(-root));
	if (!is_file(root, "check", 0))
		return complaint_set(complaint, -ENOENT,
				     "fstests not found at %s: it has no "
				     "\"check\"; give the directory that "
				     "holds fstests' check",
				     tree->path);
	rc = read_name(tree, root, complaint);
	if (!rc && !tree->bundled)
		rc = check_built(root, tree->path, complaint);
	if (!rc)
		rc = read_catalog(tree, root, complaint);
	if (!rc)
		revision_read(root, tree->version, sizeof(tree->version));
	return rc;
}

int fstests_open(const char *path, struct fstests *ret_tree,
		 struct complaint *complaint)
{
	struct fstests tree = {.path = realpath(path, NULL)};
	int rc;

	if (!tree.path && (errno == ENOENT || errno == ENOTDIR))
		return complaint_set(complaint, -ENOENT,
				     "fstests not found at %s", path);
	if (!tree.path) {
		rc = -errno;
		return complaint_set(complaint, rc,
				     "fstests not found at %s: %s", path,
				     strerror(-rc));
	}
	rc = read_tree(&tree, complaint);
	if (rc)
		fstests_close(&tree);
	else
		*ret_tree = tree;
	return rc;
}

void fstests_close(struct fstests *tree)
{
	free(tree->path);
	catalog_deinit(&tree->catalog);
	*tree = (struct fstests){0};
}
