/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cable - what lies between controller and agent, and can be bad. */
#include "tests/integration/cable.h"

#include "shared/fd.h"

#include <errno.h>
#include <linux/sockios.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { READ_BYTES = 64 * 1024 };

static void put(struct cable_side *side, const void *data, size_t len)
{
	if (side->start == side->end)
		side->start = side->end = 0;
	if (side->cap - side->end < len) {
		side->cap = side->end + len + READ_BYTES;
		side->waiting = realloc(side->waiting, side->cap);
		assert_non_null(side->waiting);
	}
	memcpy(side->waiting + side->end, data, len);
	side->end += len;
	if (side->to >= 0)
		ev_io_start(side->loop, &side->writable);
}

void cable_put(struct cable_side *side, const void *data, size_t len)
{
	put(side, data, len);
}

static void pass_frame(struct cable_side *side, const struct frame *frame)
{
	/* The decoder has header and payload side by side. */
	const uint8_t *whole = frame->payload.data - FRAME_HEADER_SIZE;
	size_t len = FRAME_HEADER_SIZE + frame->payload.len;

	side->frames++;
	switch (side->filter(side->filter_context, frame)) {
	case CABLE_PASS:
		put(side, whole, len);
		break;
	case CABLE_DROP:
		break;
	case CABLE_TEAR:
		put(side, whole, len / 2);
		break;
	case CABLE_TWICE:
		put(side, whole, len);
		put(side, whole, len);
		break;
	}
}

static void filter(struct cable_side *side, struct bytes data)
{
	struct frame frame;

	while (data.len > 0) {
		size_t room;
		uint8_t *to = frame_decoder_room(&side->decoder, &room);
		struct bytes part = bytes_take(&data, room);

		memcpy(to, part.data, part.len);
		frame_decoder_filled(&side->decoder, part.len);
		while (frame_decoder_next(&side->decoder, &frame) == 1)
			pass_frame(side, &frame);
	}
}

static void end_if_written(struct cable_side *side)
{
	if (!side->ended || side->start < side->end || side->to < 0)
		return;
	ev_io_stop(side->loop, &side->writable);
	shutdown(side->to, SHUT_WR);
}

static void on_side_readable(struct ev_loop *loop, ev_io *io, int events)
{
	static uint8_t buffer[READ_BYTES];
	struct cable_side *side = io->data;
	ssize_t n = read(side->from, buffer, sizeof(buffer));

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		ev_io_stop(loop, io);
		side->ended = true;
		end_if_written(side);
	} else if (side->filter != NULL) {
		filter(side, bytes_of(buffer, (size_t)n));
	} else {
		put(side, buffer, (size_t)n);
	}
}

/* The last byte has not been read yet. */
static bool is_unread(const struct cable_side *side)
{
	int unread = 0;

	return ioctl(side->to, SIOCOUTQ, &unread) == 0 && unread > 0;
}

static void on_side_writable(struct ev_loop *loop, ev_io *io, int events)
{
	struct cable_side *side = io->data;
	size_t len = side->end - side->start;
	ssize_t n;

	(void)events;
	if (len == 0) {
		ev_io_stop(loop, io);
		end_if_written(side);
		return;
	}
	if (side->slow && is_unread(side))
		return;
	n = send(side->to, side->waiting + side->start, side->slow ? 1 : len,
		 MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0)
		side->start += (size_t)n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		side->start = side->end; /* nobody there to read it */
}

static void open_side(struct cable_side *side, struct ev_loop *loop, int from,
		      int to)
{
	*side = (struct cable_side){.loop = loop, .from = from, .to = to};
	assert_int_equal(fd_set_nonblocking(from), 0);
	ev_io_init(&side->readable, on_side_readable, from, EV_READ);
	ev_io_init(&side->writable, on_side_writable, to, EV_WRITE);
	side->readable.data = side;
	side->writable.data = side;
	ev_io_start(loop, &side->readable);
}

void cable_open(struct cable *cable, struct ev_loop *loop)
{
	int host[2];
	int guest[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, host), 0);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, guest), 0);
	cable->host_fd = host[0];
	cable->guest_fd = guest[0];
	open_side(&cable->to_host, loop, guest[1], host[1]);
	open_side(&cable->to_guest, loop, host[1], guest[1]);
}

static void close_side(struct cable_side *side)
{
	if (side->loop == NULL)
		return;
	ev_io_stop(side->loop, &side->readable);
	ev_io_stop(side->loop, &side->writable);
	free(side->storage);
	free(side->waiting);
}

void cable_close(struct cable *cable)
{
	if (cable->to_host.loop == NULL)
		return;
	close_side(&cable->to_host);
	close_side(&cable->to_guest);
	fd_close(&cable->to_host.from);
	fd_close(&cable->to_guest.from);
	memset(cable, 0, sizeof(*cable));
}

void cable_filter_with(struct cable_side *side, cable_filter *callback,
		       void *context)
{
	side->storage = malloc(FRAME_MAX_SIZE);
	assert_non_null(side->storage);
	frame_decoder_init(&side->decoder, side->storage, FRAME_MAX_SIZE);
	side->filter = callback;
	side->filter_context = context;
}

Pb__Envelope__BodyCase cable_body_of(const struct frame *frame)
{
	Pb__Envelope *envelope = pb__envelope__unpack(NULL, frame->payload.len,
						      frame->payload.data);
	Pb__Envelope__BodyCase body;

	assert_non_null(envelope);
	body = envelope->body_case;
	pb__envelope__free_unpacked(envelope, NULL);
	return body;
}

void cable_hold(struct cable_side *side)
{
	side->held = true;
	ev_io_stop(side->loop, &side->readable);
}

void cable_release(struct cable_side *side)
{
	side->held = false;
	if (!side->ended)
		ev_io_start(side->loop, &side->readable);
}
