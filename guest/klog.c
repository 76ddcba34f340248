/* SPDX-License-Identifier: GPL-2.0-or-later */
/* klog - the kernel's log on its way to the host. */
#include "guest/klog.h"

#include "shared/clock.h"
#include "shared/log.h"

enum { DRAIN_BATCHES = 16 };
#define PAUSE_S 0.05

/* Sends one batch; whether there is more to read. */
static bool send_batch(struct klog *klog)
{
	const Pb__KernelRecords *batch;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	bool more = false;
	int rc = 0;

	/* With a full outbox the kernel's own ring keeps them for us. */
	if (klog->kmsg.fd >= 0 && channel_has_room(klog->channel))
		rc = kmsg_next_batch(&klog->kmsg, clock_mono_ns(), &batch,
				     &more);
	if (rc == 1) {
		envelope.body_case = PB__ENVELOPE__BODY_KERNEL_RECORDS;
		envelope.kernel_records = (Pb__KernelRecords *)(uintptr_t)batch;
		klog->job->kmsg_after = klog->kmsg.next;
		job_will_say(klog->job, JOB_SAYS_KERNEL_RECORDS);
		(void)!channel_send(klog->channel, &envelope);
		klog->job->kmsg_next = klog->kmsg.next;
	}
	return more;
}

static void on_klog_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct klog *klog = io->data;
	bool more = send_batch(klog);

	(void)events;
	/* Records come in bursts; a pause makes one message of each. */
	ev_io_stop(loop, io);
	ev_timer_set(&klog->later, more ? 0 : PAUSE_S, 0);
	ev_timer_start(loop, &klog->later);
}

static void on_klog_later(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct klog *klog = timer->data;

	(void)events;
	ev_io_start(loop, &klog->io);
}

void klog_open(struct klog *klog, struct channel *channel, struct job *job)
{
	klog->channel = channel;
	klog->job = job;
	ev_timer_init(&klog->later, on_klog_later, PAUSE_S, 0);
	klog->later.data = klog;
	if (kmsg_open(&klog->kmsg, "/dev/kmsg", job->kmsg_next) < 0) {
		klog->kmsg.fd = -1;
		log_warning("/dev/kmsg can't be read");
		return;
	}
	ev_io_init(&klog->io, on_klog_readable, klog->kmsg.fd, EV_READ);
	klog->io.data = klog;
	ev_io_start(channel->loop, &klog->io);
}

void klog_begin_test(struct klog *klog)
{
	kmsg_begin_test(&klog->kmsg);
}

uint64_t klog_drain(struct klog *klog)
{
	for (int i = 0; i < DRAIN_BATCHES && send_batch(klog); i++)
		;
	return klog->kmsg.next;
}
