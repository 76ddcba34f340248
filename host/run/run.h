/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run - one run of a plan: boots VMs until every test has its verdict.
 *
 * The one funnel: all that happens becomes an event, and run_on_event() puts
 * it into the journal first, then into the result and the schedule, then
 * shows it to the observer. What can't be journalled ends the run. The result
 * of a run is thus always what `fstvm report` would make of its journal.
 */
#pragma once

#include "host/record/journal.h"
#include "host/record/outdir.h"
#include "host/record/result.h"
#include "host/vm/kernel.h"
#include "host/vm/vng.h"
#include "host/warm/warm.h"

struct run_observer {
	void (*on_event)(void *context, const Pb__Event *event,
			 const struct result *result);
	void (*on_console_line)(void *context, struct bytes line);
	void (*on_second)(void *context, const struct result *result);
	void *context;
};

struct run_spec {
	struct outdir *outdir;
	struct journal *journal;
	struct result *result;
	const Pb__RunStarted *started; /* the plan and all settings */
	uint64_t timeout_ms;	       /* of the tests, from now on; 0: none */
	const struct kernel *kernel;
	const char *vmlinux; /* with debug information; NULL: see debuginfo.h */
	const struct vng_spec *vng; /* but for what each boot has of its own */
	struct warm *warm;	    /* or NULL */
	bool init_may_change;	    /* to vng's own, after a fruitless boot */
	const char *runtime_dir;
	uint64_t setup_timeout_ms;
	uint64_t silence_ms; /* 0: by the measured slowness */
	const char *const
		*environment; /* for check; NULL-terminated, or NULL */
	struct run_observer observer;
};

/* Runs all of it. The first event is the caller's: RunStarted, or RunResumed
 * of a journal that has been applied to the result and replayed through
 * run_replay(). 0, or negative errno when the machinery failed: run_why()
 * then says how. */
struct run;
must_check int run_create(struct run **ret_run, const struct run_spec *spec);
void run_destroy(struct run *run);
/* An event of the journal that is to be gone on with. */
must_check int run_replay(struct run *run, const Pb__Event *event);
/* Journals the first event and runs to the end. */
must_check int run_execute(struct run *run, Pb__Event *first);
/* Why it failed; "" when it did not. */
const char *run_why(const struct run *run);
