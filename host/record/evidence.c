/* SPDX-License-Identifier: GPL-2.0-or-later */
/* evidence - files that the host keeps of a bad end. */
#include "host/record/evidence.h"

#include "shared/beneath.h"
#include "shared/fd.h"
#include "shared/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_plain_name(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t len = strspn(name, plain);

	return len > 0 && name[len] == '.' && name[len + 1] != '\0' &&
	       name[len + 1 + strspn(name + len + 1, plain)] == '\0' &&
	       strlen(name) < EVIDENCE_NAME;
}

static int make_directory(struct outdir *outdir,
			  const struct evidence_origin *origin,
			  char path[PATH_MAX])
{
	struct artifact_origin attempt = {
		.config = origin->config,
		.test = origin->test,
		.iteration = origin->iteration,
		.attempt = origin->attempt,
	};
	char config[OUTDIR_PIECE];
	int r;

	if (origin->test)
		return artifact_path_evidence(outdir, &attempt, path);
	outdir_piece(config, origin->config);
	snprintf(path, PATH_MAX, "results/%s/boot-%u.evidence", config,
		 origin->boot);
	r = beneath_mkdirs(outdir->fd, path);
	return r < 0 ? outdir_explain(outdir, r, outdir->path) : 0;
}

int evidence_path(struct outdir *outdir, const struct evidence_origin *origin,
		  const char *name, char ret_path[PATH_MAX])
{
	const char *extension = strchr(name, '.');
	char path[PATH_MAX];
	char number[16] = "";
	struct stat st = {0};
	size_t len;
	int r;

	must(is_plain_name(name));
	r = make_directory(outdir, origin, path);
	if (r < 0)
		return r;
	len = strlen(path);
	for (int i = 1; i <= ARTIFACT_PATH_COPIES; i++) {
		if (i > 1)
			snprintf(number, sizeof(number), "-%d", i);
		snprintf(path + len, sizeof(path) - len, "/%.*s%s%s",
			 (int)(extension - name), name, number, extension);
		if (fstatat(outdir->fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (errno != ENOENT)
			return outdir_explain(outdir, -errno, outdir->path);
		memcpy(ret_path, path, sizeof(path));
		return 0;
	}
	return outdir_explain(outdir, -ENFILE, outdir->path);
}

const char *evidence_guest_name(const struct artifact_origin *origin)
{
	static const struct {
		const char *guest_name;
		const char *name;
	} names[] = {
		{"stacks", "stacks.txt"},
		{"sysrq", "sysrq.txt"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(origin->guest_name, names[i].guest_name) == 0)
			return names[i].name;
	return "extra.txt";
}

int evidence_guest_path(struct outdir *outdir,
			const struct artifact_origin *origin,
			char ret_path[PATH_MAX])
{
	struct evidence_origin evidence = {
		.config = origin->config,
		.test = origin->test,
		.iteration = origin->iteration,
		.attempt = origin->attempt,
		.boot = origin->boot,
	};

	return evidence_path(outdir, &evidence, evidence_guest_name(origin),
			     ret_path);
}

static int write_file(struct outdir *outdir, const char *path,
		      struct bytes contents, uint64_t dropped_bytes)
{
	char note[96] = "";
	fd_auto int fd =
		outdir_open_file(outdir, path, O_WRONLY | O_CREAT | O_EXCL);
	int r;

	if (fd < 0)
		return fd;
	if (dropped_bytes > 0)
		snprintf(note, sizeof(note),
			 "[fstvm: %" PRIu64
			 " bytes before these were not kept]\n",
			 dropped_bytes);
	r = fd_write_all(fd, note, strlen(note));
	if (r == 0)
		r = fd_write_all(fd, contents.data, contents.len);
	return r < 0 ? outdir_explain(outdir, r, outdir->path) : 0;
}

/* How much may be kept; it is charged. */
static size_t take_room(struct artifact_quota *quota, size_t len)
{
	size_t kept =
		len < LIMIT_EVIDENCE_BYTES ? len : (size_t)LIMIT_EVIDENCE_BYTES;

	return artifact_quota_take(quota, kept + ARTIFACT_FILE_COST) ? kept : 0;
}

int evidence_write(struct outdir *outdir, struct artifact_quota *quota,
		   const struct evidence_origin *origin, const char *name,
		   struct bytes contents, uint64_t dropped_bytes,
		   struct evidence_stored *ret_stored)
{
	size_t kept = take_room(quota, contents.len);
	struct bytes before = bytes_take(&contents, contents.len - kept);
	struct evidence_stored stored = {
		.kept_bytes = kept,
		.dropped_bytes = dropped_bytes + before.len,
	};
	int r = 0;

	if (kept > 0 || before.len == 0)
		r = evidence_path(outdir, origin, name, stored.path);
	if (r == 0 && stored.path[0] != '\0')
		r = write_file(outdir, stored.path, contents,
			       stored.dropped_bytes);
	if (r == 0)
		*ret_stored = stored;
	return r;
}
