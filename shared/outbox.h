/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outbox - reliable frames that the peer has not acknowledged yet.
 *
 * A byte ring of whole frames in the order of their sequence numbers. It
 * holds no pointers, so the agent keeps it in a memfd that a successor maps;
 * a frame counts from the moment `tail` moves past it, so a writer that is
 * killed half-way leaves the outbox as it was. When it is full, push says
 * -ENOBUFS and the caller must stop making messages until acks arrive.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/limits.h"
#include "shared/must.h"

struct outbox {
	uint64_t next_sequence; /* of the next frame, starts at 1 */
	uint64_t acked;		/* all up to here are gone */
	uint64_t head;		/* free-running positions in ring */
	uint64_t tail;
	uint64_t sent; /* frames before this are handed out */
	uint8_t ring[LIMIT_OUTBOX_BYTES];
};

void outbox_init(struct outbox *outbox);
/* The sequence number that the next push must carry. */
uint64_t outbox_sequence(const struct outbox *outbox);
/* Takes a copy of a whole frame made with outbox_sequence(). */
must_check int outbox_push(struct outbox *outbox, struct bytes frame);
/* Copies unsent frames to `to`, whole ones only, as many as fit cap bytes.
 * Returns how many bytes that were. */
size_t outbox_take(struct outbox *outbox, uint8_t *to, size_t cap);
/* Acknowledged up to and including sequence; a number never given out or
 * already acknowledged changes nothing: -EINVAL for the first. */
must_check int outbox_ack(struct outbox *outbox, uint64_t sequence);
/* Everything unacknowledged is to be sent again: the peer said Hello, or a
 * successor takes over; it calls this before anything else, for its
 * predecessor may have been killed inside of any of these functions. */
void outbox_rewind(struct outbox *outbox);
bool outbox_is_empty(const struct outbox *outbox); /* all acknowledged */
bool outbox_has_unsent(const struct outbox *outbox);
/* Room for so many frames, of this size together. */
bool outbox_has_room(const struct outbox *outbox, size_t size,
		     unsigned int frames);
/* Room for one frame of this size. */
bool outbox_fits(const struct outbox *outbox, size_t frame_size);
