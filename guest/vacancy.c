/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vacancy - the wait until processes that were killed are gone. */
#include "guest/vacancy.h"

#include "shared/fd.h"

#include <limits.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LOOK_S 0.02
/* Where the cgroup tells, to be sure. */
#define LOOK_RARELY_S 0.5

void vacancy_stop(struct vacancy *vacancy)
{
	ev_timer_stop(vacancy->loop, &vacancy->look);
	if (vacancy->fd < 0)
		return;
	ev_io_stop(vacancy->loop, &vacancy->io);
	fd_close(&vacancy->fd);
}

static void look(struct vacancy *vacancy)
{
	if (!vacancy->is_vacant(vacancy->context) &&
	    ev_now(vacancy->loop) < vacancy->until)
		return;
	vacancy_stop(vacancy);
	vacancy->on_over(vacancy->context);
}

static void on_vacancy_look(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	look(timer->data);
}

static void on_vacancy_event(struct ev_loop *loop, ev_io *io, int events)
{
	_Alignas(struct inotify_event) char
		event[sizeof(struct inotify_event) + NAME_MAX + 1];
	struct vacancy *vacancy = io->data;

	(void)loop;
	(void)events;
	while (read(vacancy->fd, event, sizeof(event)) > 0)
		;
	look(vacancy);
}

void vacancy_init(struct vacancy *vacancy, struct ev_loop *loop,
		  bool (*is_vacant)(void *context),
		  void (*on_over)(void *context), void *context)
{
	*vacancy = (struct vacancy){
		.loop = loop,
		.fd = -1,
		.is_vacant = is_vacant,
		.on_over = on_over,
		.context = context,
	};
	ev_timer_init(&vacancy->look, on_vacancy_look, LOOK_S, LOOK_S);
	vacancy->look.data = vacancy;
}

void vacancy_wait(struct vacancy *vacancy, const struct scope *scope,
		  double seconds)
{
	vacancy_stop(vacancy);
	vacancy->until = ev_now(vacancy->loop) + seconds;
	vacancy->fd = scope != NULL ? scope_watch(scope) : -1;
	vacancy->look.repeat = vacancy->fd < 0 ? LOOK_S : LOOK_RARELY_S;
	ev_timer_again(vacancy->loop, &vacancy->look);
	if (vacancy->fd < 0)
		return;
	ev_io_init(&vacancy->io, on_vacancy_event, vacancy->fd, EV_READ);
	vacancy->io.data = vacancy;
	ev_io_start(vacancy->loop, &vacancy->io);
	/* It may have been empty before it was watched. */
	look(vacancy);
}
