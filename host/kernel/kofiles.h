/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kofiles - the module files below a directory, by the modules' names.
 *
 * NAME.ko or NAME.ko.debug, as a built tree and the distributions' packages of
 * debug information have them. '-' and '_' are the same in a module's name.
 * KOFILES_MAX at most; symbolic links are not followed.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

enum { KOFILES_MAX = 20000 };

struct kofile {
	char *name; /* with '_' */
	char *path;
};

/* {0} is an empty list. */
struct kofiles {
	struct kofile *files; /* by name */
	size_t count;
};

must_check int kofiles_find(struct kofiles *files, const char *directory);
void kofiles_deinit(struct kofiles *files);
/* NULL: there is none. */
const char *kofiles_path(const struct kofiles *files, struct bytes module);
