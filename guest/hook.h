/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook - where check meets the agent: the server behind the shims.
 *
 * check calls `logger`, `systemd-run` and `systemctl` around each test; these
 * are links to this program (guest/shim.h) and ask here, over a SEQPACKET
 * socket in the abstract namespace, one request and one reply a connection.
 * check stands still until the reply: that is how a test is known to the host
 * before it starts. The supervisor owns the listening socket, so that requests
 * wait, and are not refused, while the agent is being replaced; a client whose
 * connection breaks asks again, and every request may safely come twice.
 */
#pragma once

#include "shared/latency.h"
#include "shared/limits.h"
#include "shared/must.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define HOOK_SOCKET "fstvm-hook" /* after the NUL of an abstract name */

enum hook_kind {
	HOOK_TEST_STARTS = 1, /* name: the test */
	HOOK_SCOPE_BEGIN,     /* pid: the test's process, not yet released */
	HOOK_SCOPE_END,	      /* status: of that process, as waitpid() has it */
	HOOK_SCOPE_STOP,      /* end what the test has left running */
	HOOK_KINDS,
};

struct hook_request {
	uint32_t kind;
	int32_t pid;
	int32_t status;
	char name[LIMIT_NAME];
};

struct hook_reply {
	uint32_t done;
};

enum { HOOK_CLIENTS = 8 };

struct hook;

struct hook_client {
	struct hook *hook;
	ev_io io;
	int fd;		   /* -1: free */
	bool waits;	   /* the request is taken, its reply is due */
	uint64_t taken_ns; /* when it was */
	struct hook_request request;
};

/* The owner answers with hook_reply(), at once or later. */
typedef void hook_handler(void *context, struct hook_client *client);

struct hook {
	struct ev_loop *loop;
	ev_io io;
	hook_handler *handler;
	void *context;
	struct hook_client clients[HOOK_CLIENTS];
	struct latency latency[HOOK_KINDS]; /* of the replies */
};

/* The listening socket; root's connections only are taken from it. */
must_check int hook_listen(void);
void hook_open(struct hook *hook, struct ev_loop *loop, int listening_fd,
	       hook_handler *handler, void *context);
/* Lets the shim go on. */
void hook_reply(struct hook_client *client);
/* Replies to every waiting request of this kind. */
void hook_reply_all(struct hook *hook, enum hook_kind kind);
/* Gives every waiting request of this kind to the owner once more. */
void hook_ask_again(struct hook *hook, enum hook_kind kind);
