/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wanted - the programs that an fstests tree names.
 *
 * Each word of check, common/ and the tests that is the name of a program in
 * the guest's PATH counts as a use of it, comments aside. That finds what
 * common/config looks for, what _require_command asks for and what is just
 * called, in any tree. A word that only happens to be a program's name costs
 * its bytes; a program that is not found is slower to start, no more.
 */
#pragma once

#include "shared/must.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

enum { WANTED_PROGRAMS = 8192 }; /* of the PATH; more are not looked at */

struct wanted_program {
	char *path;
	uint32_t uses; /* files that name it */
};

struct wanted {
	struct wanted_program *list; /* most used first, then by path */
	size_t count;
};

/* path: directories, separated by colons, the first match counts. tree: its
 * directory. */
must_check int wanted_find(const char *path, const char *tree,
			   struct wanted *ret_wanted);
void wanted_deinit(struct wanted *wanted);
