/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstype - the filesystem under test. */
#include "host/plan/fstype.h"
#include "host/plan/pattern.h"
#include "shared/limits.h"

#include <errno.h>
#include <string.h>

#define MIB ((uint64_t)1024 * 1024)

/* Least sizes: mkfs.xfs 6.1 and mkfs.btrfs 6.2 refuse smaller devices, so does
 * mkfs.f2fs for its overprovisioning; ext4 wants room for a journal. */
static const struct fstype {
	const char *name;
	const char *package;
	uint64_t least_bytes;
} known[] = {
	{"ext4", "e2fsprogs", 16 * MIB},
	{"xfs", "xfsprogs", 300 * MIB},
	{"btrfs", "btrfs-progs", 109 * MIB},
	{"f2fs", "f2fs-tools", 128 * MIB},
	{"ext2", "e2fsprogs", 16 * MIB},
	{"ext3", "e2fsprogs", 16 * MIB},
	{"bcachefs", "bcachefs-tools", 64 * MIB},
	{"exfat", "exfatprogs", 16 * MIB},
	{"gfs2", "gfs2-utils", 64 * MIB},
	{"jfs", "jfsutils", 16 * MIB},
	{"nilfs2", "nilfs-tools", 128 * MIB},
	{"ocfs2", "ocfs2-tools", 64 * MIB},
	{"udf", "udftools", 16 * MIB},
	{"vfat", "dosfstools", 16 * MIB},
};

/* Those that check can test, but not on a device of their own. */
static const char *const deviceless[] = {
	"9p",  "afs",	  "ceph",  "cifs",  "fuse",  "glusterfs",
	"nfs", "overlay", "pvfs2", "tmpfs", "ubifs", "virtiofs",
};

static const struct fstype *find(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].name, name))
			return &known[i];
	return NULL;
}

uint64_t fstype_least_bytes(const char *fstype)
{
	const struct fstype *found = find(fstype);

	return found ? found->least_bytes : 16 * MIB;
}

const char *fstype_package(const char *fstype)
{
	const struct fstype *found = find(fstype);

	return found ? found->package : NULL;
}

int fstype_check(const char *fstype, struct complaint *complaint)
{
	size_t len = strlen(fstype);

	if (!len || len > LIMIT_NAME || fstype[0] == '-' ||
	    strspn(fstype, "abcdefghijklmnopqrstuvwxyz0123456789_-") != len)
		return complaint_set(
			complaint, -EINVAL,
			"--fstype: \"%s\" is not the name of a "
			"filesystem; for example: ext4, xfs, btrfs",
			fstype);
	for (size_t i = 0; i < sizeof(deviceless) / sizeof(*deviceless); i++)
		if (!strcmp(deviceless[i], fstype))
			return complaint_set(
				complaint, -ENOTSUP,
				"%s is not made on a block device, "
				"so fstvm can't test it; choose "
				"another with --fstype",
				fstype);
	return 0;
}

/* Notes the filesystem of a directory; a second one is an error. */
static int note(const struct catalog *catalog, const char *path,
		const char **fstype, struct complaint *complaint)
{
	size_t len = strcspn(path, "/");

	for (size_t i = 0; path[len] && i < catalog->count; i++) {
		const char *name = catalog->dirs[i].name;

		if (strlen(name) != len || strncmp(name, path, len) ||
		    !catalog_is_fstype(name))
			continue;
		if (*fstype && strcmp(*fstype, name))
			return complaint_set(complaint, -EINVAL,
					     "tests of both %s and %s are "
					     "selected: say with --fstype on "
					     "which filesystem they are to run",
					     *fstype, name);
		*fstype = name;
	}
	return 0;
}

static int note_test(const struct catalog *catalog, const char *pattern,
		     const char **fstype, struct complaint *complaint)
{
	struct names tests = {0};
	int rc = pattern_expand(catalog, pattern, &tests, complaint);

	for (size_t i = 0; !rc && i < tests.count; i++)
		rc = note(catalog, tests.list[i], fstype, complaint);
	names_deinit(&tests);
	return rc;
}

int fstype_detect(const struct selection *selection,
		  const struct catalog *catalog, const char **ret_fstype,
		  struct complaint *complaint)
{
	const struct names *tests = &selection->tests;
	const struct names *groups = &selection->groups;
	const char *fstype = NULL;
	int rc = 0;

	for (size_t i = 0; !rc && i < tests->count; i++)
		rc = note_test(catalog, tests->list[i], &fstype, complaint);
	for (size_t i = 0; !rc && i < groups->count; i++)
		rc = note(catalog, groups->list[i], &fstype, complaint);
	if (rc)
		return complaint_set(complaint, rc, "out of memory");
	*ret_fstype = fstype ? fstype : "ext4";
	return 0;
}
