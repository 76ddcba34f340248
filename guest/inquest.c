/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inquest - what a guest looks like in which a test is over its time. */
#include "guest/inquest.h"

#include "guest/layout.h"
#include "guest/testimony.h"
#include "shared/beneath.h"
#include "shared/clock.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TICK_S 0.02

/* A fresh directory, of this inquest alone. */
static int make_place(struct why *why)
{
	fd_auto int results =
		fd_open(LAYOUT_RESULTS, O_RDONLY | O_DIRECTORY, 0);
	int rc;

	if (results < 0)
		return why_failed(why, results, LAYOUT_RESULTS);
	rc = beneath_remove_tree(results, LAYOUT_INQUEST_NAME);
	if (rc < 0)
		return why_failed(why, rc, "emptying " LAYOUT_INQUEST);
	if (mkdirat(results, LAYOUT_INQUEST_NAME, 0700) < 0)
		return why_failed(why, -errno, "making " LAYOUT_INQUEST);
	return 0;
}

static int inquest_body(void *context, struct why *why)
{
	const struct inquest_order *order = context;
	int rc = make_place(why);

	/* If this hangs for ever, a shim that waits must not wait for us. */
	close_range(3, ~0U, 0);
	if (rc == 0)
		rc = testimony_stacks(LAYOUT_INQUEST "/stacks", order, why);
	if (rc == 0 && order->machine_is_ours)
		rc = testimony_sysrq(LAYOUT_INQUEST "/sysrq", order, why);
	return rc;
}

static void finish(struct inquest *inquest)
{
	inquest_stop(inquest);
	if (inquest->output[0] != '\0')
		log_warning("%s", inquest->output);
	inquest->on_done(inquest->context);
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct inquest *inquest = timer->data;

	(void)loop;
	(void)events;
	if (child_look(&inquest->child) ||
	    clock_mono_ns() >= inquest->deadline_ns)
		finish(inquest);
}

void inquest_init(struct inquest *inquest, struct ev_loop *loop,
		  void (*on_done)(void *context), void *context)
{
	*inquest = (struct inquest){
		.loop = loop,
		.on_done = on_done,
		.context = context,
	};
	ev_timer_init(&inquest->tick, on_tick, TICK_S, TICK_S);
	inquest->tick.data = inquest;
}

void inquest_start(struct inquest *inquest, const struct inquest_order *order)
{
	struct child_plan plan = {
		.body = inquest_body,
		.context = &inquest->order,
		.output = inquest->output,
		.output_cap = sizeof(inquest->output),
	};

	if (inquest->runs)
		return;
	inquest->order = *order;
	inquest->runs = child_start(&inquest->child, &plan) == 0;
	if (!inquest->runs)
		log_warning("no process to look at what hangs");
	inquest->deadline_ns = clock_mono_ns() +
			       (inquest->runs ? clock_ns_of_ms(INQUEST_MS) : 0);
	ev_timer_again(inquest->loop, &inquest->tick);
}

void inquest_stop(struct inquest *inquest)
{
	ev_timer_stop(inquest->loop, &inquest->tick);
	if (inquest->runs && !inquest->child.ended)
		child_abandon(&inquest->child);
	inquest->runs = false;
}
