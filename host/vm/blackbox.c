/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blackbox - the guest's RAM of one VM, held until the VM is closed. */
#include "host/vm/blackbox.h"

#include <errno.h>

#define SEARCH_S 0.05

enum { TRIES = 400 };

static void look(struct blackbox *box)
{
	int rc = guestram_open(&box->ram, box->qemu, box->group,
			       box->size_bytes);

	if (rc == -ENOENT && ++box->tries < TRIES)
		return;
	ev_timer_stop(box->loop, &box->search);
}

static void on_blackbox_search(struct ev_loop *loop, ev_timer *timer,
			       int events)
{
	(void)loop;
	(void)events;
	look(timer->data);
}

void blackbox_init(struct blackbox *box, struct ev_loop *loop)
{
	*box = (struct blackbox){.loop = loop};
	guestram_init(&box->ram);
	ev_timer_init(&box->search, on_blackbox_search, SEARCH_S, SEARCH_S);
	box->search.data = box;
}

void blackbox_begin(struct blackbox *box, pid_t qemu, pid_t group,
		    uint64_t size_bytes)
{
	box->qemu = qemu;
	box->group = group;
	box->size_bytes = size_bytes;
	ev_timer_again(box->loop, &box->search);
}

void blackbox_guest_is_up(struct blackbox *box)
{
	if (!box->ram.located)
		(void)!guestram_locate(&box->ram);
}

void blackbox_close(struct blackbox *box)
{
	ev_timer_stop(box->loop, &box->search);
	guestram_close(&box->ram);
}
