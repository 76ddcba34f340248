/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire - one end of the channel: PROTOCOL.md's rules, without any I/O.
 *
 * Both programs use it. Outgoing: wire_send() puts reliable messages into the
 * outbox and plain ones straight into the staging buffer; wire_tx() hands out
 * whole frames, control before bulk. Incoming: bytes go to wire_rx_room(),
 * messages come from wire_next(); repeated reliable messages are dropped and
 * acknowledged again, a gap in their sequence is an error. The caller says
 * wire_accept() when a message is safe; only then is it acknowledged.
 *
 * The outbox and received_upto are the caller's, because the agent keeps them
 * where its successor finds them.
 */
#pragma once

#include "shared/message.h"
#include "shared/outbox.h"

enum {
	/* Staging: the largest frame, and some small ones beside it. */
	WIRE_TX_SIZE = FRAME_MAX_SIZE + 64 * 1024,
	WIRE_RX_SIZE = FRAME_MAX_SIZE + 64 * 1024,
};

struct wire_storage {
	uint8_t rx[WIRE_RX_SIZE];
	uint8_t tx[WIRE_TX_SIZE];
	uint8_t scratch[FRAME_MAX_SIZE];
	_Alignas(16) uint8_t arena[LIMIT_ARENA];
};

struct wire {
	struct wire_storage *storage;
	struct outbox *outbox;
	uint64_t *received_upto;
	struct frame_decoder decoder;
	struct arena arena;
	size_t tx_start, tx_end;
	bool ack_due;
	bool is_guest;
	const char *why; /* of the last error, static text */
};

/* A successor's outbox is rewound: what was not acknowledged goes out again. */
void wire_init(struct wire *wire, struct wire_storage *storage,
	       struct outbox *outbox, uint64_t *received_upto, bool is_guest);

/* Stamps the envelope's time and queues it. -ENOBUFS: the outbox is full
 * (reliable); -EAGAIN: no room in the staging buffer (plain). */
must_check int wire_send(struct wire *wire, Pb__Envelope *envelope);
/* The sequence number the last reliable message was given. */
uint64_t wire_last_sequence(const struct wire *wire);
/* All of our reliable messages up to sequence are acknowledged. */
bool wire_is_acked(const struct wire *wire, uint64_t sequence);

/* What to write next; *ret_len 0: nothing. wire_tx_done() says how much of it
 * the descriptor took. */
const uint8_t *wire_tx(struct wire *wire, size_t *ret_len);
void wire_tx_done(struct wire *wire, size_t len);
/* Nothing waits to be written: the moment for bulk. */
bool wire_is_idle(const struct wire *wire);

uint8_t *wire_rx_room(struct wire *wire, size_t *ret_len);
void wire_rx_filled(struct wire *wire, size_t len);
/* 1: a message, valid until the next wire_next(); its sequence number is 0
 * when it is plain. 0: more bytes are needed. -EPROTO: the peer broke the
 * protocol, wire->why says how. Acks are dealt with here. */
must_check int wire_next(struct wire *wire, const Pb__Envelope **ret_envelope,
			 uint64_t *ret_sequence);
void wire_accept(struct wire *wire, uint64_t sequence);
/* The peer's other incarnation has taken all up to received_upto. -EPROTO
 * when that was never sent. */
must_check int wire_resume(struct wire *wire, uint64_t received_upto);
/* Bytes of garbage seen so far. */
uint64_t wire_skipped(const struct wire *wire);
