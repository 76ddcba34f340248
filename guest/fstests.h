/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstests - starting check, and what it leaves as evidence of a pass.
 *
 * One ./check --exact-order with all remaining tests; a result directory and a
 * /tmp of its own; an own configuration file through HOST_OPTIONS; nothing
 * inherited but what is said here. Its output goes to regular files: it never
 * blocks on us, and a new agent finds it again.
 *
 * A pass, and only a pass, appends "<test> <seconds>" to $TMPDIR/<pid>.time at
 * once (check:1058 of v2026.01, the same since 2001). That file is made before
 * check starts, with a second link, for check removes its own at its end.
 */
#pragma once

#include "guest/job.h"
#include "shared/bytes.h"
#include "shared/must.h"

#define FSTESTS_TIME_LINK "/tmp/.fstvm-time"

enum { FSTESTS_CONFIG_SIZE = 32 * 1024 };

/* HOST_OPTIONS' contents: a shell file of exports. Returns its length, or
 * -EMSGSIZE. Every value is quoted for the shell. */
must_check int fstests_config(char *to, size_t cap, const char *fstype,
			      const char *mkfs_options,
			      const char *mount_options,
			      const struct job_places *places);

/* "/run/fstvm/results/<invocation>": RESULT_BASE of job's present check. */
void fstests_result_base(char *to, size_t cap, const struct job *job);

/* Run in a fresh child of the supervisor: becomes check with the tests from
 * job->check_first on. */
_Noreturn void fstests_exec_check(const struct job *job);

/* Whether text, which is what a .time file has got since the last look, holds
 * "<name> <seconds>\n". Sets *ret_used to the whole lines' bytes. */
bool fstests_time_has(struct bytes text, const char *name, size_t *ret_used);
/* The same on the file from job->time_offset on; *ret_offset: where the next
 * look begins. */
bool fstests_has_pass(const struct job *job, const char *name,
		      uint64_t *ret_offset);
