/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame - the unit of the channel and of the journal: PROTOCOL.md, "Frames". */
#include "shared/frame.h"

#include <string.h>
#include <zlib.h>

enum {
	FRAME_AT_KIND = 4,
	FRAME_AT_ZERO = 6,
	FRAME_AT_LENGTH = 8,
	FRAME_AT_PAYLOAD_CRC = 12,
	FRAME_AT_SEQUENCE = 16,
	FRAME_AT_HEADER_CRC = 24,
};

static const uint8_t frame_magic[] = {'F', 'S', 'V', '1'};

static uint32_t frame_crc(struct bytes b)
{
	/* crc32() of a NULL pointer is not that of no bytes in every zlib. */
	return b.len ? (uint32_t)crc32(0, b.data, (uInt)b.len) : 0;
}

size_t frame_encode(uint8_t *to, enum frame_kind kind, uint64_t sequence,
		    struct bytes payload)
{
	must(payload.len <= LIMIT_MESSAGE);
	if (payload.len)
		memmove(to + FRAME_HEADER_SIZE, payload.data, payload.len);
	payload.data = to + FRAME_HEADER_SIZE;
	memcpy(to, frame_magic, sizeof(frame_magic));
	bytes_put_u16(to + FRAME_AT_KIND, (uint16_t)kind);
	bytes_put_u16(to + FRAME_AT_ZERO, 0);
	bytes_put_u32(to + FRAME_AT_LENGTH, (uint32_t)payload.len);
	bytes_put_u32(to + FRAME_AT_PAYLOAD_CRC, frame_crc(payload));
	bytes_put_u64(to + FRAME_AT_SEQUENCE, sequence);
	bytes_put_u32(to + FRAME_AT_HEADER_CRC,
		      frame_crc(bytes_of(to, FRAME_AT_HEADER_CRC)));
	return FRAME_HEADER_SIZE + payload.len;
}

size_t frame_header_size(const uint8_t *header)
{
	return FRAME_HEADER_SIZE + bytes_get_u32(header + FRAME_AT_LENGTH);
}

uint64_t frame_header_sequence(const uint8_t *header)
{
	return bytes_get_u64(header + FRAME_AT_SEQUENCE);
}

void frame_decoder_init(struct frame_decoder *decoder, void *storage,
			size_t cap)
{
	must(cap > FRAME_HEADER_SIZE);
	*decoder = (struct frame_decoder){.buffer = storage, .cap = cap};
}

uint8_t *frame_decoder_room(struct frame_decoder *decoder, size_t *ret_len)
{
	if (decoder->start > 0) {
		size_t pending = frame_decoder_pending(decoder);

		memmove(decoder->buffer, decoder->buffer + decoder->start,
			pending);
		decoder->start = 0;
		decoder->end = pending;
	}
	*ret_len = decoder->cap - decoder->end;
	return decoder->buffer + decoder->end;
}

void frame_decoder_filled(struct frame_decoder *decoder, size_t len)
{
	must(len <= decoder->cap - decoder->end);
	decoder->end += len;
}

size_t frame_decoder_pending(const struct frame_decoder *decoder)
{
	return decoder->end - decoder->start;
}

/* A reader of the journal and one of the channel differ in the kinds they
 * want, so all are let through here. */
static bool frame_kind_is_known(uint16_t kind)
{
	return kind >= FRAME_PLAIN && kind <= FRAME_RECORD;
}

/* What bytes, at least a header's worth, begin with. */
enum frame_look {
	FRAME_LOOK_NONE,    /* no valid header */
	FRAME_LOOK_PARTIAL, /* a valid header, payload not complete */
	FRAME_LOOK_DAMAGED, /* a valid header, payload does not match it */
	FRAME_LOOK_WHOLE,
};

static bool frame_header_is_valid(const uint8_t *at, size_t cap)
{
	uint16_t kind = bytes_get_u16(at + FRAME_AT_KIND);
	uint32_t len = bytes_get_u32(at + FRAME_AT_LENGTH);
	uint64_t sequence = bytes_get_u64(at + FRAME_AT_SEQUENCE);

	return memcmp(at, frame_magic, sizeof(frame_magic)) == 0 &&
	       bytes_get_u32(at + FRAME_AT_HEADER_CRC) ==
		       frame_crc(bytes_of(at, FRAME_AT_HEADER_CRC)) &&
	       frame_kind_is_known(kind) &&
	       bytes_get_u16(at + FRAME_AT_ZERO) == 0 && len <= LIMIT_MESSAGE &&
	       len <= cap - FRAME_HEADER_SIZE &&
	       (sequence == 0) == (kind == FRAME_PLAIN);
}

