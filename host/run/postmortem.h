/* SPDX-License-Identifier: GPL-2.0-or-later */
/* postmortem - what is kept of one boot until its end is known to be bad.
 *
 * Then it becomes evidence (host/record/evidence.h) of the test that the VM
 * has taken with it, or of the boot when no test had begun: the console's
 * last lines, the kernel's records of the test, and what ended the VM and
 * when. Others who have something to add do so by postmortem_keep(), at any
 * time of the boot. What is kept is told as an EvidenceStored event.
 *
 * The disk's errors are not the caller's: a run directory that can't be
 * written ends the run by its journal.
 */
#pragma once

#include "host/kernel/recordlog.h"
#include "host/record/evidence.h"
#include "host/run/schedule.h"
#include "host/vm/vm.h"

struct postmortem_owner {
	struct outdir *outdir;
	struct artifact_quota *quota;
	const Pb__RunStarted *started;
	const struct schedule *schedule;
	const struct vm *vm;
	int (*on_event)(void *context, Pb__Event *event);
	void *context;
};

struct postmortem {
	struct postmortem_owner owner;
	struct recordlog records;
	bool in_test; /* what is kept is of this one: */
	uint32_t test;
	uint32_t attempt;
	uint64_t test_mono_ns; /* host clock, at its start */
	uint64_t boot_mono_ns;
	/* Why the kernel's own log was not read, or ""; static text. */
	const char *ring_why;
};

/* -ENOMEM. */
must_check int postmortem_init(struct postmortem *postmortem,
			       const struct postmortem_owner *owner);
void postmortem_deinit(struct postmortem *postmortem);
/* Any event of the boot, after it was applied to the schedule. */
void postmortem_event(struct postmortem *postmortem, const Pb__Event *event);
/* One file. name: see evidence.h; dropped_bytes: left out before it begins. */
void postmortem_keep(struct postmortem *postmortem, const char *name,
		     struct bytes contents, uint64_t dropped_bytes);
/* Whether such an end is one of which something is kept. verdict: of the test
 * that it has taken with it; unspecified: of none. */
bool postmortem_wants(const struct postmortem *postmortem,
		      Pb__VmEndReason reason, Pb__Verdict verdict);
/* The VM has come to its end; nothing is kept of a good one. verdict: of the
 * test that it has taken with it; unspecified: of none. */
void postmortem_ended(struct postmortem *postmortem, Pb__VmEndReason reason,
		      const char *detail, Pb__Verdict verdict);
