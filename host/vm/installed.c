/* SPDX-License-Identifier: GPL-2.0-or-later */
/* installed - the kernels that the machine has: see installed.h. */
#include "host/vm/installed.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IMAGE_PREFIX "vmlinuz-"

/* On distributions with a merged /usr, /lib/modules is the second of these. */
static bool is_image(const char *root, const char *before, const char *version,
		     const char *after, char to[PATH_MAX])
{
	int len = snprintf(to, PATH_MAX, "%s%s%s%s", root, before, version,
			   after);

	return len > 0 && len < PATH_MAX && access(to, F_OK) == 0;
}

int installed_image(const char *root, const char *version, char to[PATH_MAX])
{
	if (version[0] == '\0' || version[0] == '.' || strchr(version, '/'))
		return -ENOENT;
	if (is_image(root, "/boot/" IMAGE_PREFIX, version, "", to) ||
	    is_image(root, "/usr/lib/modules/", version, "/vmlinuz", to) ||
	    is_image(root, "/lib/modules/", version, "/vmlinuz", to))
		return 0;
	return -ENOENT;
}

static bool is_listed(const struct installed *installed, const char *version)
{
	for (size_t i = 0; i < installed->count; i++)
		if (strcmp(installed->versions[i], version) == 0)
			return true;
	return false;
}

static void add(struct installed *installed, const char *root,
		const char *version)
{
	char path[PATH_MAX];

	if (installed->count == INSTALLED_MAX ||
	    strlen(version) >= INSTALLED_VERSION ||
	    is_listed(installed, version) ||
	    installed_image(root, version, path))
		return;
	memcpy(installed->versions[installed->count++], version,
	       strlen(version) + 1);
}

/* Names in a directory that begin with prefix, without it. */
static void scan(struct installed *installed, const char *root,
		 const char *directory, const char *prefix)
{
	size_t skip = strlen(prefix);
	char path[PATH_MAX];
	struct dirent *item;
	DIR *dir;

	snprintf(path, sizeof(path), "%s%s", root, directory);
	dir = opendir(path);
	if (!dir)
		return;
	while ((item = readdir(dir)))
		if (strncmp(item->d_name, prefix, skip) == 0)
			add(installed, root, item->d_name + skip);
	closedir(dir);
}

static int newest_first(const void *a, const void *b)
{
	return strverscmp(b, a);
}

void installed_list(struct installed *installed, const char *root)
{
	installed->count = 0;
	scan(installed, root, "/boot", IMAGE_PREFIX);
	scan(installed, root, "/usr/lib/modules", "");
	scan(installed, root, "/lib/modules", "");
	qsort(installed->versions, installed->count,
	      sizeof(installed->versions[0]), newest_first);
}
