/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vacancy - the wait until processes that were killed are gone.
 *
 * A cgroup says itself when its last process has ended; for what is in none it
 * is looked at every 20 ms. What SIGKILL does not end in time is left.
 */
#pragma once

#include "guest/scope.h"

#include <ev.h>

/* For what a test has left running. */
#define VACANCY_WAIT_S 5.0

struct vacancy {
	struct ev_loop *loop;
	ev_io io;      /* of the scope's events */
	ev_timer look; /* again */
	int fd;
	double until;
	bool (*is_vacant)(void *context);
	void (*on_over)(void *context);
	void *context;
};

void vacancy_init(struct vacancy *vacancy, struct ev_loop *loop,
		  bool (*is_vacant)(void *context),
		  void (*on_over)(void *context), void *context);
/* on_over() is called once, perhaps at once: all is gone, or no more is waited
 * for. scope: whose processes are waited for, or NULL: others too. */
void vacancy_wait(struct vacancy *vacancy, const struct scope *scope,
		  double seconds);
void vacancy_stop(struct vacancy *vacancy);
