/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_frame - the decoder on any bytes, in pieces of any size.
 *
 * The first byte chooses the pieces. What must hold: every byte is delivered,
 * skipped or pending; and what is delivered encodes to what came in.
 */
#include "shared/frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_frame(const struct frame *frame)
{
	uint8_t *again = malloc(FRAME_HEADER_SIZE + frame->payload.len);
	size_t len = 0;

	must(again);
	len = frame_encode(again, frame->kind, frame->sequence, frame->payload);
	must(len == frame_header_size(again));
	/* The frame stands in the decoder, its header before its payload. */
	must(memcmp(again, frame->payload.data - FRAME_HEADER_SIZE, len) == 0);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t storage[FRAME_MAX_SIZE];
	struct bytes input = bytes_of(data, size);
	struct bytes mode = bytes_take(&input, 1);
	size_t piece = mode.len ? (size_t)mode.data[0] + 1 : 1;
	size_t total = input.len;
	size_t delivered = 0;
	struct frame_decoder decoder;
	struct frame frame;

	frame_decoder_init(&decoder, storage, sizeof(storage));
	while (input.len) {
		size_t room = 0;
		uint8_t *to = frame_decoder_room(&decoder, &room);
		struct bytes part =
			bytes_take(&input, piece < room ? piece : room);

		must(part.len > 0);
		memcpy(to, part.data, part.len);
		frame_decoder_filled(&decoder, part.len);
		while (frame_decoder_next(&decoder, &frame)) {
			check_frame(&frame);
			delivered += FRAME_HEADER_SIZE + frame.payload.len;
		}
	}
	must(delivered + decoder.skipped + frame_decoder_pending(&decoder) ==
	     total);
	return 0;
}
