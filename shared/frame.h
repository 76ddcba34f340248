/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame - the unit of the channel and of the journal: PROTOCOL.md, "Frames".
 *
 *   0  u32  magic "FSV1"            16  u64  sequence
 *   4  u16  kind                    24  u32  CRC-32 of bytes 0 to 23
 *   6  u16  zero                    28  payload
 *   8  u32  length of the payload
 *  12  u32  CRC-32 of the payload
 *
 * Little-endian; zlib's crc32(). The header has a checksum of its own, so a
 * damaged length is seen at once. The decoder is self-synchronising: after
 * garbage it goes on at the next valid header and says how much it skipped. A
 * frame that its writer could not finish, for it was killed, ends where the
 * first whole frame after it begins.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/limits.h"
#include "shared/must.h"

enum {
	FRAME_HEADER_SIZE = 28,
	FRAME_MAX_SIZE = FRAME_HEADER_SIZE + LIMIT_MESSAGE,
	/* So many torn frames in a row cost only themselves. Behind more of
	 * them a whole one is found when the first one's length has come. */
	FRAME_TORN_MAX = 8,
};

enum frame_kind {
	FRAME_PLAIN = 1,    /* sequence 0, a lost one stays lost */
	FRAME_RELIABLE = 2, /* sequence 1, 2, …; kept until acknowledged */
	FRAME_RECORD = 3,   /* of a journal; never on the channel */
};

struct frame {
	enum frame_kind kind;
	uint64_t sequence;
	struct bytes payload;
};

/* Writes header and payload to `to`, which has FRAME_HEADER_SIZE +
 * payload.len bytes. payload may already stand at to + FRAME_HEADER_SIZE.
 * Returns the frame's size. */
size_t frame_encode(uint8_t *to, enum frame_kind kind, uint64_t sequence,
		    struct bytes payload);

/* Of a header that frame_encode() made: the whole frame's size, and its
 * sequence number. Nothing is checked. */
size_t frame_header_size(const uint8_t *header);
uint64_t frame_header_sequence(const uint8_t *header);

/* Storage is the caller's: at least FRAME_MAX_SIZE bytes for any frame. */
struct frame_decoder {
	uint8_t *buffer;
	size_t cap;
	size_t start; /* first byte not yet consumed */
	size_t end;   /* past the last byte pushed */
	/* The search for a whole frame inside the incomplete one at start. */
	size_t probed;		      /* how far it has come, from start */
	size_t inner[FRAME_TORN_MAX]; /* incomplete ones on the way, likewise */
	unsigned int inners;
	uint64_t skipped; /* bytes of garbage since frame_decoder_init() */
};

void frame_decoder_init(struct frame_decoder *decoder, void *storage,
			size_t cap);
/* Room for the next read, and then how much was put there. After
 * frame_decoder_next() has said 0 there is always at least one byte of room. */
uint8_t *frame_decoder_room(struct frame_decoder *decoder, size_t *ret_len);
void frame_decoder_filled(struct frame_decoder *decoder, size_t len);
/* Returns 1 and a frame, valid until the next call on the decoder; 0: more
 * bytes are needed. Damaged bytes are skipped and counted, never an error. */
must_check int frame_decoder_next(struct frame_decoder *decoder,
				  struct frame *ret_frame);
/* Bytes that are held and do not make a whole frame yet. */
size_t frame_decoder_pending(const struct frame_decoder *decoder);
