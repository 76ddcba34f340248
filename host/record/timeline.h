/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timeline - when a boot came how far.
 *
 * Each mark is the controller's CLOCK_MONOTONIC when the event was journalled,
 * 0 while it has not come. Of events that come more than once the first
 * counts, but for the last test's end and the link's: there the last one.
 */
#pragma once

#include "journal.pb-c.h"

enum timeline_mark {
	TIMELINE_STARTED,   /* vng was */
	TIMELINE_CONNECTED, /* QEMU runs */
	TIMELINE_HELLO,	    /* the agent runs */
	TIMELINE_SET_UP,    /* devices and filesystems are made */
	TIMELINE_CHECK,	    /* check is started */
	TIMELINE_FIRST_TEST,
	TIMELINE_LAST_TEST,   /* ended */
	TIMELINE_FINISHED,    /* the job; what follows is the power-off */
	TIMELINE_LINK_CLOSED, /* QEMU is gone */
	TIMELINE_ENDED,	      /* nothing of the VM is left */
	TIMELINE_MARKS,
};

struct timeline {
	uint64_t mono_ns[TIMELINE_MARKS];
};

/* "started", "connected", … */
const char *timeline_mark_name(enum timeline_mark mark);
/* Takes the time of an event of this boot; any event is safe. */
void timeline_apply(struct timeline *timeline, const Pb__Event *event);
