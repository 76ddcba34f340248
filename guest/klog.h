/* SPDX-License-Identifier: GPL-2.0-or-later */
/* klog - the kernel's log on its way to the host: guest/kmsg.h on the loop.
 *
 * Records are read from boot on and sent in batches. While the outbox is too
 * full for what may wait, the kernel's own ring keeps them for us.
 */
#pragma once

#include "guest/channel.h"
#include "guest/job.h"
#include "guest/kmsg.h"

struct klog {
	struct channel *channel;
	struct job *job;
	struct kmsg kmsg;
	ev_io io;
	ev_timer later;
};

/* Goes on at job->kmsg_next. A log that can't be read is warned of. */
void klog_open(struct klog *klog, struct channel *channel, struct job *job);
/* A test begins: its own flood cap counts from here. */
void klog_begin_test(struct klog *klog);
/* Sends what is there now, up to a bound, for it belongs to what was until
 * now. Returns the next record's sequence number. */
uint64_t klog_drain(struct klog *klog);
