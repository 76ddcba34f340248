/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitcode - what fstvm's exit status says about a run.
 *
 * ARCHITECTURE.md, "Verdicts": usage, then 3, then 4, then 1, then 0; the
 * strongest that holds. The man page and the README have the same words.
 */
#pragma once

#include "host/record/result.h"

enum exitcode {
	EXITCODE_PASSED = 0,
	EXITCODE_FAILED = 1,
	EXITCODE_USAGE = 2, /* never of a result */
	EXITCODE_BROKEN = 3,
	EXITCODE_UNFINISHED = 4,
};

enum exitcode exitcode_of(const struct result *result);
/* One line, as in the man page. */
const char *exitcode_text(enum exitcode code);
