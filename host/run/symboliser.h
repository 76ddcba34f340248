/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symboliser - source lines in the reports of a run's boots, one at a time.
 *
 * Waits for a boot's Hello that says which build runs, and opens the kernel's
 * debug information with the first report, if there is any that fits: nothing
 * is lost without it. It is done in the controller's loop, so a flood of
 * reports gets source lines for SYMBOLISER_MS of work only.
 */
#pragma once

#include "host/kernel/symbols.h"
#include "journal.pb-c.h"
#include "shared/limits.h"

enum { SYMBOLISER_MS = 20 * 1000 };

struct symboliser {
	const char *vmlinux; /* the user's; or NULL */
	const char *tree;    /* of the kernel; or "" */
	char build_id[LIMIT_NAME + 1];
	char release[LIMIT_SHORT_TEXT + 1];
	bool tried;
	bool complained; /* of the run: once is enough */
	uint64_t spent_ns;
	struct symbols *symbols;
	char *text; /* the last one made */
};

/* The strings stay the caller's. */
void symboliser_init(struct symboliser *symboliser, const char *vmlinux,
		     const char *tree);
/* At the end of a boot, too. */
void symboliser_deinit(struct symboliser *symboliser);
/* Another boot, or another agent in it. */
void symboliser_hello(struct symboliser *symboliser, const Pb__Hello *hello);
/* Puts source lines into the problem's report, which lives until the next
 * call. Returns why that can't be done, for a person, once; else NULL. */
const char *symboliser_work(struct symboliser *symboliser,
			    Pb__KernelProblem *problem);
