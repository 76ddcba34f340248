/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aftermath - has a test left the guest as it was? */
#include "guest/aftermath.h"

#include "guest/mounts.h"
#include "guest/task.h"
#include "shared/clock.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#define TICK_S 0.02

enum { NAMED_PROCESSES = 8, PROCESSES = 64 };

static void add(struct aftermath *aftermath, const char *thing)
{
	size_t used = strlen(aftermath->text);

	if (thing[0] == '\0')
		return;
	if (used > 0)
		used += bytes_copy_string(aftermath->text + used,
					  sizeof(aftermath->text) - used, ", ");
	bytes_copy_string(aftermath->text + used,
			  sizeof(aftermath->text) - used, thing);
}

static void add_processes(struct aftermath *aftermath,
			  const struct scope *scope)
{
	pid_t pids[PROCESSES];
	int count = scope_pids(scope, pids, PROCESSES);
	char words[TASK_WORDS];
	char thing[TASK_WORDS + 16];

	for (int i = 0; i < count && i < NAMED_PROCESSES; i++) {
		task_describe(pids[i], words, sizeof(words));
		if (words[0] == '\0')
			continue;
		snprintf(thing, sizeof(thing), "process %s", words);
		add(aftermath, thing);
	}
}

/* ---- the close look ---- */

/* What was frozen is not any more: the VM is given up anyway. */
static void look_at_mount(const char *path, struct why *why)
{
	fd_auto int fd = -1;

	if (path[0] == '\0' || !mounts_is_mounted(path))
		return;
	fd = fd_open(path, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		(void)why_failed(why, fd, "the file system on %s", path);
	else if (ioctl(fd, FITHAW, 0) == 0)
		(void)why_is(why, 0, "frozen file system on %s", path);
}

/* check unmounts it as a rule, and the next test does: when it can. */
static void look_at_scratch(const char *path, struct why *why)
{
	look_at_mount(path, why);
	if (path[0] != '\0' && mounts_is_mounted(path) &&
	    umount2(path, UMOUNT_NOFOLLOW) < 0)
		(void)why_failed(why, -errno, "the file system on %s", path);
}

/* A superblock that is frozen, or a table of device-mapper, keeps it. */
static void look_at_device(const char *path, struct why *why)
{
	fd_auto int fd = -1;

	if (path[0] == '\0')
		return;
	fd = fd_open(path, O_RDONLY | O_EXCL | O_NONBLOCK, 0);
	if (fd == -EBUSY)
		(void)why_is(why, 0, "%s held by the kernel", path);
}

static void look_at_pool(const struct job_places *places, struct why *why)
{
	char pool[LIMIT_TEXT];
	char *at = pool;
	char *device;

	bytes_copy_string(pool, sizeof(pool), places->scratch_pool);
	while ((device = strsep(&at, " ")) != NULL)
		look_at_device(device, why);
}

static int look_body(void *context, struct why *why)
{
	const struct job_places *places = context;

	/* If this hangs for ever, a shim that waits must not wait for us. */
	close_range(3, ~0U, 0);
	look_at_mount(places->test_dir, why);
	look_at_scratch(places->scratch_mnt, why);
	if (why->text[0] != '\0')
		return 0;
	look_at_device(places->scratch_dev, why);
	look_at_pool(places, why);
	look_at_device(places->logwrites_dev, why);
	return 0;
}

static void finish(struct aftermath *aftermath)
{
	bool well = child_succeeded(&aftermath->child);

	aftermath_stop(aftermath);
	add(aftermath,
	    well ? aftermath->output : "file systems that do not answer");
	aftermath->on_done(aftermath->context);
}

static void begin(struct aftermath *aftermath, uint64_t ms)
{
	aftermath->deadline_ns = clock_mono_ns() + clock_ns_of_ms(ms);
	ev_timer_again(aftermath->loop, &aftermath->tick);
}

static bool start_child(struct aftermath *aftermath)
{
	struct child_plan plan = {
		.body = look_body,
		.context = &aftermath->job->places,
		.output = aftermath->output,
		.output_cap = sizeof(aftermath->output),
	};

	aftermath->runs = child_start(&aftermath->child, &plan) == 0;
	if (!aftermath->runs) {
		log_warning("no process to look at what a test has left");
		return false;
	}
	begin(aftermath, AFTERMATH_MS);
	return true;
}

static void count_things(struct aftermath *aftermath)
{
	static char things[LIMIT_TEXT];

	aftermath->text[0] = '\0';
	(void)baseline_compare(&aftermath->job->baseline,
			       &aftermath->job->places, things, sizeof(things));
	add(aftermath, things);
}

static void count(struct aftermath *aftermath)
{
	count_things(aftermath);
	add_processes(aftermath, aftermath->scope);
}

/* What is left stays; and a guest that is given up needs no closer look. */
static void settle(struct aftermath *aftermath)
{
	count(aftermath);
	if (aftermath->text[0] != '\0' &&
	    clock_mono_ns() < aftermath->deadline_ns)
		return;
	aftermath_stop(aftermath);
	if (aftermath->text[0] == '\0' && aftermath->closely &&
	    start_child(aftermath))
		return;
	aftermath->on_done(aftermath->context);
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct aftermath *aftermath = timer->data;

	(void)loop;
	(void)events;
	if (aftermath->settles)
		settle(aftermath);
	else if (child_look(&aftermath->child) ||
		 clock_mono_ns() >= aftermath->deadline_ns)
		finish(aftermath);
}

void aftermath_init(struct aftermath *aftermath, struct ev_loop *loop,
		    struct job *job, void (*on_done)(void *context),
		    void *context)
{
	*aftermath = (struct aftermath){
		.loop = loop,
		.job = job,
		.on_done = on_done,
		.context = context,
	};
	ev_timer_init(&aftermath->tick, on_tick, TICK_S, TICK_S);
	aftermath->tick.data = aftermath;
}

bool aftermath_look(struct aftermath *aftermath, const struct scope *scope,
		    bool closely)
{
	aftermath->scope = scope;
	aftermath->closely = closely;
	count(aftermath);
	if (aftermath->text[0] == '\0')
		return !closely || !start_child(aftermath);
	aftermath->settles = true;
	aftermath->runs = true;
	begin(aftermath, AFTERMATH_SETTLE_MS);
	return false;
}

bool aftermath_has_nothing(struct aftermath *aftermath)
{
	must(!aftermath->runs);
	count_things(aftermath);
	return aftermath->text[0] == '\0';
}

void aftermath_stop(struct aftermath *aftermath)
{
	ev_timer_stop(aftermath->loop, &aftermath->tick);
	if (aftermath->runs && !aftermath->settles && !aftermath->child.ended)
		child_abandon(&aftermath->child);
	aftermath->runs = false;
	aftermath->settles = false;
}
