/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cachedir - where what can be made again is kept. */
#include "host/record/cachedir.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int cache_path(const char *kind, char *to, size_t cap)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	int len = -1;

	if (cache && cache[0] == '/')
		len = snprintf(to, cap, "%s/fstvm/%s", cache, kind);
	else if (home && home[0] == '/')
		len = snprintf(to, cap, "%s/.cache/fstvm/%s", home, kind);
	return len < 0 || (size_t)len >= cap ? -ENOENT : 0;
}

static int make_directories(char *path)
{
	for (char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
		int rc;

		*at = '\0';
		rc = mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
		*at = '/';
		if (rc < 0)
			return rc;
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int cachedir_find(const char *kind, char ret_path[PATH_MAX])
{
	int rc = cache_path(kind, ret_path, PATH_MAX);

	return rc < 0 ? rc : fd_open(ret_path, O_RDONLY | O_DIRECTORY, 0);
}

int cachedir_open(const char *kind, char ret_path[PATH_MAX])
{
	int rc = cache_path(kind, ret_path, PATH_MAX);

	if (rc == 0)
		rc = make_directories(ret_path);
	return rc < 0 ? rc : fd_open(ret_path, O_RDONLY | O_DIRECTORY, 0);
}
