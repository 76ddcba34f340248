/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invocation - what one fstvm that runs tests holds, and its run.
 *
 * The same for a new run and for one that is gone on with: the caller opens
 * the run directory, the journal and the files of virtio devices, and says
 * what the first event is.
 */
#pragma once

#include "host/cli/disks.h"
#include "host/cli/prepare.h"
#include "host/record/journal.h"
#include "host/record/outdir.h"
#include "host/record/result.h"
#include "host/report/progress.h"
#include "host/warm/warm.h"

struct invocation {
	struct options options;
	struct prepared *prepared;
	struct outdir outdir;
	struct journal journal;
	struct result *result;
	struct disks disks;
	struct warm warm;
	bool has_warm;
	struct progress *progress;
};

/* Options are the caller's, and stay. */
must_check int invocation_init(struct invocation *invocation);
void invocation_deinit(struct invocation *invocation);
/* Runs it to its end, reports, and returns the exit status. `first` is
 * RunStarted, or RunResumed of a journal whose events are in the result. */
int invocation_run(struct invocation *invocation, const Pb__RunStarted *started,
		   Pb__Event *first);
