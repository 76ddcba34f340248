/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setup - makes the guest fit for check: everything between Hello and check.
 *
 * Modules, mounts, accounts, devices, mkfs, check's configuration: in a child
 * process, for each of it may block or take long, and the agent's heartbeat
 * must not stop. The child reports each step over a pipe; where things are it
 * leaves in the job. The tear-down is the same in reverse.
 */
#pragma once

#include "guest/job.h"

#include "fstvm.pb-c.h"

#include <ev.h>

enum setup_report_kind {
	SETUP_STEP_DONE = 1,
	SETUP_ALL_DONE,
	SETUP_STEP_FAILED,
};

struct setup_report {
	uint32_t kind;
	uint64_t duration_ns;
	char step[LIMIT_NAME];
	char text[512]; /* detail or reason */
};

struct setup {
	struct ev_loop *loop;
	ev_io io;
	int fd;
	pid_t pid;
	bool ended; /* a last report has come */
	void (*on_report)(void *context, const struct setup_report *report);
	void *context;
};

/* The first report that is not SETUP_STEP_DONE is the last one. */
must_check int setup_start(struct setup *setup, struct ev_loop *loop,
			   struct job *job, const Pb__RunSpec *spec,
			   void (*on_report)(void *context,
					     const struct setup_report *report),
			   void *context);
/* Unmount, detach, remove, in a child too; the last report says what could
 * not be. */
must_check int setup_tear_down(
	struct setup *setup, struct ev_loop *loop, struct job *job,
	void (*on_report)(void *context, const struct setup_report *report),
	void *context);
