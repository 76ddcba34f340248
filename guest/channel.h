/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channel - the guest's end of the channel on libev.
 *
 * Moves bytes between the port and the wire. When nothing of control is
 * waiting it asks for bulk, one piece at a time, so that a piece never keeps a
 * test event waiting for longer than its own write.
 *
 * A virtio port reads as 0 and polls as hung up while the host is away; the
 * descriptor stays good and the host may come back. The port is then looked at
 * every 100 ms, and after CHANNEL_ORPHAN_S the owner is told: a guest without a
 * host has no purpose.
 */
#pragma once

#include "shared/wire.h"

#include <ev.h>

enum { CHANNEL_ORPHAN_S = 30 };

struct channel_owner {
	/* Accepted (and so acknowledged) when it returns 0. A negative return
	 * ends the agent. */
	int (*on_message)(void *context, const Pb__Envelope *envelope);
	/* Makes one plain message with wire_send(); whether it did. */
	bool (*on_idle)(void *context);
	void (*on_acked)(void *context); /* the outbox got shorter */
	void (*on_broken)(void *context, const char *why);
	void *context;
};

struct channel {
	struct ev_loop *loop;
	struct channel_owner owner;
	struct wire *wire;
	int fd;
	ev_io readable;
	ev_io writable;
	ev_timer away;
	double away_since; /* ev_now(); 0: the host is there */
	uint64_t acked;	   /* what on_acked was last told */
};

void channel_open(struct channel *channel, struct ev_loop *loop, int fd,
		  struct wire *wire, const struct channel_owner *owner);
/* wire_send(), and the writing of it is begun. */
must_check int channel_send(struct channel *channel, Pb__Envelope *envelope);
/* Whether there is room for what may wait or be left out, beside that which
 * test events always have. */
bool channel_has_room(const struct channel *channel);
/* Writes what waits at once, as far as the port takes it. */
void channel_push(struct channel *channel);
/* There may be bulk to send again. */
void channel_kick(struct channel *channel);
