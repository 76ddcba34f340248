/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_wire - one end of the channel on any bytes of the other.
 *
 * The first byte says which end, how large the pieces are, and whether the
 * rest are bytes as they come or rows of (kind, sequence, length, payload) that
 * get right checksums here. What must hold: messages come in the order of
 * their numbers and once; an error says why; what it has to say to that is
 * frames, of its own direction.
 */
#include "shared/wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ORDERS = 3 };

struct end {
	struct wire_storage storage;
	struct outbox outbox;
	uint64_t received_upto;
	struct wire wire;
	bool broken;
};

static struct end end;

/* Something that can be acknowledged. */
static void say_orders(bool is_guest)
{
	Pb__Trouble trouble = PB__TROUBLE__INIT;
	Pb__Stop stop = PB__STOP__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case =
		is_guest ? PB__ENVELOPE__BODY_TROUBLE : PB__ENVELOPE__BODY_STOP;
	if (is_guest)
		envelope.trouble = &trouble;
	else
		envelope.stop = &stop;
	for (int i = 0; i < ORDERS; i++)
		must(wire_send(&end.wire, &envelope) == 0);
}

static void begin(bool is_guest)
{
	end.received_upto = 0;
	end.broken = false;
	outbox_init(&end.outbox);
	wire_init(&end.wire, &end.storage, &end.outbox, &end.received_upto,
		  is_guest);
	say_orders(is_guest);
}

static void take_messages(void)
{
	const Pb__Envelope *envelope;
	uint64_t sequence;
	int rc;

	while ((rc = wire_next(&end.wire, &envelope, &sequence)) == 1) {
		must(sequence == 0 || sequence == end.received_upto + 1);
		must((sequence != 0) ==
		     message_is_reliable(envelope->body_case));
		must(message_is_from_guest(envelope->body_case) !=
		     end.wire.is_guest);
		wire_accept(&end.wire, sequence);
	}
	end.broken = rc < 0;
	must(!end.broken || end.wire.why[0] != '\0');
	must(end.outbox.acked <= ORDERS);
}

/* All that it would write. */
static void check_answer(void)
{
	struct frame_decoder decoder;
	static uint8_t storage[FRAME_MAX_SIZE];
	struct frame frame;
	size_t len, room;
	const uint8_t *data = wire_tx(&end.wire, &len);
	struct bytes answer = bytes_of(data, len);

	frame_decoder_init(&decoder, storage, sizeof(storage));
	while (answer.len > 0) {
		uint8_t *to = frame_decoder_room(&decoder, &room);
		struct bytes part = bytes_take(&answer, room);

		memcpy(to, part.data, part.len);
		frame_decoder_filled(&decoder, part.len);
		while (frame_decoder_next(&decoder, &frame))
			must(frame.kind != FRAME_RECORD);
	}
	must(decoder.skipped == 0 && frame_decoder_pending(&decoder) == 0);
	wire_tx_done(&end.wire, len);
}

static void feed(struct bytes input, size_t piece)
{
	while (input.len > 0 && !end.broken) {
		size_t room;
		uint8_t *to = wire_rx_room(&end.wire, &room);
		struct bytes part =
			bytes_take(&input, piece < room ? piece : room);

		memcpy(to, part.data, part.len);
		wire_rx_filled(&end.wire, part.len);
		take_messages();
		check_answer();
	}
}

/* kind, sequence, and length of the payload in two bytes. */
static void feed_frames(struct bytes input, size_t piece)
{
	static uint8_t frame[FRAME_HEADER_SIZE + UINT16_MAX];

	while (input.len >= 4 && !end.broken) {
		struct bytes head = bytes_take(&input, 4);
		struct bytes payload = bytes_take(
			&input, (size_t)(head.data[2] | head.data[3] << 8));
		enum frame_kind kind =
			(enum frame_kind)(FRAME_PLAIN + head.data[0] % 3);
		size_t len;

		memcpy(frame + FRAME_HEADER_SIZE, payload.data, payload.len);
		/* 0 in a plain frame, and only there. */
		len = frame_encode(
			frame, kind, kind == FRAME_PLAIN ? 0 : 1 + head.data[1],
			bytes_of(frame + FRAME_HEADER_SIZE, payload.len));
		feed(bytes_of(frame, len), piece);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	struct bytes mode = bytes_take(&input, 1);
	uint8_t choice = mode.len ? mode.data[0] : 0;
	size_t piece = (size_t)(choice >> 2) * 97 + 1;

	begin(choice & 1);
	if (choice & 2)
		feed_frames(input, piece);
	else
		feed(input, piece);
	return 0;
}
