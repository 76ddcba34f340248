/* SPDX-License-Identifier: GPL-2.0-or-later */
/* artifact_path - where in the run directory a file goes that a test left.
 *
 * The suffixes are those of check and common/rc of fstests v2021 to v2026.
 */
#include "host/record/artifact_path.h"

#include "shared/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ARTIFACT_PATH_EXTRA "extra"

/* "001.iteration4294967295.attempt4294967295" */
enum { STEM_MAX = OUTDIR_PIECE + 48 };

static const char *const artifact_path_kinds[] = {
	"full", "out.bad", "dmesg", "notrun", "hints", "kmemleak", "core",
};

const char *artifact_path_kind(const char *test, const char *guest_name)
{
	const char *slash = strrchr(test, '/');
	const char *base = slash ? slash + 1 : test;
	size_t len = strlen(base);

	if (strncmp(guest_name, base, len) == 0 && guest_name[len] == '.')
		guest_name += len + 1;
	/* "001.core.<checksum>" and its compressed form. */
	if (strncmp(guest_name, "core.", 5) == 0)
		return "core";
	for (size_t i = 0;
	     i < sizeof(artifact_path_kinds) / sizeof(artifact_path_kinds[0]);
	     i++) {
		if (strcmp(guest_name, artifact_path_kinds[i]) == 0)
			return artifact_path_kinds[i];
	}
	return ARTIFACT_PATH_EXTRA;
}

/* Splits "generic/001" into two pieces; what would be changed to make a piece
 * of it is refused. */
static int artifact_path_split(const char *test, char dir[OUTDIR_PIECE],
			       char base[OUTDIR_PIECE])
{
	const char *slash = strchr(test, '/');
	char raw[OUTDIR_PIECE];
	size_t len = slash ? (size_t)(slash - test) : 0;

	if (len == 0 || len >= sizeof(raw))
		return -EINVAL;
	memcpy(raw, test, len);
	raw[len] = '\0';
	outdir_piece(dir, raw);
	outdir_piece(base, slash + 1);
	if (strcmp(dir, raw) != 0 || strcmp(base, slash + 1) != 0)
		return -EINVAL;
	return 0;
}

static int artifact_path_directory(struct outdir *outdir, const char *config,
				   const char *dir, char to[PATH_MAX])
{
	char piece[OUTDIR_PIECE];
	int r = 0;

	outdir_piece(piece, config);
	snprintf(to, PATH_MAX, "results/%s/%s", piece, dir);
	r = beneath_mkdirs(outdir->fd, to);
	return r < 0 ? outdir_explain(outdir, r, outdir->path) : 0;
}

/* Appends to path, which has the directory, the first name that is free. */
static int artifact_path_number(struct outdir *outdir, char path[PATH_MAX],
				const char *stem, const char *kind)
{
	bool is_extra = strcmp(kind, ARTIFACT_PATH_EXTRA) == 0;
	size_t len = strlen(path);
	char number[16] = "";
	struct stat st = {0};

	for (int i = 1; i <= ARTIFACT_PATH_COPIES; i++) {
		if (i > 1 || is_extra)
			snprintf(number, sizeof(number), "-%d", i);
		snprintf(path + len, PATH_MAX - len, "/%s.%s%s", stem, kind,
			 number);
		if (fstatat(outdir->fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return errno == ENOENT ? 0 : -errno;
	}
	return -ENFILE;
}

/* The directory of an attempt's files, made, and what their names begin
 * with. */
static int artifact_path_begin(struct outdir *outdir,
			       const struct artifact_origin *origin,
			       char path[PATH_MAX], char stem[STEM_MAX])
{
	char dir[OUTDIR_PIECE];
	size_t len = 0;
	int r = artifact_path_split(origin->test, dir, stem);

	if (r == 0)
		r = artifact_path_directory(outdir, origin->config, dir, path);
	if (r < 0)
		return r;
	len = strlen(stem);
	if (origin->iteration)
		len += (size_t)snprintf(stem + len, STEM_MAX - len,
					".iteration%u", origin->iteration);
	if (origin->attempt)
		snprintf(stem + len, STEM_MAX - len, ".attempt%u",
			 origin->attempt);
	return 0;
}

int artifact_path_make(struct outdir *outdir,
		       const struct artifact_origin *origin,
		       char ret_path[PATH_MAX])
{
	char stem[STEM_MAX];
	char path[PATH_MAX];
	int r = artifact_path_begin(outdir, origin, path, stem);

	if (r == 0)
		r = artifact_path_number(
			outdir, path, stem,
			artifact_path_kind(origin->test, origin->guest_name));
	if (r == 0)
		memcpy(ret_path, path, sizeof(path));
	return r;
}

int artifact_path_evidence(struct outdir *outdir,
			   const struct artifact_origin *origin,
			   char ret_path[PATH_MAX])
{
	char stem[STEM_MAX];
	char path[PATH_MAX];
	int r = artifact_path_begin(outdir, origin, path, stem);
	size_t len = r == 0 ? strlen(path) : 0;

	if (r < 0)
		return r;
	snprintf(path + len, sizeof(path) - len, "/%s.evidence", stem);
	r = beneath_mkdirs(outdir->fd, path);
	if (r < 0)
		return outdir_explain(outdir, r, outdir->path);
	memcpy(ret_path, path, sizeof(path));
	return 0;
}
