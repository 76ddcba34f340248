/* SPDX-License-Identifier: GPL-2.0-or-later */
/* evidence - what check and a test have left of one test: files, not words.
 *
 * Read from RESULT_BASE/<dir>/<NNN>.* before collect_take() moves them away.
 * Regular files only, no symbolic link is followed. Texts are made valid UTF-8
 * (control characters but newline and tab become \xNN) and cut.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/limits.h"
#include "shared/must.h"

#include "fstvm.pb-c.h"

#include <stdbool.h>

enum {
	/* check writes its complaints last, before fsck's own output. */
	EVIDENCE_FULL_TAIL = 4 * 1024 * 1024,
};

struct evidence {
	bool notrun;
	bool out_bad;
	bool dmesg;
	bool core;
	bool kmemleak;
	bool no_golden; /* the tests tree has no <name>.out */
	char notrun_reason[LIMIT_TEXT + 1];
	char fs_problem[LIMIT_TEXT + 1]; /* "" when .full tells of none */
	char hint[LIMIT_TEXT + 1];
};

/* Of "generic/001". results_fd: RESULT_BASE; tests_fd: the tree's tests/.
 * -EINVAL for a name that is not dir/test; nothing found is no failure. */
must_check int evidence_read(struct evidence *ret_evidence, int results_fd,
			     int tests_fd, const char *name);
/* Into a message that lives no longer. */
void evidence_fill(struct evidence *evidence, Pb__TestFinished *finished);
/* The first line of a .full that says that a file system was found broken
 * (pure): "_check_…: filesystem on …" or "_overlay_check_fs:…". len 0: none. */
struct bytes evidence_fs_problem(struct bytes full);
/* Splits "generic/001" (pure). -EINVAL unless it is two plain names. */
must_check int evidence_split_name(const char *name, char *ret_dir,
				   const char **ret_test);
