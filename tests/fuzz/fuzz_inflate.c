/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_inflate - any stream, in pieces, under a small cap.
 *
 * What must hold: never more output than the cap, and the checksum is that of
 * the output.
 */
#include "shared/inflate.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAP = 100000 };

struct seen {
	uint64_t bytes;
	uLong crc;
};

static int on_output(void *context, struct bytes output)
{
	struct seen *seen = context;

	must(output.len > 0);
	seen->bytes += output.len;
	seen->crc = crc32(seen->crc, output.data, (uInt)output.len);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	struct bytes mode = bytes_take(&input, 1);
	size_t piece = mode.len ? (size_t)mode.data[0] + 1 : 1;
	struct inflate inflate;
	struct seen seen = {0};
	int r = inflate_open(&inflate, CAP);

	must(r == 0);
	while (input.len && r == 0) {
		r = inflate_push(&inflate, bytes_take(&input, piece), on_output,
				 &seen);
		must(r == 0 || r == -EFBIG || r == -EPROTO);
	}
	must(seen.bytes <= CAP && seen.bytes == inflate.produced);
	must(seen.crc == inflate.crc32);
	/* After an error nothing is taken. */
	if (r < 0)
		must(inflate_push(&inflate, bytes_of("x", 1), on_output,
				  &seen) == -EPROTO);
	inflate_close(&inflate);
	return 0;
}
