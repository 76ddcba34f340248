/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qmp - a VM's QEMU asked and told, by its machine protocol, on libev.
 *
 * As with the channel the controller listens, in the private directory, before
 * QEMU is started, and QEMU is the client: accept() and no polling, no socket
 * file that somebody else could take, nothing on TCP. Only a process of our
 * own user is let in, once.
 *
 * One command at a time, each with its deadline; QEMU answers in order, and an
 * answer that came too late is recognised by its id and dropped. What breaks
 * the protocol (a line over QMPLINE_MAX, JSON that is none) closes the
 * connection: a VM can do without, it then has no investigation.
 */
#pragma once

#include "host/vm/qmpline.h"

#include <ev.h>
#include <stdbool.h>

/* 0 and the value of "return"; or -EREMOTEIO and QEMU's words (or NULL),
 * -ETIMEDOUT, -ECONNRESET: value is then NULL. Borrowed for the call. It may
 * give the next command. */
typedef void qmp_answer(void *context, int error, const json_t *value);

enum qmp_state {
	QMP_LISTENING,
	QMP_GREETING, /* QEMU is there; until it has said so */
	QMP_ENABLING, /* until qmp_capabilities is answered */
	QMP_IDLE,
	QMP_ASKED, /* a command is under way */
	QMP_CLOSED,
};

struct qmp {
	struct ev_loop *loop;
	enum qmp_state state;
	int listening_fd;
	int fd;
	ev_io listening;
	ev_io readable;
	ev_io writable;
	ev_timer deadline;
	char *input; /* QMPLINE_MAX bytes */
	size_t input_used;
	size_t input_seen; /* of them no line's end is in these */
	char output[QMPLINE_COMMAND];
	size_t output_len;
	size_t output_sent;
	json_int_t id;
	qmp_answer *answer;
	void *context;
};

/* Binds and listens at path, at most 107 bytes. */
must_check int qmp_open(struct qmp *qmp, struct ev_loop *loop,
			const char *path);
/* A command under way is forgotten. Also of one that is zero. */
void qmp_close(struct qmp *qmp);
/* -ENOTCONN: QEMU is not (or no longer) there; -EBUSY: one is under way;
 * else as qmpline_write(). arguments are taken over, also on failure. */
must_check int qmp_ask(struct qmp *qmp, const char *command, json_t *arguments,
		       uint64_t timeout_ms, qmp_answer *answer, void *context);
/* The same with a line for QEMU's human monitor; value is a string. */
must_check int qmp_ask_monitor(struct qmp *qmp, const char *line,
			       uint64_t timeout_ms, qmp_answer *answer,
			       void *context);
bool qmp_is_ready(const struct qmp *qmp);
