/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_codeaddr - codeaddr_find() on any bytes: what it finds lies in them. */
#include "host/kernel/codeaddr.h"

#include "shared/must.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_within(struct bytes part, const uint8_t *data, size_t size)
{
	must(part.len == 0 || (part.data >= data && part.len <= size &&
			       part.data + part.len <= data + size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct codeaddr addr;

	if (!codeaddr_find(bytes_of(data, size), &addr))
		return 0;
	must(addr.begin < addr.end && addr.end <= size);
	must(addr.name.len > 0 && addr.name.data == data + addr.begin);
	is_within(addr.name, data, size);
	is_within(addr.module, data, size);
	is_within(addr.build_id, data, size);
	return 0;
}
