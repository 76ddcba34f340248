/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bulk - what goes to the host when nothing else has to: check's output, and
 * the files that tests have left.
 *
 * One piece at a time, asked for by the channel when it is idle, so that a
 * test event never waits behind more than one piece.
 */
#pragma once

#include "guest/channel.h"
#include "guest/collect.h"
#include "guest/job.h"

struct bulk {
	struct channel *channel;
	struct job *job;
	struct collect collect;
	bool collects; /* collect is open */
};

void bulk_init(struct bulk *bulk, struct channel *channel, struct job *job);
/* From now on what tests leave is collected. */
void bulk_collect(struct bulk *bulk, const Pb__RunSpec *spec);
/* Sends one piece; false: there is none now, or no room. */
bool bulk_send(struct bulk *bulk);
/* Bytes of artifacts that wait. */
uint64_t bulk_backlog(const struct bulk *bulk);
/* Says how much of what waits is given up. */
void bulk_tell_left(struct bulk *bulk);
/* Says how many files were dropped because too many waited, if any were. */
void bulk_tell_dropped(struct bulk *bulk);
