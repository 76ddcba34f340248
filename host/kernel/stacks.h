/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stacks - all frames of a report, each with the kind of stack it is in. */
#pragma once

#include "host/kernel/stackframe.h"

enum {
	STACKS_FRAMES_MAX = 512,
};

enum stack_kind {
	STACK_CALL,   /* of the task that the report is about */
	STACK_ALLOC,  /* who allocated the object */
	STACK_FREE,   /* who freed it */
	STACK_LEAK,   /* kmemleak's backtrace */
	STACK_ORIGIN, /* where an uninitialised value comes from */
	STACK_CHAIN,  /* lockdep's dependency chain */
	STACK_HELD,   /* lists of held locks */
	STACK_CPU,    /* another CPU's, sent by NMI */
	STACK_WAITER, /* RCU's thread, which waits for the stalled CPU */
	STACK_BREAK,  /* s390's last jump: not a stack, but who called the PC */
	STACK_OTHER,
};

struct stacks_entry {
	struct stackframe frame;
	enum stack_kind stack;
	unsigned int number; /* of the stack, from 0 */
};

/* Begin with stacks_reset(); the frames need no clearing. */
struct stacks {
	size_t count;
	bool mixed;   /* "forcing a failure" of fault injection stands in it */
	bool foreign; /* and it did in a line since the last frame */
	enum stack_kind kind; /* of the frames to come */
	unsigned int number;
	bool sure; /* some frame of a call is; otherwise doubtful ones count */
	struct stacks_entry frames[STACKS_FRAMES_MAX];
};

void stacks_reset(struct stacks *stacks);

/* The next line of a report; frame: what it says, NULL when it is no frame.
 * Frames beyond the maximum are left out. The frame's name is a view of the
 * caller's, which must last as long as stacks is used. */
void stacks_add(struct stacks *stacks, struct bytes line,
		const struct stackframe *frame);

/* Does a stack begin after this line? */
bool stack_heading(struct bytes line, enum stack_kind *ret_kind);
