/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inflate - a zlib stream from the guest, with caps on what comes out.
 *
 * A bomb ends with -EFBIG once the output is over its cap, and with -EPROTO
 * when it is not zlib or goes on after its end.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include <zlib.h>

struct inflate {
	z_stream stream;
	uint64_t produced;
	uint64_t cap_bytes;
	uint32_t crc32; /* of all output so far */
	bool ended;
};

typedef int inflate_sink(void *context, struct bytes output);

must_check int inflate_open(struct inflate *inflate, uint64_t cap_bytes);
/* Feeds a chunk; output goes to sink, whose negative return stops it. */
must_check int inflate_push(struct inflate *inflate, struct bytes input,
			    inflate_sink *sink, void *context);
void inflate_close(struct inflate *inflate);
