/* SPDX-License-Identifier: GPL-2.0-or-later */
/* closure - a program, and all that it takes to start it.
 *
 * The links that lead to it, its interpreter (of an ELF file, of a script),
 * its libraries and theirs. What lies outside the members' root is passed by.
 */
#pragma once

#include "host/warm/ldpath.h"
#include "host/warm/members.h"

/* A file that is larger is no program of fstests. */
enum { CLOSURE_FILE_BYTES = 16 * 1024 * 1024 };

struct closure {
	struct members *members;
	struct ldpath ldpath;
	uint8_t *file; /* CLOSURE_FILE_BYTES */
};

must_check int closure_init(struct closure *closure, struct members *members);
void closure_deinit(struct closure *closure);
/* An absolute path. All of it, or nothing when it would add more than cap_bytes
 * or has a part that is too large: -EFBIG. A library that is not found is
 * passed by. */
must_check int closure_add(struct closure *closure, const char *path,
			   uint64_t cap_bytes);
