/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qmp - a VM's QEMU asked and told, by its machine protocol, on libev. */
#include "host/vm/qmp.h"

#include "host/link/listener.h"
#include "shared/fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	READ_BYTES = 64 * 1024,
};

static void forget_connection(struct qmp *qmp)
{
	if (qmp->fd < 0)
		return;
	ev_io_stop(qmp->loop, &qmp->readable);
	ev_io_stop(qmp->loop, &qmp->writable);
	fd_close(&qmp->fd);
}

/* Whoever waits is told, after which anything may have changed. */
static void settle(struct qmp *qmp, enum qmp_state next, int error,
		   const json_t *value)
{
	qmp_answer *answer = qmp->answer;
	bool asked = qmp->state == QMP_ASKED;

	ev_timer_stop(qmp->loop, &qmp->deadline);
	qmp->state = next;
	qmp->answer = NULL;
	if (asked)
		answer(qmp->context, error, value);
}

static void give_up(struct qmp *qmp)
{
	forget_connection(qmp);
	settle(qmp, QMP_CLOSED, -ECONNRESET, NULL);
}

static int send_command(struct qmp *qmp, const char *command, json_t *arguments)
{
	int len = qmpline_write(qmp->output, command, arguments, ++qmp->id);

	if (len < 0)
		return len;
	qmp->output_len = (size_t)len;
	qmp->output_sent = 0;
	ev_io_start(qmp->loop, &qmp->writable);
	return 0;
}

static void take_line(struct qmp *qmp, const struct qmpline *line)
{
	bool answers =
		line->kind == QMPLINE_ANSWER || line->kind == QMPLINE_ERROR;

	if (line->kind == QMPLINE_JUNK)
		give_up(qmp);
	else if (line->kind == QMPLINE_GREETING && qmp->state == QMP_GREETING) {
		qmp->state = QMP_ENABLING;
		if (send_command(qmp, "qmp_capabilities", NULL) < 0)
			give_up(qmp);
	} else if (!answers || line->id != qmp->id) {
		return; /* an event, or an answer nobody waits for any more */
	} else if (qmp->state == QMP_ENABLING) {
		qmp->state = QMP_IDLE;
	} else if (qmp->state == QMP_ASKED) {
		settle(qmp, QMP_IDLE,
		       line->kind == QMPLINE_ERROR ? -EREMOTEIO : 0,
		       line->value);
	}
}

/* Whether there was one. */
static bool next_line(struct qmp *qmp)
{
	char *end = memchr(qmp->input + qmp->input_seen, '\n',
			   qmp->input_used - qmp->input_seen);
	struct qmpline line;
	size_t len;

	if (end == NULL) {
		qmp->input_seen = qmp->input_used;
		return false;
	}
	len = (size_t)(end + 1 - qmp->input);
	qmpline_parse(&line, bytes_of(qmp->input, len));
	memmove(qmp->input, qmp->input + len, qmp->input_used - len);
	qmp->input_used -= len;
	qmp->input_seen = 0;
	take_line(qmp, &line);
	qmpline_clear(&line);
	return true;
}

static void on_qmp_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct qmp *qmp = io->data;
	size_t room = QMPLINE_MAX - qmp->input_used;
	ssize_t n;

	(void)loop;
	(void)events;
	if (room > READ_BYTES)
		room = READ_BYTES;
	n = room > 0 ? read(qmp->fd, qmp->input + qmp->input_used, room) : 0;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) { /* gone, or a line that has no end */
		give_up(qmp);
		return;
	}
	qmp->input_used += (size_t)n;
	while (qmp->fd >= 0 && next_line(qmp))
		;
}

static void on_qmp_writable(struct ev_loop *loop, ev_io *io, int events)
{
	struct qmp *qmp = io->data;
	ssize_t n;

	(void)events;
	if (qmp->output_sent == qmp->output_len) {
		ev_io_stop(loop, io);
		return;
	}
	n = send(qmp->fd, qmp->output + qmp->output_sent,
		 qmp->output_len - qmp->output_sent, MSG_NOSIGNAL);
	if (n > 0)
		qmp->output_sent += (size_t)n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		give_up(qmp);
}

