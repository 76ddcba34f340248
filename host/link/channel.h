/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channel - the host's end of a VM's channel on libev.
 *
 * The controller listens before QEMU is started; QEMU is the client and comes
 * once. accept() means QEMU is up, end of file that it is gone. Only a process
 * of our own user is let in, and only one: the socket's directory is private,
 * and is closed to others by that already.
 *
 * Messages that were readable are delivered before the end of file is.
 */
#pragma once

#include "shared/wire.h"

#include <ev.h>
#include <sys/types.h>

struct channel_owner {
	void (*on_connected)(void *context, pid_t peer);
	/* 0: taken (for a reliable one: it is in the journal), and so
	 * acknowledged. Negative: the owner has closed the channel. */
	int (*on_message)(void *context, const Pb__Envelope *envelope);
	/* The peer broke the protocol; nothing more is read. */
	void (*on_broken)(void *context, const char *why);
	void (*on_closed)(void *context);
	void *context;
};

struct channel {
	struct ev_loop *loop;
	struct channel_owner owner;
	int listening_fd;
	int fd;
	ev_io listening;
	ev_io readable;
	ev_io writable;
	struct wire wire;
	struct wire_storage *storage;
	struct outbox *outbox;
	uint64_t received_upto;
};

/* Binds and listens at path, at most 107 bytes. */
must_check int channel_open(struct channel *channel, struct ev_loop *loop,
			    const char *path,
			    const struct channel_owner *owner);
/* For tests: a connected socket in place of the listening one. */
must_check int channel_attach(struct channel *channel, struct ev_loop *loop,
			      int fd, const struct channel_owner *owner);
void channel_close(struct channel *channel);
must_check int channel_send(struct channel *channel, Pb__Envelope *envelope);
/* On the Hello of another incarnation of the agent. */
must_check int channel_resume(struct channel *channel, uint64_t received_upto);
bool channel_is_connected(const struct channel *channel);
