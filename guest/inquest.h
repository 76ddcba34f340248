/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inquest - what a guest looks like in which a test, or check, is over its
 * time.
 *
 * Made before anything is killed, in LAYOUT_INQUEST, which is on our own tmpfs:
 *
 *   stacks  each task of the test and of check, and each that sleeps
 *           uninterruptibly: status, wchan, syscall, kernel stack
 *   sysrq   what the kernel says to w (blocked tasks), l (what each CPU does),
 *           d (locks that are held, with lockdep) and, when the VM is given up
 *           afterwards, t (all tasks)
 *
 * A child does it (a file of procfs may block on a task that is stuck), writes
 * as it goes, and is killed at its deadline; what it has written by then
 * counts. See guest/task.h for what is not read.
 */
#pragma once

#include "guest/child.h"
#include "guest/scope.h"
#include "shared/must.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	INQUEST_MS = 4000,
	INQUEST_FILE_BYTES = 4 * 1024 * 1024,
};

struct inquest_order {
	struct scope scope;   /* the test's */
	pid_t session;	      /* check's */
	bool machine_is_ours; /* sysrq may be used */
	bool is_last;	      /* the VM is given up afterwards */
	const char *subject;  /* what is over its time; for the head */
};

struct inquest {
	struct ev_loop *loop;
	struct inquest_order order;
	struct child child;
	ev_timer tick;
	uint64_t deadline_ns;
	bool runs;
	char output[256]; /* of the child: why it has made nothing */
	void (*on_done)(void *context);
	void *context;
};

void inquest_init(struct inquest *inquest, struct ev_loop *loop,
		  void (*on_done)(void *context), void *context);
/* on_done is called from the loop, in about INQUEST_MS at the latest. One that
 * runs is not started again. */
void inquest_start(struct inquest *inquest, const struct inquest_order *order);
void inquest_stop(struct inquest *inquest);