/* QEMU may be stopped, or stuck in a device. */
static void on_qmp_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct qmp *qmp = timer->data;

	(void)loop;
	(void)events;
	settle(qmp, QMP_IDLE, -ETIMEDOUT, NULL);
}

static void on_qmp_connection(struct ev_loop *loop, ev_io *io, int events)
{
	struct qmp *qmp = io->data;
	int fd = listener_accept(io->fd, NULL);

	(void)events;
	if (fd < 0)
		return;
	ev_io_stop(loop, io);
	fd_close(&qmp->listening_fd);
	qmp->fd = fd;
	qmp->state = QMP_GREETING;
	ev_io_init(&qmp->readable, on_qmp_readable, fd, EV_READ);
	ev_io_init(&qmp->writable, on_qmp_writable, fd, EV_WRITE);
	qmp->readable.data = qmp->writable.data = qmp;
	ev_io_start(loop, &qmp->readable);
}

int qmp_open(struct qmp *qmp, struct ev_loop *loop, const char *path)
{
	*qmp = (struct qmp){
		.loop = loop,
		.state = QMP_LISTENING,
		.listening_fd = listener_open(path),
		.fd = -1,
	};
	if (qmp->listening_fd < 0)
		return qmp->listening_fd;
	qmp->input = malloc(QMPLINE_MAX);
	if (qmp->input == NULL) {
		fd_close(&qmp->listening_fd);
		return -ENOMEM;
	}
	ev_timer_init(&qmp->deadline, on_qmp_deadline, 1, 0);
	ev_io_init(&qmp->listening, on_qmp_connection, qmp->listening_fd,
		   EV_READ);
	qmp->deadline.data = qmp->listening.data = qmp;
	ev_io_start(loop, &qmp->listening);
	return 0;
}

void qmp_close(struct qmp *qmp)
{
	if (qmp->input == NULL)
		return;
	forget_connection(qmp);
	ev_timer_stop(qmp->loop, &qmp->deadline);
	if (qmp->listening_fd >= 0) {
		ev_io_stop(qmp->loop, &qmp->listening);
		fd_close(&qmp->listening_fd);
	}
	free(qmp->input);
	qmp->input = NULL;
	qmp->state = QMP_CLOSED;
}

static int ask_error(const struct qmp *qmp)
{
	/* A command that timed out may not even have left. */
	bool busy =
		qmp->state == QMP_ASKED ||
		(qmp->state == QMP_IDLE && qmp->output_sent < qmp->output_len);

	if (busy)
		return -EBUSY;
	return qmp->state == QMP_IDLE ? 0 : -ENOTCONN;
}

int qmp_ask(struct qmp *qmp, const char *command, json_t *arguments,
	    uint64_t timeout_ms, qmp_answer *answer, void *context)
{
	int rc = ask_error(qmp);

	if (rc == 0)
		rc = send_command(qmp, command, arguments);
	json_decref(arguments);
	if (rc < 0)
		return rc;
	qmp->state = QMP_ASKED;
	qmp->answer = answer;
	qmp->context = context;
	ev_timer_set(&qmp->deadline, (double)timeout_ms / 1000.0, 0);
	ev_timer_start(qmp->loop, &qmp->deadline);
	return 0;
}

int qmp_ask_monitor(struct qmp *qmp, const char *line, uint64_t timeout_ms,
		    qmp_answer *answer, void *context)
{
	json_t *arguments = json_pack("{s:s}", "command-line", line);

	if (arguments == NULL)
		return -ENOMEM;
	return qmp_ask(qmp, "human-monitor-command", arguments, timeout_ms,
		       answer, context);
}

bool qmp_is_ready(const struct qmp *qmp)
{
	return qmp->state == QMP_IDLE && qmp->input != NULL;
}
