/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_message - unpacking of any payload.
 *
 * What must hold: what is accepted is within its limits again after it was
 * packed, and packs to a frame.
 */
#include "shared/message.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(16) uint8_t storage[LIMIT_ARENA];
	static uint8_t packed[FRAME_MAX_SIZE];
	const Pb__Envelope *envelope = NULL;
	const char *why = NULL;
	struct arena arena;
	ssize_t len = 0;
	int r = 0;

	arena_init(&arena, storage, sizeof(storage));
	r = message_unpack(bytes_of(data, size), &arena, &envelope, &why);
	must(r == 0 || r == -EBADMSG || r == -ENOMEM || r == -ERANGE);
	must((r == -ERANGE) == (why != NULL));
	if (r < 0)
		return 0;
	len = message_pack(envelope,
			   message_is_reliable(envelope->body_case) ? 1 : 0,
			   packed, sizeof(packed));
	/* Unknown fields are gone, and numbers can't have come in a shorter
	 * form than ours. */
	must(len > 0 && (size_t)len <= size + FRAME_HEADER_SIZE);
	arena_reset(&arena);
	r = message_unpack(bytes_of(packed + FRAME_HEADER_SIZE,
				    (size_t)len - FRAME_HEADER_SIZE),
			   &arena, &envelope, &why);
	must(r == 0);
	return 0;
}
