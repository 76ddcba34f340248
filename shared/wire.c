/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire - one end of the channel: PROTOCOL.md's rules, without any I/O. */
#include "shared/wire.h"

#include "shared/clock.h"

#include <errno.h>
#include <string.h>

void wire_init(struct wire *wire, struct wire_storage *storage,
	       struct outbox *outbox, uint64_t *received_upto, bool is_guest)
{
	*wire = (struct wire){
		.storage = storage,
		.outbox = outbox,
		.received_upto = received_upto,
		.is_guest = is_guest,
		.why = "",
	};
	frame_decoder_init(&wire->decoder, storage->rx, sizeof(storage->rx));
	arena_init(&wire->arena, storage->arena, sizeof(storage->arena));
	outbox_rewind(outbox);
}

static size_t tx_room(const struct wire *wire)
{
	return sizeof(wire->storage->tx) - wire->tx_end;
}

static void tx_append(struct wire *wire, struct bytes frame)
{
	must(frame.len <= tx_room(wire));
	memcpy(wire->storage->tx + wire->tx_end, frame.data, frame.len);
	wire->tx_end += frame.len;
}

int wire_send(struct wire *wire, Pb__Envelope *envelope)
{
	bool reliable = message_is_reliable(envelope->body_case);
	uint64_t sequence = reliable ? outbox_sequence(wire->outbox) : 0;
	uint8_t *scratch = wire->storage->scratch;
	ssize_t size;

	must(envelope->body_case == PB__ENVELOPE__BODY_ACK ||
	     message_is_from_guest(envelope->body_case) == wire->is_guest);
	envelope->mono_ns = clock_mono_ns();
	size = message_pack(envelope, sequence, scratch,
			    sizeof(wire->storage->scratch));
	if (size < 0)
		return (int)size;
	if (reliable)
		return outbox_push(wire->outbox,
				   bytes_of(scratch, (size_t)size));
	if ((size_t)size > tx_room(wire))
		return -EAGAIN;
	tx_append(wire, bytes_of(scratch, (size_t)size));
	return 0;
}

uint64_t wire_last_sequence(const struct wire *wire)
{
	return outbox_sequence(wire->outbox) - 1;
}

bool wire_is_acked(const struct wire *wire, uint64_t sequence)
{
	return wire->outbox->acked >= sequence;
}

static void put_ack(struct wire *wire)
{
	Pb__Ack ack = PB__ACK__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	ack.upto = *wire->received_upto;
	envelope.body_case = PB__ENVELOPE__BODY_ACK;
	envelope.ack = &ack;
	if (wire_send(wire, &envelope) == 0)
		wire->ack_due = false;
}

const uint8_t *wire_tx(struct wire *wire, size_t *ret_len)
{
	if (wire->tx_start == wire->tx_end)
		wire->tx_start = wire->tx_end = 0;
	if (wire->ack_due)
		put_ack(wire);
	wire->tx_end += outbox_take(
		wire->outbox, wire->storage->tx + wire->tx_end, tx_room(wire));
	*ret_len = wire->tx_end - wire->tx_start;
	return wire->storage->tx + wire->tx_start;
}

void wire_tx_done(struct wire *wire, size_t len)
{
	must(len <= wire->tx_end - wire->tx_start);
	wire->tx_start += len;
}

bool wire_is_idle(const struct wire *wire)
{
	return wire->tx_start == wire->tx_end && !wire->ack_due &&
	       !outbox_has_unsent(wire->outbox);
}

uint8_t *wire_rx_room(struct wire *wire, size_t *ret_len)
{
	return frame_decoder_room(&wire->decoder, ret_len);
}

void wire_rx_filled(struct wire *wire, size_t len)
{
	frame_decoder_filled(&wire->decoder, len);
}

static int broken(struct wire *wire, const char *why)
{
	wire->why = why;
	return -EPROTO;
}

/* 1: for the caller; 0: dealt with here. */
static int take_frame(struct wire *wire, const struct frame *frame,
		      const Pb__Envelope **ret_envelope)
{
	bool reliable = frame->kind == FRAME_RELIABLE;
	const Pb__Envelope *envelope;
	int rc;

	if (frame->kind == FRAME_RECORD)
		return broken(wire, "a journal record on the channel");
	if (reliable && frame->sequence <= *wire->received_upto) {
		wire->ack_due = true; /* sent again: our ack was lost */
		return 0;
	}
	if (reliable && frame->sequence != *wire->received_upto + 1)
		return broken(wire, "a gap in the sequence numbers");
	if (!reliable && frame->sequence != 0)
		return broken(wire, "a plain frame with a sequence number");

	arena_reset(&wire->arena);
	rc = message_unpack(frame->payload, &wire->arena, &envelope,
			    &wire->why);
	if (rc == -EBADMSG)
		return broken(wire, "not a message of this protocol");
	if (rc == -ENOMEM)
		return broken(wire, "a message of too many parts");
	if (rc < 0)
		return -EPROTO; /* -ERANGE: why names the field */
	if (message_is_reliable(envelope->body_case) != reliable)
		return broken(wire, "a message in the wrong kind of frame");
	if (envelope->body_case == PB__ENVELOPE__BODY_ACK) {
		if (outbox_ack(wire->outbox, envelope->ack->upto) < 0)
			return broken(wire, "an ack of what was never sent");
		return 0;
	}
	if (message_is_from_guest(envelope->body_case) == wire->is_guest)
		return broken(wire, "a message of the wrong direction");
	*ret_envelope = envelope;
	return 1;
}

int wire_next(struct wire *wire, const Pb__Envelope **ret_envelope,
	      uint64_t *ret_sequence)
{
	struct frame frame;
	int rc;

	for (;;) {
		rc = frame_decoder_next(&wire->decoder, &frame);
		if (rc <= 0)
			return rc;
		rc = take_frame(wire, &frame, ret_envelope);
		if (rc == 0)
			continue;
		if (rc == 1)
			*ret_sequence = frame.sequence;
		return rc;
	}
}

void wire_accept(struct wire *wire, uint64_t sequence)
{
	if (sequence == 0)
		return;
	must(sequence == *wire->received_upto + 1);
	*wire->received_upto = sequence;
	wire->ack_due = true;
}

int wire_resume(struct wire *wire, uint64_t received_upto)
{
	if (outbox_ack(wire->outbox, received_upto) < 0)
		return broken(wire, "a Hello that has what was never sent");
	outbox_rewind(wire->outbox);
	return 0;
}

uint64_t wire_skipped(const struct wire *wire)
{
	return wire->decoder.skipped;
}
