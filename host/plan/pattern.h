/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pattern - one test as named on the command line, resolved in a catalog.
 *
 *   generic/001  tests/generic/001   the test; also 001 of 001-with-a-name
 *   generic/00?  *fs/001  xfs/[01]*  shell globs over tests, bytewise order
 *   generic/001-010                  those of the range that there are
 *
 * The last form is ours; check knows the others. Unlike check, which ignores
 * what it doesn't know and then has nothing to do, a pattern without a test is
 * an error (-ENOENT).
 */
#pragma once

#include "host/plan/catalog.h"
#include "host/plan/complaint.h"

/* Appends the tests, duplicates too. */
must_check int pattern_expand(const struct catalog *catalog,
			      const char *pattern, struct names *ret_tests,
			      struct complaint *complaint);
/* Whether it has a glob character. */
bool pattern_is_glob(const char *pattern);
