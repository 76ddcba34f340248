/* SPDX-License-Identifier: GPL-2.0-or-later */
/* assignment - which planned tests a VM's present boot was given.
 *
 * The guest counts tests by their position in its RunSpec, the run by their
 * position in the plan; VmStarted says how they map. Positions and attempt
 * numbers from the guest are checked here, once.
 */
#pragma once

#include "journal.pb-c.h"
#include "shared/must.h"

#include <stdbool.h>

/* One attempt: a planned test and the attempt's number. */
struct assignment_key {
	uint32_t test;
	uint32_t attempt;
};

struct assignment {
	uint32_t boot; /* 0: the VM has none */
	size_t count;
	struct assignment_key *keys;
	/* For kernel records: the test that runs, and the one before it. */
	bool has_current;
	bool has_previous;
	struct assignment_key current;
	struct assignment_key previous;
};

/* Replaces what the VM had before. Entries that point beyond a plan of
 * test_count tests are kept out of reach of assignment_find(). */
must_check int assignment_init(struct assignment *assignment, uint32_t boot,
			       const Pb__VmStarted *started, size_t test_count);
void assignment_deinit(struct assignment *assignment);
/* Whether the guest's position means a planned test; rerun is added to the
 * attempt's number. */
bool assignment_find(const struct assignment *assignment, uint32_t index,
		     uint32_t rerun, struct assignment_key *ret_key);
/* The attempt that runs now. */
void assignment_begin(struct assignment *assignment,
		      const struct assignment_key *key);
/* It is over; nothing when another one runs. */
void assignment_finish(struct assignment *assignment,
		       const struct assignment_key *key);
