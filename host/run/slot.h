/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slot - the place of one VM in a run: one boot after the other.
 *
 * A boot gets its job (bootjob.h), and what the VM says is turned into the
 * run's events: files are stored, the kernel's problems watched for, and a test
 * that its VM has taken with it gets the controller's verdict.
 */
#pragma once

#include "host/kernel/recordlog.h"
#include "host/record/bootlog.h"
#include "host/run/bootjob.h"
#include "host/run/deposit.h"
#include "host/run/kernelwatch.h"
#include "host/run/postmortem.h"
#include "host/run/symboliser.h"
#include "host/vm/vm.h"

struct slot_owner {
	int (*on_event)(void *context, Pb__Event *event);
	int (*on_log)(void *context, const Pb__LogChunk *chunk);
	/* The VM is over, inside one of its callbacks: boot later. */
	void (*on_over)(void *context);
	/* Our machinery failed, and at what. */
	void (*failed)(void *context, int error, const char *what);
	void *context;
};

struct slot {
	/* Set by the owner, for slot_init(). */
	uint32_t index;
	struct ev_loop *loop;
	const struct run_spec *run;
	const struct schedule *schedule;
	struct artifact_quota *quota;
	struct artifact_quota *evidence_quota;
	int log_fd;
	struct slot_owner owner;

	bool active; /* there is a VM */
	struct vng_spec vng;
	struct vm vm;
	struct bootjob job;
	int console_fd;
	char console_log[BOOTLOG_NAME];
	struct deposit deposit;
	struct kernelwatch *watch;
	struct symboliser symboliser;
	struct postmortem postmortem;
	struct recordlog ring; /* the kernel's own, of a VM that is gone */
};

void slot_init(struct slot *slot, const struct slot *as);
/* Starts a VM with what is to be run: 1. Or there is nothing to do, or no
 * sense in it: 0, and *ret_end says how the run ends. Negative errno: owner's
 * failed() was told. boot: its number in the run. */
must_check int slot_boot(struct slot *slot, uint32_t boot, Pb__RunEnd *ret_end);