static enum frame_look frame_look(const struct frame_decoder *decoder,
				  size_t start, struct frame *frame)
{
	const uint8_t *at = decoder->buffer + start;
	uint32_t len = 0;

	if (!frame_header_is_valid(at, decoder->cap))
		return FRAME_LOOK_NONE;
	len = bytes_get_u32(at + FRAME_AT_LENGTH);
	if (decoder->end - start - FRAME_HEADER_SIZE < len)
		return FRAME_LOOK_PARTIAL;
	frame->kind = (enum frame_kind)bytes_get_u16(at + FRAME_AT_KIND);
	frame->sequence = bytes_get_u64(at + FRAME_AT_SEQUENCE);
	frame->payload = bytes_of(at + FRAME_HEADER_SIZE, len);
	if (frame_crc(frame->payload) !=
	    bytes_get_u32(at + FRAME_AT_PAYLOAD_CRC))
		return FRAME_LOOK_DAMAGED;
	return FRAME_LOOK_WHOLE;
}

/* The first place at or after start where a header can begin: the magic, or
 * as much of it as there is. */
static size_t frame_candidate(const struct frame_decoder *decoder, size_t start)
{
	while (start < decoder->end) {
		const uint8_t *at =
			memchr(decoder->buffer + start, frame_magic[0],
			       decoder->end - start);
		size_t left = 0;

		if (!at)
			return decoder->end;
		start = (size_t)(at - decoder->buffer);
		left = decoder->end - start;
		if (memcmp(at, frame_magic,
			   left < sizeof(frame_magic)
				   ? left
				   : sizeof(frame_magic)) == 0)
			return start;
		start++;
	}
	return decoder->end;
}

/* Of the incomplete ones that were found inside: is one whole by now? */
static bool frame_look_again(struct frame_decoder *decoder, struct frame *frame,
			     size_t *ret_start)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < decoder->inners; i++) {
		size_t at = decoder->start + decoder->inner[i];

		switch (frame_look(decoder, at, frame)) {
		case FRAME_LOOK_WHOLE:
			*ret_start = at;
			return true;
		case FRAME_LOOK_PARTIAL:
			decoder->inner[kept++] = decoder->inner[i];
			break;
		case FRAME_LOOK_NONE:
		case FRAME_LOOK_DAMAGED:
			break;
		}
	}
	decoder->inners = kept;
	return false;
}

/* Whether a whole frame stands inside the incomplete one at decoder->start.
 * Then that one was torn - its writer was killed - and will never be complete;
 * waiting for it would swallow its successor's Hello. Incomplete ones inside
 * are passed over and kept in mind: they may be torn as well, or still come. */
static bool frame_find_inner(struct frame_decoder *decoder, struct frame *frame,
			     size_t *ret_start)
{
	size_t at = decoder->start + decoder->probed;

	if (frame_look_again(decoder, frame, ret_start))
		return true;
	for (;;) {
		enum frame_look look;

		at = frame_candidate(decoder, at + 1);
		if (decoder->end - at < FRAME_HEADER_SIZE)
			break;
		look = frame_look(decoder, at, frame);
		*ret_start = at;
		if (look == FRAME_LOOK_WHOLE)
			return true;
		if (look == FRAME_LOOK_PARTIAL &&
		    decoder->inners < FRAME_TORN_MAX)
			decoder->inner[decoder->inners++] = at - decoder->start;
	}
	/* What stands before `at` needs no second look. */
	decoder->probed = at - 1 - decoder->start;
	return false;
}

static void frame_decoder_skip(struct frame_decoder *decoder, size_t to)
{
	decoder->skipped += to - decoder->start;
	decoder->start = to;
	decoder->probed = 0;
	decoder->inners = 0;
}

static int frame_decoder_accept(struct frame_decoder *decoder,
				const struct frame *frame,
				struct frame *ret_frame)
{
	decoder->start += FRAME_HEADER_SIZE + frame->payload.len;
	decoder->probed = 0;
	decoder->inners = 0;
	*ret_frame = *frame;
	return 1;
}

int frame_decoder_next(struct frame_decoder *decoder, struct frame *ret_frame)
{
	struct frame frame = {0};
	size_t inner = 0;

	for (;;) {
		frame_decoder_skip(decoder,
				   frame_candidate(decoder, decoder->start));
		if (frame_decoder_pending(decoder) < FRAME_HEADER_SIZE)
			return 0;
		switch (frame_look(decoder, decoder->start, &frame)) {
		case FRAME_LOOK_WHOLE:
			return frame_decoder_accept(decoder, &frame, ret_frame);
		case FRAME_LOOK_PARTIAL:
			if (!frame_find_inner(decoder, &frame, &inner))
				return 0;
			frame_decoder_skip(decoder, inner);
			return frame_decoder_accept(decoder, &frame, ret_frame);
		case FRAME_LOOK_NONE:
		case FRAME_LOOK_DAMAGED:
			/* Not past the whole frame: if bytes were lost inside
			 * of it, the next one has begun already. */
			frame_decoder_skip(decoder, decoder->start + 1);
			break;
		}
	}
}
