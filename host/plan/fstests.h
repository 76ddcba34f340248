/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstests - a tree of tests on disk: upstream's, or the bundled smoke suite.
 *
 * Opening validates it and reads what selection needs; nothing is written and
 * no program of the tree is run. A group.list that is missing or empty is
 * computed from the tests (groupscan.h). A tree with a file "suite-name" is
 * one of our own suites: it has upstream's layout but nothing that must be
 * built.
 */
#pragma once

#include "host/plan/catalog.h"
#include "host/plan/complaint.h"

struct fstests {
	char *path;	  /* absolute, without symbolic links */
	char name[64];	  /* "fstests", or the suite's */
	char version[96]; /* of the git checkout; "" when unknown */
	bool bundled;
	struct catalog catalog;
};

must_check int fstests_open(const char *path, struct fstests *ret_tree,
			    struct complaint *complaint);
void fstests_close(struct fstests *tree);
