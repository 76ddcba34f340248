/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channel - the guest's end of the channel on libev. */
#include "guest/channel.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define AWAY_PAUSE_S 0.1

/* Room in the outbox that test events always have. */
enum { RESERVE_BYTES = 512 * 1024, RESERVE_FRAMES = 512 };

static void host_is_away(struct channel *channel)
{
	ev_io_stop(channel->loop, &channel->readable);
	ev_io_stop(channel->loop, &channel->writable);
	if (channel->away_since == 0)
		channel->away_since = ev_now(channel->loop);
	ev_timer_set(&channel->away, AWAY_PAUSE_S, 0);
	ev_timer_start(channel->loop, &channel->away);
}

static void on_port_away(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct channel *channel = timer->data;

	(void)events;
	if (ev_now(loop) - channel->away_since > CHANNEL_ORPHAN_S) {
		channel->owner.on_broken(channel->owner.context,
					 "the host is gone");
		return;
	}
	ev_io_start(loop, &channel->readable);
	ev_io_start(loop, &channel->writable);
}

static bool deliver(struct channel *channel)
{
	const struct channel_owner *owner = &channel->owner;
	const Pb__Envelope *envelope;
	uint64_t sequence;
	int rc;

	while ((rc = wire_next(channel->wire, &envelope, &sequence)) == 1) {
		if (owner->on_message(owner->context, envelope) < 0)
			return false;
		wire_accept(channel->wire, sequence);
	}
	if (rc < 0) {
		owner->on_broken(owner->context, channel->wire->why);
		return false;
	}
	if (channel->acked != channel->wire->outbox->acked) {
		channel->acked = channel->wire->outbox->acked;
		owner->on_acked(owner->context);
	}
	return true;
}

static void on_port_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct channel *channel = io->data;
	size_t room;
	uint8_t *to = wire_rx_room(channel->wire, &room);
	ssize_t n = read(channel->fd, to, room);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		host_is_away(channel);
		return;
	}
	channel->away_since = 0;
	wire_rx_filled(channel->wire, (size_t)n);
	if (deliver(channel))
		ev_io_start(loop, &channel->writable); /* acks */
}

/* Whether some of it is written. */
static bool write_some(struct channel *channel, const uint8_t *data, size_t len)
{
	ssize_t n = write(channel->fd, data, len);

	if (n > 0)
		wire_tx_done(channel->wire, (size_t)n);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		host_is_away(channel);
	return n > 0;
}

static void on_port_writable(struct ev_loop *loop, ev_io *io, int events)
{
	struct channel *channel = io->data;
	size_t len;
	const uint8_t *data = wire_tx(channel->wire, &len);

	(void)events;
	if (len > 0)
		(void)write_some(channel, data, len);
	else if (!channel->owner.on_idle(channel->owner.context))
		ev_io_stop(loop, &channel->writable);
}

void channel_open(struct channel *channel, struct ev_loop *loop, int fd,
		  struct wire *wire, const struct channel_owner *owner)
{
	*channel = (struct channel){
		.loop = loop,
		.owner = *owner,
		.wire = wire,
		.fd = fd,
		.acked = wire->outbox->acked,
	};
	ev_io_init(&channel->readable, on_port_readable, fd, EV_READ);
	ev_io_init(&channel->writable, on_port_writable, fd, EV_WRITE);
	ev_timer_init(&channel->away, on_port_away, AWAY_PAUSE_S, 0);
	channel->readable.data = channel;
	channel->writable.data = channel;
	channel->away.data = channel;
	ev_io_start(loop, &channel->readable);
	ev_io_start(loop, &channel->writable);
}

int channel_send(struct channel *channel, Pb__Envelope *envelope)
{
	int rc = wire_send(channel->wire, envelope);

	if (rc == 0)
		channel_kick(channel);
	return rc;
}

bool channel_has_room(const struct channel *channel)
{
	return outbox_has_room(channel->wire->outbox, RESERVE_BYTES,
			       RESERVE_FRAMES);
}

void channel_push(struct channel *channel)
{
	const uint8_t *data;
	size_t len;

	if (ev_is_active(&channel->away))
		return;
	do
		data = wire_tx(channel->wire, &len);
	while (len > 0 && write_some(channel, data, len));
}

void channel_kick(struct channel *channel)
{
	if (!ev_is_active(&channel->away))
		ev_io_start(channel->loop, &channel->writable);
}
