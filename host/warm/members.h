/* SPDX-License-Identifier: GPL-2.0-or-later */
/* members - the set of files, links and directories of a bundle to be.
 *
 * All are below one root, by their paths relative to it, each once. A member
 * brings the directories above it. Left out are what is none of the three
 * kinds, what we may not read, and what has capabilities (an overlay on tmpfs
 * would lose them): the guest has those from its shared root.
 */
#pragma once

#include "shared/must.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct member {
	struct stat st;
	char *target; /* of a link, else NULL */
	char path[];
};

struct members {
	char root[PATH_MAX];
	int root_fd;
	struct member **list;
	size_t count;
	size_t cap;
	void *by_path;	/* of tsearch(3) */
	uint64_t bytes; /* of all files */
};

/* root: absolute, and what realpath(3) says of itself. */
must_check int members_init(struct members *members, const char *root);
void members_deinit(struct members *members);
/* 1: it is new; 0: it was there, or is left out; negative errno: out of memory,
 * over LIMIT_BUNDLE_ENTRIES, or it is gone. */
must_check int members_add(struct members *members, const char *path);
/* Takes out those that were added since there were `count` of them. */
void members_cut(struct members *members, size_t count);
/* Whether an absolute path lies below the root; *ret_path is its rest then. */
_Bool members_is_below(const struct members *members, const char *path,
		       const char **ret_path);
/* Puts the list in order and returns the index that a bundle of it has, to be
 * freed. */
must_check int members_index(struct members *members, uint8_t **ret_index,
			     uint32_t *ret_bytes);
