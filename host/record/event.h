/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event - one thing that happened: an entry of the journal, a step of the fold.
 *
 * An event is a Pb__Event on its maker's stack. Its body is borrowed from who
 * made it and lives as long as that; the journal packs it, the result copies
 * what it keeps. Pure and silent.
 */
#pragma once

#include "journal.pb-c.h"
#include "shared/must.h"

/* Where and when. boot and guest_mono_ns are 0 when it is about no boot. */
struct event_origin {
	uint32_t vm;
	uint32_t boot;
	uint64_t real_ns;
	uint64_t mono_ns;
};

/* An event without a body yet; the caller sets body_case and the body. */
void event_init(Pb__Event *event, const struct event_origin *origin);
/* The event of a guest's message: the body is moved into the event's body of
 * the same name. -ENOMSG for messages that are no events (acks, beats, bulk,
 * and what only the host says); event is then without a body. */
must_check int event_from_guest(Pb__Event *event,
				const struct event_origin *origin,
				const Pb__Envelope *envelope);
/* "test_started"; "unknown" for an event without a known body. */
const char *event_name(const Pb__Event *event);
