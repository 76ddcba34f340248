/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan - the ordered list of tests of a run, known before anything boots.
 *
 * It is what `check -n` prints for the same arguments, with three differences
 * that make a green run mean something: an unknown test, an unknown or empty
 * included group, and an exclude list that can't be read are errors; check
 * goes on with fewer tests or with more. An unknown group of -x is a warning,
 * as in check.
 *
 * Tests of -x are gone; those of -X, -e and -E stay, marked excluded, so that
 * a result accounts for them. With -i the list stands there once for each
 * iteration; with -r every iteration has an order of its own. The order comes
 * from the seed alone.
 */
#pragma once

#include "host/plan/fstests.h"
#include "host/plan/selection.h"

#include <stdio.h>

struct plan_test {
	const char *name; /* owned by the plan */
	uint32_t iteration;
	bool excluded;
	uint32_t expects; /* see expect.h */
};

struct plan {
	struct plan_test *tests;
	size_t count;	 /* at most LIMIT_JOB_TESTS */
	size_t excluded; /* of these */
	uint32_t loop_failures;
	bool shuffled;
	uint64_t seed; /* of the order, when shuffled */
	struct names names;
	struct names warnings; /* each a line for a person */
};

/* seed: any number; used only with -r. Reads exclude lists: those of -E from
 * where they are for the caller, those of -X from the tree. */
must_check int plan_build(const struct selection *selection,
			  const struct fstests *tree, const char *fstype,
			  uint64_t seed, struct plan *ret_plan,
			  struct complaint *complaint);
void plan_deinit(struct plan *plan);
/* What would run, one name a line. Excluded tests are left out: there are
 * count - excluded lines. Returns -EIO when out has failed. */
must_check int plan_list(const struct plan *plan, FILE *out);
