/* SPDX-License-Identifier: GPL-2.0-or-later */
/* programs - what fstests' check and the set-up need from the host. */
#include "host/plan/programs.h"
#include "host/plan/fstype.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct program {
	const char *name;
	const char *package; /* Debian's */
	const char *fstype;  /* only for this one, or NULL */
	bool upstream;	     /* only for upstream's check */
} programs[] = {
	{"bash", "bash", NULL, false},
	{"mount", "mount", NULL, false},
	{"umount", "mount", NULL, false},
	{"mkfs", "util-linux", NULL, true},
	{"perl", "perl", NULL, true},
	{"awk", "gawk", NULL, true},
	{"sed", "sed", NULL, true},
	{"bc", "bc", NULL, true},
	{"df", "coreutils", NULL, true},
	{"xfs_io", "xfsprogs", NULL, true},
	{"xfs_logprint", "xfsprogs", "xfs", true},
	{"xfs_repair", "xfsprogs", "xfs", true},
	{"xfs_db", "xfsprogs", "xfs", true},
	{"xfs_info", "xfsprogs", "xfs", true},
};

static bool is_program(const char *directory, size_t len, const char *name)
{
	struct stat status;
	char *path;
	bool found;

	if (asprintf(&path, "%.*s/%s", (int)len, directory, name) < 0)
		return false;
	found = !stat(path, &status) && S_ISREG(status.st_mode) &&
		!access(path, X_OK);
	free(path);
	return found;
}

static bool is_in_path(const char *path, const char *name)
{
	while (*path) {
		size_t len = strcspn(path, ":");

		if (len && is_program(path, len, name))
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}

static bool is_installed(const char *path, const char *name)
{
	const char *own = getenv("PATH");

	if (path)
		return is_in_path(path, name);
	return (own && is_in_path(own, name)) ||
	       is_in_path("/usr/sbin:/sbin", name);
}

static int note_missing(const char *name, const char *package,
			struct names *ret_missing)
{
	char *text;
	int rc;

	if (!package)
		return names_add(ret_missing, name);
	if (asprintf(&text, "%s (package %s)", name, package) < 0)
		return -ENOMEM;
	rc = names_add(ret_missing, text);
	free(text);
	return rc;
}

int programs_find_missing(const char *fstype, bool bundled, const char *path,
			  struct names *ret_missing)
{
	char mkfs[128];
	int rc = 0;

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		const struct program *program = &programs[i];

		if (program->fstype && strcmp(program->fstype, fstype))
			continue;
		if ((program->upstream && bundled) ||
		    is_installed(path, program->name))
			continue;
		rc = note_missing(program->name, program->package, ret_missing);
		if (rc)
			return rc;
	}
	snprintf(mkfs, sizeof(mkfs), "mkfs.%s", fstype);
	if (!is_installed(path, mkfs))
		rc = note_missing(mkfs, fstype_package(fstype), ret_missing);
	return rc;
}

int programs_check(const char *fstype, bool bundled, const char *path,
		   struct complaint *complaint)
{
	struct names missing = {0};
	char list[768] = "";
	size_t used = 0;
	int rc = programs_find_missing(fstype, bundled, path, &missing);

	for (size_t i = 0; i < missing.count && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s%s", i ? ", " : "",
					 missing.list[i]);
	if (rc)
		rc = complaint_set(complaint, rc, "out of memory");
	else if (missing.count)
		rc = complaint_set(complaint, -ENOENT,
				   "the tests of %s can't run without: %s; "
				   "install %s",
				   fstype, list,
				   missing.count == 1 ? "it" : "them");
	names_deinit(&missing);
	return rc;
}
