/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bundle's header and index, as the guest finds them in a damaged cache. */
#include "shared/bundle.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(const struct bundle_entry *entry)
{
	uint8_t again[BUNDLE_ENTRY + 2 * LIMIT_PATH];
	struct bytes path = entry->path;

	must(entry->mode <= 07777);
	must(path.len > 0 && path.len <= LIMIT_PATH && path.data[0] != '/');
	must(entry->target.len <= LIMIT_PATH);
	must((entry->kind == BUNDLE_LINK) == (entry->target.len > 0));
	must(bundle_entry_bytes(entry) <= sizeof(again));
	bundle_put_entry(again, entry);
	must(memcmp(again + BUNDLE_ENTRY, path.data, path.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes file = bytes_of(data, size);
	struct bundle_header header;
	struct bundle_entry entry;

	if (bundle_get_header(file, &header) == 0)
		must(header.count <= LIMIT_BUNDLE_ENTRIES &&
		     header.data_bytes <= LIMIT_BUNDLE_BYTES);
	(void)bytes_take(&file, BUNDLE_HEADER);
	while (bundle_take_entry(&file, &entry) > 0)
		check_entry(&entry);
	return 0;
}
