/* SPDX-License-Identifier: GPL-2.0-or-later */
/* archive - the bundles that are kept, each a file of the cache directory.
 *
 * A name is what the bundle is for and a hash of its index: of every member's
 * path, identity, size and times. It is looked up by an index that has been
 * made anew from the originals, and found only when it has the very same one;
 * so it can't be stale. It is written aside and renamed: who reads an old one
 * goes on reading it. The checksums of the data are the guest's to look at,
 * for it reads all of it anyway.
 *
 * Several runs may use the directory at once: who makes one holds a lock.
 */
#pragma once

#include "host/warm/members.h"

#include <stdbool.h>

#define ARCHIVE_KIND "warm" /* the directory's name, for cachedir.h */

enum { ARCHIVE_NAME = 64 };

struct archive_report {
	char name[ARCHIVE_NAME];
	uint64_t bytes; /* of the file */
	uint32_t members;
	bool made; /* and not found */
};

/* Finds the bundle of these members, or makes it. label: "tools". */
must_check int archive_get(int cache_fd, const char *label,
			   struct members *members,
			   struct archive_report *ret_report);
/* Removes the least recently used until those left have at most cap_bytes. */
void archive_prune(int cache_fd, uint64_t cap_bytes);
