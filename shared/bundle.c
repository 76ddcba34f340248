/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bundle - the format of an archive of files: see bundle.h. */
#include "shared/bundle.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

enum { BUNDLE_VERSION = 1 };

static const char bundle_magic[8] = "fstvmWRM";

void bundle_put_header(uint8_t to[BUNDLE_HEADER],
		       const struct bundle_header *header)
{
	memset(to, 0, BUNDLE_HEADER);
	memcpy(to, bundle_magic, sizeof(bundle_magic));
	bytes_put_u32(to + 8, BUNDLE_VERSION);
	bytes_put_u32(to + 12, header->count);
	bytes_put_u32(to + 16, header->index_bytes);
	bytes_put_u32(to + 20, header->index_crc);
	bytes_put_u64(to + 24, header->data_bytes);
	bytes_put_u32(to + BUNDLE_HEADER - 4,
		      (uint32_t)crc32(0, to, BUNDLE_HEADER - 4));
}

int bundle_get_header(struct bytes from, struct bundle_header *ret_header)
{
	struct bundle_header header;
	const uint8_t *at = from.data;

	if (from.len < BUNDLE_HEADER ||
	    memcmp(at, bundle_magic, sizeof(bundle_magic)) ||
	    bytes_get_u32(at + 8) != BUNDLE_VERSION ||
	    bytes_get_u32(at + BUNDLE_HEADER - 4) !=
		    (uint32_t)crc32(0, at, BUNDLE_HEADER - 4))
		return -EBADMSG;
	header.count = bytes_get_u32(at + 12);
	header.index_bytes = bytes_get_u32(at + 16);
	header.index_crc = bytes_get_u32(at + 20);
	header.data_bytes = bytes_get_u64(at + 24);
	if (header.count > LIMIT_BUNDLE_ENTRIES ||
	    header.index_bytes > LIMIT_BUNDLE_INDEX ||
	    header.data_bytes > LIMIT_BUNDLE_BYTES)
		return -EBADMSG;
	*ret_header = header;
	return 0;
}

size_t bundle_entry_bytes(const struct bundle_entry *entry)
{
	return BUNDLE_ENTRY + entry->path.len + entry->target.len;
}

void bundle_put_entry(uint8_t *to, const struct bundle_entry *entry)
{
	memset(to, 0, BUNDLE_ENTRY);
	bytes_put_u32(to, (uint32_t)entry->kind);
	bytes_put_u32(to + 4, entry->mode);
	bytes_put_u32(to + 8, entry->uid);
	bytes_put_u32(to + 12, entry->gid);
	bytes_put_u64(to + 16, entry->size);
	bytes_put_u64(to + 24, entry->mtime_ns);
	bytes_put_u64(to + 32, entry->ctime_ns);
	bytes_put_u64(to + 40, entry->device);
	bytes_put_u64(to + 48, entry->inode);
	bytes_put_u16(to + 56, (uint16_t)entry->path.len);
	bytes_put_u16(to + 58, (uint16_t)entry->target.len);
	memcpy(to + BUNDLE_ENTRY, entry->path.data, entry->path.len);
	if (entry->target.len)
		memcpy(to + BUNDLE_ENTRY + entry->path.len, entry->target.data,
		       entry->target.len);
}

static bool component_is_plain(struct bytes component)
{
	return component.len > 0 && !bytes_equal_string(component, ".") &&
	       !bytes_equal_string(component, "..");
}

static bool path_is_plain(struct bytes path)
{
	if (path.len == 0 || path.len > LIMIT_PATH ||
	    memchr(path.data, '\0', path.len))
		return false;
	for (;;) {
		const uint8_t *slash = memchr(path.data, '/', path.len);
		size_t len = slash ? (size_t)(slash - path.data) : path.len;

		if (!component_is_plain(bytes_take(&path, len)))
			return false;
		if (!slash)
			return true;
		(void)bytes_take(&path, 1);
	}
}

static bool entry_is_valid(const struct bundle_entry *entry)
{
	if (!path_is_plain(entry->path) || entry->mode > 07777 ||
	    entry->size > LIMIT_BUNDLE_BYTES ||
	    entry->target.len > LIMIT_PATH ||
	    (entry->target.len &&
	     memchr(entry->target.data, '\0', entry->target.len)))
		return false;
	switch (entry->kind) {
	case BUNDLE_DIRECTORY:
		return entry->size == 0 && entry->target.len == 0;
	case BUNDLE_FILE:
		return entry->target.len == 0;
	case BUNDLE_LINK:
		return entry->size == 0 && entry->target.len > 0;
	}
	return false;
}

int bundle_take_entry(struct bytes *index, struct bundle_entry *ret_entry)
{
	struct bundle_entry entry;
	struct bytes fixed;
	size_t path_bytes;
	size_t target_bytes;

	if (index->len == 0)
		return 0;
	fixed = bytes_take(index, BUNDLE_ENTRY);
	if (fixed.len < BUNDLE_ENTRY)
		return -EBADMSG;
	entry.kind = (enum bundle_kind)bytes_get_u32(fixed.data);
	entry.mode = bytes_get_u32(fixed.data + 4);
	entry.uid = bytes_get_u32(fixed.data + 8);
	entry.gid = bytes_get_u32(fixed.data + 12);
	entry.size = bytes_get_u64(fixed.data + 16);
	entry.mtime_ns = bytes_get_u64(fixed.data + 24);
	entry.ctime_ns = bytes_get_u64(fixed.data + 32);
	entry.device = bytes_get_u64(fixed.data + 40);
	entry.inode = bytes_get_u64(fixed.data + 48);
	path_bytes = bytes_get_u16(fixed.data + 56);
	target_bytes = bytes_get_u16(fixed.data + 58);
	entry.path = bytes_take(index, path_bytes);
	entry.target = bytes_take(index, target_bytes);
	if (entry.path.len < path_bytes || entry.target.len < target_bytes ||
	    !entry_is_valid(&entry))
		return -EBADMSG;
	*ret_entry = entry;
	return 1;
}
