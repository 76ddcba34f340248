/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook - where check meets the agent: the server behind the shims. */
#include "guest/hook.h"

#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int hook_listen(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				    strlen(HOOK_SOCKET));
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);
	int error;

	if (fd < 0)
		return -errno;
	memcpy(address.sun_path + 1, HOOK_SOCKET, strlen(HOOK_SOCKET));
	if (bind(fd, (struct sockaddr *)&address, len) == 0 &&
	    listen(fd, HOOK_CLIENTS) == 0)
		return fd;
	error = errno;
	fd_close(&fd);
	return -error;
}

static void drop(struct hook_client *client)
{
	if (client->fd < 0)
		return;
	ev_io_stop(client->hook->loop, &client->io);
	fd_close(&client->fd);
	client->waits = false;
}

void hook_reply(struct hook_client *client)
{
	struct hook_reply reply = {.done = 1};

	if (!client->waits)
		return;
	if (client->request.kind < HOOK_KINDS)
		latency_add(&client->hook->latency[client->request.kind],
			    clock_mono_ns() - client->taken_ns);
	/* A shim that is gone already has no use for it. */
	(void)!send(client->fd, &reply, sizeof(reply),
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	drop(client);
}

void hook_reply_all(struct hook *hook, enum hook_kind kind)
{
	for (int i = 0; i < HOOK_CLIENTS; i++) {
		struct hook_client *client = &hook->clients[i];

		if (client->waits && client->request.kind == kind)
			hook_reply(client);
	}
}

void hook_ask_again(struct hook *hook, enum hook_kind kind)
{
	for (int i = 0; i < HOOK_CLIENTS; i++) {
		struct hook_client *client = &hook->clients[i];

		if (client->waits && client->request.kind == kind)
			hook->handler(hook->context, client);
	}
}

static void on_client_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct hook_client *client = io->data;
	struct hook_request request;
	ssize_t n = recv(client->fd, &request, sizeof(request), MSG_DONTWAIT);

	(void)loop;
	(void)events;
	if (n < 0 && errno == EAGAIN)
		return;
	if (n != sizeof(request) || client->waits) {
		drop(client);
		return;
	}
	request.name[sizeof(request.name) - 1] = '\0';
	client->request = request;
	client->taken_ns = clock_mono_ns();
	client->waits = true;
	client->hook->handler(client->hook->context, client);
}

static bool peer_is_root(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       peer.uid == 0;
}

static struct hook_client *free_client(struct hook *hook)
{
	for (int i = 0; i < HOOK_CLIENTS; i++)
		if (hook->clients[i].fd < 0)
			return &hook->clients[i];
	return NULL;
}

static void on_connection(struct ev_loop *loop, ev_io *io, int events)
{
	struct hook *hook = io->data;
	int fd = accept4(io->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct hook_client *client = free_client(hook);

	(void)events;
	if (fd < 0)
		return;
	if (client == NULL || !peer_is_root(fd)) {
		fd_close(&fd);
		return;
	}
	client->fd = fd;
	client->waits = false;
	ev_io_init(&client->io, on_client_readable, fd, EV_READ);
	client->io.data = client;
	ev_io_start(loop, &client->io);
}

void hook_open(struct hook *hook, struct ev_loop *loop, int listening_fd,
	       hook_handler *handler, void *context)
{
	*hook = (struct hook){
		.loop = loop,
		.handler = handler,
		.context = context,
	};
	for (int i = 0; i < HOOK_CLIENTS; i++) {
		hook->clients[i].fd = -1;
		hook->clients[i].hook = hook;
	}
	ev_io_init(&hook->io, on_connection, listening_fd, EV_READ);
	hook->io.data = hook;
	ev_io_start(loop, &hook->io);
}
