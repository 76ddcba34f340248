/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_expect - expect_scan() on any bytes: only bits that there are. */
#include "host/plan/expect.h"

#include "shared/must.h"

#include "journal.pb-c.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	must(expect_scan(bytes_of(data, size)) <
	     2 * (uint32_t)PB__EXPECTS__EXPECTS_FULL_LOOP);
	return 0;
}
