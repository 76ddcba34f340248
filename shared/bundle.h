/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bundle - the format of an archive of files: what the host keeps warm.
 *
 *   header   BUNDLE_HEADER bytes, with a CRC-32 of their own
 *   index    an entry for each member, in the order of their paths, so that a
 *            directory comes before what is in it
 *   sums     a CRC-32 of each member's data, in the same order
 *   data     of the files, in the same order, without gaps
 *
 * Numbers are little-endian. An entry says what the guest needs to make the
 * member, and what tells the host whether the original has changed: device,
 * inode, size and times. So an index that is made anew from the originals is
 * the same bytes as the one in the archive, or the archive is stale. A
 * directory has no times: what comes and goes beside its members is no
 * business of ours.
 *
 * An archive and not a file system, because it needs nothing of the kernel
 * under test, whose file systems are what is being tested, and no program on
 * the host. Pure.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/limits.h"
#include "shared/must.h"

#include <sys/types.h>

enum {
	BUNDLE_HEADER = 48,
	BUNDLE_ENTRY = 64, /* before the path and the target */
	BUNDLE_SUM = 4,
};

struct bundle_header {
	uint32_t count;
	uint32_t index_bytes;
	uint32_t index_crc; /* of index and sums */
	uint64_t data_bytes;
};

enum bundle_kind {
	BUNDLE_DIRECTORY = 1,
	BUNDLE_FILE,
	BUNDLE_LINK,
};

struct bundle_entry {
	enum bundle_kind kind;
	uint32_t mode; /* permissions, with setuid and the like */
	uint32_t uid;
	uint32_t gid;
	uint64_t size; /* of the data; 0 but of a file */
	uint64_t mtime_ns;
	uint64_t ctime_ns;
	uint64_t device;
	uint64_t inode;
	struct bytes path;   /* relative: "bin/ls"; no empty, "." or ".." */
	struct bytes target; /* of a link */
};

void bundle_put_header(uint8_t to[BUNDLE_HEADER],
		       const struct bundle_header *header);
/* -EBADMSG: it is none, or damaged, or over the limits. */
must_check int bundle_get_header(struct bytes from,
				 struct bundle_header *ret_header);
/* Bytes of an entry: what bundle_put_entry() writes. */
size_t bundle_entry_bytes(const struct bundle_entry *entry);
/* to has room for it. */
void bundle_put_entry(uint8_t *to, const struct bundle_entry *entry);
/* Takes the first entry off index. 1; 0 at its end; -EBADMSG. */
must_check int bundle_take_entry(struct bytes *index,
				 struct bundle_entry *ret_entry);
