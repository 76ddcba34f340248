/* SPDX-License-Identifier: GPL-2.0-or-later */
/* selection - what stands after "--" on the command line: which tests.
 *
 * The language is that of fstests' check:
 *
 *   -g GROUP[,GROUP…]  include; "quick", "xfs/quick", "all"; repeatable
 *   -x GROUP[,GROUP…]  leave out; repeatable
 *   -X FILE            exclude list tests/<generic|FSTYP>/FILE of the tree
 *   -e TEST[,TEST…]    exclude; -E FILE: exclude list; both repeatable
 *   --exact-order      neither sort nor drop duplicates
 *   -r                 in random order
 *   -i N               the whole list N times
 *   -L N               after a failure run the test N times more
 *   TEST…              names, globs and ranges: see pattern.h
 *
 * Two extras: options may follow tests, and ranges. check's options that are
 * about something else are errors that name fstvm's way. No words at all are
 * "-g quick"; words without group and test, as "-x dangerous", are with the
 * group auto as in check.
 *
 * Parsing is pure; what the names mean is found out by plan_build().
 */
#pragma once

#include "host/plan/complaint.h"
#include "host/plan/names.h"

#include <stdint.h>

enum { SELECTION_ITERATIONS = 10000, SELECTION_LOOPS = 10000 };

struct selection {
	struct names groups;	    /* -g */
	struct names left_out;	    /* -x */
	struct names tests;	    /* names and patterns */
	struct names excluded;	    /* -e: single tests */
	struct names exclude_files; /* -E */
	char *exclude_list;	    /* -X, or NULL */
	bool exact_order;
	bool random_order;
	/* -n. `fstvm list` is made for it; `fstvm run` should refuse it rather
	 * than run what the user only wanted to see. */
	bool show_only;
	uint32_t iterations;	/* 1 or more */
	uint32_t loop_failures; /* 0: none */
};

/* On failure nothing needs freeing. */
must_check int selection_parse(int argc, char *const *argv,
			       struct selection *ret_selection,
			       struct complaint *complaint);
void selection_deinit(struct selection *selection);
