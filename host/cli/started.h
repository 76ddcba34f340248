/* SPDX-License-Identifier: GPL-2.0-or-later */
/* started - a run's first record: all that a controller needs for the run.
 *
 * Made from what was prepared and asked for; and, for a controller that goes
 * on with the run, turned back into the options that ask for the same.
 */
#pragma once

#include "host/cli/prepare.h"
#include "journal.pb-c.h"

#include <limits.h>

struct started {
	Pb__RunStarted event;
	Pb__PlannedTest *tests;
	Pb__PlannedTest **test_refs;
	char *warnings[PREFLIGHT_CHECKS];
	char warning_texts[PREFLIGHT_CHECKS][512];
	char memory[24];
	char vng_version[32];
	char vmlinux[PATH_MAX];
};

/* Borrows from all that it is given. */
must_check int started_make(struct started *started,
			    const struct prepared *prepared,
			    const struct options *options, const char *name,
			    int argc, char **argv);
void started_deinit(struct started *started);
/* What was warned of, one line each; returns how many. */
size_t started_warnings(const struct preflight *list, char (*to)[512],
			char **ret_texts);

/* Numbers of the record as the texts that options are. */
struct started_words {
	char cpus[16];
	char timeout[32];
	char test_timeout[32];
	char hang_timeout[32];
	char boot_timeout[32];
	char retries[16];
	char max_crashes[16];
};

/* Options that are set already stay. Borrows from all. */
void started_options(const Pb__RunStarted *event, struct started_words *words,
		     struct options *options);
