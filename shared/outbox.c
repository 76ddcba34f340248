/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outbox - reliable frames that the peer has not acknowledged yet.
 *
 * Whoever uses it may be killed between any two stores, so: `head` and `tail`
 * alone say what is in it; every other number can be found again from the
 * frames between them, which outbox_rewind() does; and stores that matter are
 * release stores, for the compiler must not turn them round.
 */
#include "shared/outbox.h"

#include "shared/frame.h"

#include <errno.h>
#include <string.h>

static void outbox_store(uint64_t *at, uint64_t value)
{
	__atomic_store_n(at, value, __ATOMIC_RELEASE);
}

void outbox_init(struct outbox *outbox)
{
	memset(outbox, 0, offsetof(struct outbox, ring));
	outbox->next_sequence = 1;
}

uint64_t outbox_sequence(const struct outbox *outbox)
{
	return outbox->next_sequence;
}

static void outbox_copy_in(struct outbox *outbox, uint64_t position,
			   struct bytes from)
{
	size_t at = (size_t)(position % sizeof(outbox->ring));
	struct bytes first = bytes_take(&from, sizeof(outbox->ring) - at);

	memcpy(outbox->ring + at, first.data, first.len);
	memcpy(outbox->ring, from.data, from.len);
}

static void outbox_copy_out(const struct outbox *outbox, uint64_t position,
			    uint8_t *to, size_t len)
{
	size_t at = (size_t)(position % sizeof(outbox->ring));
	size_t first = sizeof(outbox->ring) - at;

	if (first > len)
		first = len;
	memcpy(to, outbox->ring + at, first);
	memcpy(to + first, outbox->ring, len - first);
}

/* Sequence number and size of the frame at a position before tail. */
static uint64_t outbox_frame(const struct outbox *outbox, uint64_t position,
			     uint64_t *ret_size)
{
	uint8_t header[FRAME_HEADER_SIZE];

	outbox_copy_out(outbox, position, header, sizeof(header));
	*ret_size = frame_header_size(header);
	return frame_header_sequence(header);
}

int outbox_push(struct outbox *outbox, struct bytes frame)
{
	must(frame.len >= FRAME_HEADER_SIZE &&
	     frame_header_size(frame.data) == frame.len &&
	     frame_header_sequence(frame.data) == outbox->next_sequence);
	if (!outbox_fits(outbox, frame.len))
		return -ENOBUFS;
	outbox_copy_in(outbox, outbox->tail, frame);
	outbox_store(&outbox->tail, outbox->tail + frame.len);
	outbox_store(&outbox->next_sequence, outbox->next_sequence + 1);
	return 0;
}

size_t outbox_take(struct outbox *outbox, uint8_t *to, size_t cap)
{
	uint64_t end = outbox->sent;
	size_t len = 0;

	while (end != outbox->tail) {
		uint64_t size = 0;

		(void)outbox_frame(outbox, end, &size);
		if (size > cap - len)
			break;
		len += (size_t)size;
		end += size;
	}
	outbox_copy_out(outbox, outbox->sent, to, len);
	outbox_store(&outbox->sent, end);
	return len;
}

int outbox_ack(struct outbox *outbox, uint64_t sequence)
{
	uint64_t head = outbox->head;
	uint64_t size = 0;

	if (sequence >= outbox->next_sequence)
		return -EINVAL;
	while (head != outbox->tail &&
	       outbox_frame(outbox, head, &size) <= sequence)
		head += size;
	if (outbox->sent < head)
		outbox_store(&outbox->sent, head);
	outbox_store(&outbox->head, head);
	if (outbox->acked < sequence)
		outbox_store(&outbox->acked, sequence);
	return 0;
}

void outbox_rewind(struct outbox *outbox)
{
	uint64_t position = outbox->head;
	uint64_t size = 0;

	if (position == outbox->tail)
		outbox->acked = outbox->next_sequence - 1;
	else
		outbox->acked = outbox_frame(outbox, position, &size) - 1;
	while (position != outbox->tail) {
		outbox->next_sequence =
			outbox_frame(outbox, position, &size) + 1;
		position += size;
	}
	outbox_store(&outbox->sent, outbox->head);
}

bool outbox_is_empty(const struct outbox *outbox)
{
	return outbox->head == outbox->tail;
}

bool outbox_has_unsent(const struct outbox *outbox)
{
	return outbox->sent != outbox->tail;
}

bool outbox_has_room(const struct outbox *outbox, size_t size,
		     unsigned int frames)
{
	uint64_t used = outbox->tail - outbox->head;
	uint64_t waiting = outbox->next_sequence - 1 - outbox->acked;

	return size <= sizeof(outbox->ring) - used &&
	       waiting + frames <= LIMIT_OUTBOX_MESSAGES;
}

bool outbox_fits(const struct outbox *outbox, size_t frame_size)
{
	return outbox_has_room(outbox, frame_size, 1);
}
