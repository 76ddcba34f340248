/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reports - a run's result, written where people and programs look for it.
 *
 * The same for a run that has just ended and for one that is read back from
 * its journal.
 */
#pragma once

#include "host/record/outdir.h"
#include "host/record/result.h"

#include <stdio.h>

/* The report for people. */
must_check int reports_text(FILE *to, const struct outdir *outdir,
			    const struct result *result);
/* The report for programs. */
must_check int reports_json(FILE *to, const struct outdir *outdir,
			    const struct result *result);
/* result.json in the run's directory. */
must_check int reports_save(struct outdir *outdir, const struct result *result);
