/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cable - what lies between controller and agent, and can be bad.
 *
 * Two socketpairs with this in the middle, on the test's loop. Each direction
 * can be slow (a byte at a time, each read before the next is sent), held (not
 * read at all), filtered frame by frame, and have foreign bytes put in.
 */
#pragma once

#include "shared/frame.h"

#include "fstvm.pb-c.h"

#include <ev.h>
#include <stdbool.h>

enum cable_fate {
	CABLE_PASS,
	CABLE_DROP,
	CABLE_TEAR, /* its first half only */
	CABLE_TWICE,
};

/* Decides over every frame of one direction; NULL: bytes pass as they are. */
typedef enum cable_fate cable_filter(void *context, const struct frame *frame);

struct cable_side {
	struct ev_loop *loop;
	int from;
	int to;
	ev_io readable;
	ev_io writable;
	bool slow;
	bool held;
	bool ended; /* end of file from this side */
	cable_filter *filter;
	void *filter_context;
	struct frame_decoder decoder;
	uint8_t *storage;
	uint8_t *waiting; /* to be written */
	size_t start, end, cap;
	uint64_t frames; /* seen by the filter */
};

struct cable {
	struct cable_side to_host;
	struct cable_side to_guest;
	int host_fd;  /* for the controller, which takes it over */
	int guest_fd; /* for the agent; the caller closes it here */
};

void cable_open(struct cable *cable, struct ev_loop *loop);
void cable_close(struct cable *cable);
/* A filter must be set before the first byte. */
void cable_filter_with(struct cable_side *side, cable_filter *callback,
		       void *context);
/* Which message a frame holds, for a filter. */
Pb__Envelope__BodyCase cable_body_of(const struct frame *frame);
void cable_hold(struct cable_side *side);
void cable_release(struct cable_side *side);
/* Foreign bytes, after those that wait already. */
void cable_put(struct cable_side *side, const void *data, size_t len);
