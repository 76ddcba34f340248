/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channel - the host's end of a VM's channel on libev. */
#include "host/link/channel.h"

#include "host/link/listener.h"
#include "shared/fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHANNEL_READ_BYTES = 64 * 1024 };

static void close_connection(struct channel *channel)
{
	if (channel->fd < 0)
		return;
	ev_io_stop(channel->loop, &channel->readable);
	ev_io_stop(channel->loop, &channel->writable);
	fd_close(&channel->fd);
}

static void connection_is_over(struct channel *channel)
{
	close_connection(channel);
	channel->owner.on_closed(channel->owner.context);
}

/* Whether the channel is still open afterwards. */
static bool deliver(struct channel *channel)
{
	const struct channel_owner *owner = &channel->owner;
	const Pb__Envelope *envelope;
	uint64_t sequence;
	int rc;

	while ((rc = wire_next(&channel->wire, &envelope, &sequence)) == 1) {
		rc = owner->on_message(owner->context, envelope);
		if (rc < 0)
			return false;
		wire_accept(&channel->wire, sequence);
	}
	if (rc == 0)
		return true;
	close_connection(channel);
	owner->on_broken(owner->context, channel->wire.why);
	return false;
}

static void on_channel_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct channel *channel = io->data;
	size_t room;
	uint8_t *to = wire_rx_room(&channel->wire, &room);
	ssize_t n;

	(void)events;
	if (room > CHANNEL_READ_BYTES)
		room = CHANNEL_READ_BYTES;
	n = read(channel->fd, to, room);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		connection_is_over(channel);
		return;
	}
	wire_rx_filled(&channel->wire, (size_t)n);
	if (deliver(channel) && channel->fd >= 0)
		ev_io_start(loop, &channel->writable);
}

static void on_channel_writable(struct ev_loop *loop, ev_io *io, int events)
{
	struct channel *channel = io->data;
	size_t len;
	const uint8_t *data = wire_tx(&channel->wire, &len);
	ssize_t n;

	(void)events;
	if (len == 0) {
		ev_io_stop(loop, io);
		return;
	}
	n = send(channel->fd, data, len, MSG_NOSIGNAL);
	if (n > 0)
		wire_tx_done(&channel->wire, (size_t)n);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		/* What it has sent before it went is still to be read. */
		ev_io_stop(loop, io);
}

static void connect_to(struct channel *channel, int fd)
{
	channel->fd = fd;
	ev_io_init(&channel->readable, on_channel_readable, fd, EV_READ);
	ev_io_init(&channel->writable, on_channel_writable, fd, EV_WRITE);
	channel->readable.data = channel;
	channel->writable.data = channel;
	ev_io_start(channel->loop, &channel->readable);
	ev_io_start(channel->loop, &channel->writable);
}

static void on_channel_connection(struct ev_loop *loop, ev_io *io, int events)
{
	struct channel *channel = io->data;
	pid_t peer = 0;
	int fd = listener_accept(io->fd, &peer);

	(void)events;
	if (fd < 0)
		return;
	ev_io_stop(loop, io);
	fd_close(&channel->listening_fd);
	connect_to(channel, fd);
	channel->owner.on_connected(channel->owner.context, peer);
}

static int channel_init(struct channel *channel, struct ev_loop *loop,
			const struct channel_owner *owner)
{
	*channel = (struct channel){
		.loop = loop,
		.owner = *owner,
		.listening_fd = -1,
		.fd = -1,
		.storage = aligned_alloc(16, (sizeof(*channel->storage) + 15) &
						     ~(size_t)15),
		.outbox = malloc(sizeof(*channel->outbox)),
	};
	if (channel->storage == NULL || channel->outbox == NULL) {
		channel_close(channel);
		return -ENOMEM;
	}
	outbox_init(channel->outbox);
	wire_init(&channel->wire, channel->storage, channel->outbox,
		  &channel->received_upto, false);
	return 0;
}

int channel_open(struct channel *channel, struct ev_loop *loop,
		 const char *path, const struct channel_owner *owner)
{
	int rc = channel_init(channel, loop, owner);

	if (rc < 0)
		return rc;
	channel->listening_fd = listener_open(path);
	if (channel->listening_fd < 0) {
		rc = channel->listening_fd;
		channel_close(channel);
		return rc;
	}
	ev_io_init(&channel->listening, on_channel_connection,
		   channel->listening_fd, EV_READ);
	channel->listening.data = channel;
	ev_io_start(loop, &channel->listening);
	return 0;
}

int channel_attach(struct channel *channel, struct ev_loop *loop, int fd,
		   const struct channel_owner *owner)
{
	int rc = channel_init(channel, loop, owner);

	if (rc == 0)
		connect_to(channel, fd);
	return rc;
}

void channel_close(struct channel *channel)
{
	close_connection(channel);
	if (channel->listening_fd >= 0) {
		ev_io_stop(channel->loop, &channel->listening);
		fd_close(&channel->listening_fd);
	}
	free(channel->storage);
	free(channel->outbox);
	channel->storage = NULL;
	channel->outbox = NULL;
}

int channel_send(struct channel *channel, Pb__Envelope *envelope)
{
	int rc;

	if (channel->fd < 0)
		return -ENOTCONN;
	rc = wire_send(&channel->wire, envelope);
	if (rc == 0)
		ev_io_start(channel->loop, &channel->writable);
	return rc;
}

int channel_resume(struct channel *channel, uint64_t received_upto)
{
	int rc = wire_resume(&channel->wire, received_upto);

	if (rc == 0)
		ev_io_start(channel->loop, &channel->writable);
	return rc;
}

bool channel_is_connected(const struct channel *channel)
{
	return channel->fd >= 0;
}
