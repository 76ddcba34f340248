/* SPDX-License-Identifier: GPL-2.0-or-later */
/* played_qemu - QEMU's side of the monitor's socket, for unit tests. */
#pragma once

#include "host/vm/qmp.h"
#include "shared/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

struct played_qemu {
	char directory[40];
	char path[64]; /* of the socket */
	struct ev_loop *loop;
	struct qmp qmp; /* the other side */
	int fd;
};

static inline int played_open(struct played_qemu *qemu)
{
	*qemu = (struct played_qemu){.fd = -1};
	snprintf(qemu->directory, sizeof(qemu->directory),
		 "/tmp/fstvm-test-qmp.XXXXXX");
	if (mkdtemp(qemu->directory) == NULL)
		return -1;
	snprintf(qemu->path, sizeof(qemu->path), "%s/q", qemu->directory);
	qemu->loop = ev_loop_new(0);
	return qmp_open(&qemu->qmp, qemu->loop, qemu->path);
}

static inline int played_close(struct played_qemu *qemu)
{
	qmp_close(&qemu->qmp);
	fd_close(&qemu->fd);
	ev_loop_destroy(qemu->loop);
	unlink(qemu->path);
	return rmdir(qemu->directory);
}

/* All that can happen now. */
static inline void played_turn(struct played_qemu *qemu)
{
	for (int i = 0; i < 8; i++)
		ev_run(qemu->loop, EVRUN_NOWAIT);
}

static inline void played_connect(struct played_qemu *qemu)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	memcpy(address.sun_path, qemu->path, strlen(qemu->path));
	qemu->fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(
		connect(qemu->fd, (struct sockaddr *)&address, sizeof(address)),
		0);
	played_turn(qemu);
}

static inline void played_say(struct played_qemu *qemu, const char *text)
{
	assert_int_equal(write(qemu->fd, text, strlen(text)), strlen(text));
	played_turn(qemu);
}

/* What it was asked; valid until the next call. */
static inline const char *played_hear(struct played_qemu *qemu)
{
	static char text[32768];
	ssize_t n;

	played_turn(qemu);
	n = read(qemu->fd, text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	return text;
}
