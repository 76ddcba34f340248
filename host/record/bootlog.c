/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bootlog - the name of a boot's console log, which says how the boot went. */
#include "host/record/bootlog.h"

#include "shared/beneath.h"
#include "shared/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BOOTLOG_SAME_SECOND = 1000 };

#define BOOTLOG_RUNNING "-running.log"

static const char *const bootlog_endings[] = {
	BOOTLOG_RUNNING,
	"-success.log",
	"-failure.log",
};

static bool bootlog_is_taken(const struct outdir *outdir, const char *stem)
{
	char name[BOOTLOG_NAME];
	struct stat st = {0};

	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", stem, bootlog_endings[i]);
		if (fstatat(outdir->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	}
	return false;
}

int bootlog_create(struct outdir *outdir, uint64_t real_ns,
		   char ret_name[BOOTLOG_NAME])
{
	char stamp[OUTDIR_STAMP];
	char stem[BOOTLOG_NAME - sizeof(BOOTLOG_RUNNING)];
	char number[16] = "";

	outdir_stamp(stamp, real_ns);
	for (int i = 2; i <= BOOTLOG_SAME_SECOND; i++) {
		snprintf(stem, sizeof(stem), "boot-%s%s", stamp, number);
		if (!bootlog_is_taken(outdir, stem)) {
			snprintf(ret_name, BOOTLOG_NAME, "%s%s", stem,
				 BOOTLOG_RUNNING);
			return outdir_open_file(outdir, ret_name,
						O_WRONLY | O_CREAT | O_EXCL |
							O_APPEND);
		}
		snprintf(number, sizeof(number), "-%d", i);
	}
	return outdir_explain(outdir, -EEXIST, outdir->path);
}

bool bootlog_is_running(const char *name)
{
	size_t ending = strlen(BOOTLOG_RUNNING);
	size_t len = strlen(name);

	return len > ending && len < BOOTLOG_NAME &&
	       strchr(name, '/') == NULL && strncmp(name, "boot-", 5) == 0 &&
	       strcmp(name + len - ending, BOOTLOG_RUNNING) == 0;
}

int bootlog_finish(struct outdir *outdir, char name[BOOTLOG_NAME], bool success)
{
	char ended[BOOTLOG_NAME];
	size_t ending = strlen(BOOTLOG_RUNNING);
	size_t len = strlen(name);
	int r = 0;

	must(bootlog_is_running(name));
	bytes_copy_string(ended, sizeof(ended), name);
	bytes_copy_string(ended + len - ending, sizeof(ended) - len + ending,
			  bootlog_endings[success ? 1 : 2]);
	r = beneath_rename(outdir->fd, name, ended);
	for (size_t i = 1; r == -ENOENT && i < 3; i++) {
		bytes_copy_string(ended + len - ending,
				  sizeof(ended) - len + ending,
				  bootlog_endings[i]);
		if (faccessat(outdir->fd, ended, F_OK, 0) == 0)
			r = 0;
	}
	if (r < 0)
		return outdir_explain(outdir, r, name);
	bytes_copy_string(name, BOOTLOG_NAME, ended);
	return 0;
}
