/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reserve - a loop that has the memory that it will ever need. */
#include "guest/reserve.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>

#define NEVER_S 1e6

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)io;
	(void)events;
}

static void reserve_timers(struct ev_loop *loop)
{
	ev_timer timers[RESERVE_WATCHERS];

	for (int i = 0; i < RESERVE_WATCHERS; i++) {
		ev_timer_init(&timers[i], on_timer, NEVER_S, 0);
		ev_timer_start(loop, &timers[i]);
		ev_feed_event(loop, &timers[i], EV_TIMER);
	}
	/* Stopping takes back what is pending, too. */
	for (int i = 0; i < RESERVE_WATCHERS; i++)
		ev_timer_stop(loop, &timers[i]);
}

/* Started and stopped between two turns of the loop: the kernel never hears of
 * it. */
static int reserve_fds(struct ev_loop *loop)
{
	fd_auto int fd = eventfd(0, EFD_CLOEXEC);
	ev_io ios[RESERVE_WATCHERS];
	int fds[RESERVE_WATCHERS];
	int count = 0;
	int rc = 0;

	if (fd < 0)
		return -errno;
	for (; count < RESERVE_WATCHERS && rc == 0; count++) {
		fds[count] = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		rc = fds[count] < 0 ? -errno : 0;
		ev_io_init(&ios[count], on_io, rc < 0 ? fd : fds[count],
			   EV_READ);
		ev_io_start(loop, &ios[count]);
	}
	for (int i = 0; i < count; i++) {
		ev_io_stop(loop, &ios[i]);
		fd_close(&fds[i]);
	}
	return rc;
}

int reserve_loop(struct ev_loop *loop)
{
	reserve_timers(loop);
	return reserve_fds(loop);
}
