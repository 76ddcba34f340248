/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kofiles - the module files below a directory, by the modules' names. */
#include "host/kernel/kofiles.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *name_of(const char *file)
{
	const char *end = strstr(file, ".ko");
	char *name;

	if (end == NULL || end == file ||
	    (strcmp(end, ".ko") != 0 && strcmp(end, ".ko.debug") != 0))
		return NULL;
	name = strndup(file, (size_t)(end - file));
	for (char *c = name; c != NULL && *c != '\0'; c++)
		if (*c == '-')
			*c = '_';
	return name;
}

static int add(struct kofiles *files, const FTSENT *entry)
{
	struct kofile *grown;
	char *name = name_of(entry->fts_name);
	char *path;

	if (name == NULL || files->count == KOFILES_MAX) {
		free(name);
		return 0;
	}
	path = strdup(entry->fts_path);
	grown = reallocarray(files->files, files->count + 1, sizeof(*grown));
	if (grown != NULL)
		files->files = grown;
	if (grown == NULL || path == NULL) {
		free(name);
		free(path);
		return -ENOMEM;
	}
	grown[files->count].name = name;
	grown[files->count].path = path;
	files->count++;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct kofile *left = a;
	const struct kofile *right = b;

	return strcmp(left->name, right->name);
}

int kofiles_find(struct kofiles *files, const char *directory)
{
	char *const paths[] = {(char *)(uintptr_t)directory, NULL};
	FTS *fts =
		fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	FTSENT *entry;
	int rc = 0;

	if (fts == NULL)
		return -errno;
	while (rc == 0 && (entry = fts_read(fts)) != NULL)
		if (entry->fts_info == FTS_F || entry->fts_info == FTS_NSOK)
			rc = add(files, entry);
	fts_close(fts);
	if (files->count > 0)
		qsort(files->files, files->count, sizeof(*files->files),
		      by_name);
	return rc;
}

void kofiles_deinit(struct kofiles *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->files[i].name);
		free(files->files[i].path);
	}
	free(files->files);
	*files = (struct kofiles){0};
}

const char *kofiles_path(const struct kofiles *files, struct bytes module)
{
	size_t low = 0, high = files->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *name = files->files[middle].name;
		int order =
			strncmp(name, (const char *)module.data, module.len);

		if (order == 0 && name[module.len] == '\0')
			return files->files[middle].path;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
