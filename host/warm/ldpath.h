/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ldpath - where the dynamic linker looks for libraries.
 *
 * ld.so(8): DT_RPATH where there is no DT_RUNPATH, DT_RUNPATH, what ldconfig
 * knows (here: ld.so.conf, whose directories it scans), the directories that
 * are built in. The first file that is of the right machine is taken. What is
 * not found, or found elsewhere by the guest's linker (LD_LIBRARY_PATH,
 * glibc-hwcaps), the guest has from its shared root: slower, never wrong.
 */
#pragma once

#include "host/warm/elf.h"

#include <limits.h>

enum { LDPATH_DIRECTORIES = 64 };

struct ldpath {
	char *directory[LDPATH_DIRECTORIES + 1]; /* NULL-terminated */
	size_t count;
};

/* Of conf, "/etc/ld.so.conf", and what it includes; that it can't be read is
 * no failure. */
void ldpath_init(struct ldpath *ldpath, const char *conf);
void ldpath_deinit(struct ldpath *ldpath);
/* The library `name` as `elf`, which is the file at `path`, needs it. -ENOENT.
 */
must_check int ldpath_find(const struct ldpath *ldpath, const char *name,
			   const struct elf *elf, const char *path,
			   char ret_path[PATH_MAX]);
