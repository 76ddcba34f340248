/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prepare - from a command line to all that a run needs, or to what is wrong.
 *
 * One list of checks serves `fstvm doctor`, which prints all of it, and
 * `fstvm run`, which prints what fails and what it warns of. Nothing is
 * started and nothing is left behind.
 */
#pragma once

#include "host/cli/installation.h"
#include "host/cli/options.h"
#include "host/plan/config.h"
#include "host/plan/devices.h"
#include "host/plan/plan.h"
#include "host/run/policy.h"
#include "host/vm/checksum.h"
#include "host/vm/preflight.h"
#include "host/vm/tsc.h"
#include "journal.pb-c.h"

struct prepared {
	struct installation installation;
	struct preflight list;
	struct preflight_found found;
	struct fstests tree;
	bool tree_is_open;
	struct selection selection;
	struct plan plan;
	struct config config;
	struct devices devices;
	uint64_t timeout_ms;
	uint64_t test_timeout_ms;
	bool test_timeout_chosen; /* by the user */
	/* Of each test of the plan that needs more, else 0; or NULL. */
	uint64_t *test_timeouts_ms;
	uint64_t post_check_timeout_ms;
	uint64_t boot_timeout_ms;
	uint64_t setup_timeout_ms;
	uint64_t silence_ms;   /* 0: by the measured slowness */
	const char *cpu;       /* QEMU's model; NULL: vng's choice */
	struct tsc_mark began; /* when this was made */
	uint32_t tsc_khz;      /* of an emulated x86; 0: unknown */
	bool warm;	       /* see host/warm/warm.h */
	bool may_unpack;       /* the kernel's image, see host/vm/unpacked.h */
	char kernel_checksum[CHECKSUM_TEXT]; /* of the image; "": unknown */
	uint32_t retries;
	uint32_t max_crashes;
	struct policy policy;
};

/* 700 KiB: not for the stack. */
struct prepared *prepare_create(void);
void prepare_destroy(struct prepared *prepared);

/* Tree, selection and plan: what `fstvm list` needs. */
void prepare_tests(struct prepared *prepared, const struct options *options);
/* All of it. */
void prepare_run(struct prepared *prepared, const struct options *options);
/* The same for an earlier run, with its tests and devices in place of a
 * selection; options are those of started.h. There is no plan then. */
void prepare_resume(struct prepared *prepared, const struct options *options,
		    const Pb__RunStarted *started);
/* Failures as "ERROR: …" with their remedies, and warnings, on stderr.
 * Returns -EINVAL when something failed. */
must_check int prepare_complain(const struct prepared *prepared);
