/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_cache - what is kept from run to run, and its removal. */
#include "host/cli/commands.h"
#include "host/cli/options.h"
#include "host/record/cachedir.h"
#include "host/report/exitcode.h"
#include "host/vm/imagecache.h"
#include "host/warm/archive.h"
#include "shared/bytes.h"
#include "shared/escape.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const kinds[] = {IMAGECACHE_KIND, ARCHIVE_KIND};

struct sum {
	uint64_t bytes;
	unsigned int files;
	unsigned int failures;
	bool clear; /* else list */
	time_t now;
};

/* "3 min", for people: of what was used last so long ago. */
static void put_age(time_t seconds)
{
	if (seconds < 120)
		printf("%8lld s  ", (long long)(seconds < 0 ? 0 : seconds));
	else if (seconds < 2 * 3600)
		printf("%6lld min  ", (long long)seconds / 60);
	else if (seconds < 2 * 86400)
		printf("%8lld h  ", (long long)seconds / 3600);
	else
		printf("%8lld d  ", (long long)seconds / 86400);
}

static void list_file(const struct sum *sum, const char *kind, const char *name,
		      const struct stat *st)
{
	char text[4 * NAME_MAX + 1];

	escape_text(text, sizeof(text), bytes_of_string(name), true);
	printf("%8.1f MiB  ", (double)st->st_size / (1 << 20));
	put_age(sum->now - st->st_mtim.tv_sec);
	printf("%s/%s\n", kind, text);
}

static void take_file(struct sum *sum, int directory_fd, const char *kind,
		      const char *name)
{
	struct stat st;

	if (fstatat(directory_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	/* A run that has one open goes on with it. */
	if (sum->clear && unlinkat(directory_fd, name, 0) < 0) {
		log_error("%s/%s: %s", kind, name, strerror(errno));
		sum->failures++;
		return;
	}
	sum->files++;
	sum->bytes += (uint64_t)st.st_size;
	if (!sum->clear)
		list_file(sum, kind, name, &st);
}

static void take_kind(struct sum *sum, const char *kind)
{
	char path[PATH_MAX];
	int fd = cachedir_find(kind, path);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (directory == NULL) {
		fd_close(&fd);
		return; /* none was made yet */
	}
	/* Names with a dot in front are locks: others hold them. */
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			take_file(sum, fd, kind, entry->d_name);
	closedir(directory);
}

int cmd_cache(int argc, char **argv)
{
	struct sum sum = {.now = time(NULL)};
	struct options options;
	int rc = options_parse(OPTIONS_CACHE, argc, argv, &options);

	if (rc != 0)
		return rc < 0 ? EXITCODE_USAGE : EXITCODE_PASSED;
	sum.clear = options.argc == 1 && strcmp(options.argv[0], "clear") == 0;
	if (options.argc > 0 && !sum.clear) {
		log_error("cache takes nothing, or the word clear");
		return EXITCODE_USAGE;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		take_kind(&sum, kinds[i]);
	printf("%s%u files, %.1f MiB\n", sum.clear ? "removed " : "", sum.files,
	       (double)sum.bytes / (1 << 20));
	return sum.failures > 0 ? EXITCODE_USAGE : EXITCODE_PASSED;
}
