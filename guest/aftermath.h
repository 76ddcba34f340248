/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aftermath - has a test left the guest as it was?
 *
 * Looked at when check is past the test and has not begun the next one, or,
 * when the test ended well, as soon as its processes are gone: check waits
 * then, and what it does afterwards leaves nothing but its own mounts. Things
 * (guest/baseline.h) and processes of the test are counted without a fork.
 * After a test that did not end well a child looks closely as well, for it may
 * block: is a file system frozen, does something of the kernel still hold a
 * device?
 *
 * A guest that is not clean is given up: no clean-up of ours can be sure, and a
 * fresh VM is a matter of seconds.
 */
#pragma once

#include "guest/child.h"
#include "guest/job.h"
#include "guest/scope.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	AFTERMATH_MS = 10000,
	/* A loop device is detached when its last user closes it, and that may
	 * be udev: what is left must still be there after this time. */
	AFTERMATH_SETTLE_MS = 2000,
};

struct aftermath {
	struct ev_loop *loop;
	struct job *job;
	struct child child;
	ev_timer tick;
	const struct scope *scope;
	uint64_t deadline_ns;
	bool closely;
	bool settles;		   /* things may yet go by themselves */
	bool runs;		   /* that, or the child */
	char output[512];	   /* of the child */
	char text[LIMIT_TEXT + 1]; /* what is left over; "": nothing */
	void (*on_done)(void *context);
	void *context;
};

void aftermath_init(struct aftermath *aftermath, struct ev_loop *loop,
		    struct job *job, void (*on_done)(void *context),
		    void *context);
/* Returns whether text says it already; else on_done is called when it does.
 * scope is looked at until then. */
must_check bool aftermath_look(struct aftermath *aftermath,
			       const struct scope *scope, bool closely);
/* Whether no thing is left over, now. Not while a look goes on. */
must_check bool aftermath_has_nothing(struct aftermath *aftermath);
void aftermath_stop(struct aftermath *aftermath);
