/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mounts - the agent's own mounts: layout.h as real directories.
 *
 * Everything here can be called again: what is mounted already stays. Sizes
 * are caps, from the guest's memory; a runaway test fills its own tmpfs and no
 * other. Nothing is mounted on TEST_DIR and SCRATCH_MNT: check does that.
 * What may block runs in a child.
 */
#pragma once

#include "guest/why.h"
#include "shared/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* LAYOUT_RUN and its directories, the results' tmpfs included. First of all. */
must_check int mounts_make_layout(struct why *why);
/* The fstests tree: the 9p export `tag` (or the directory, when it begins with
 * a slash) on LAYOUT_LOWER, its writable overlay
 * on LAYOUT_TESTS; above the export lies LAYOUT_WARM_TREE where something is
 * mounted there. Needs the modules 9p and overlay. */
must_check int mounts_make_tree(const char *tag, uint64_t timeout_ms,
				struct why *why);
/* LAYOUT_RESULTS "/<invocation>", empty: a RESULT_BASE. */
must_check int mounts_make_results(uint32_t invocation, struct why *why);
/* An empty tmpfs on /tmp, in place of the one that the last call made. */
must_check int mounts_fresh_tmp(struct why *why);
/* Unmounts all but LAYOUT_RUN in reverse order, and first what tests have left
 * below TEST_DIR and SCRATCH_MNT. What is busy is detached and said in *why;
 * -ETIMEDOUT when an unmount hangs. */
must_check int mounts_remove(uint64_t timeout_ms, struct why *why);

/* A mount of another file system than its parent directory's. */
bool mounts_is_mounted(const char *path);
/* Of text as /proc/self/mounts has it (pure): the last mount point that is
 * `prefix` or below it, unescaped; -ENOENT: none. */
must_check int mounts_last_below(struct bytes text, const char *prefix,
				 char *ret_path, size_t cap);
/* Calls on_mount for every mount point below directory, in the order in which
 * they were made, until it returns a negative errno, which is returned. */
must_check int mounts_each_below(const char *directory,
				 int (*on_mount)(void *context,
						 const char *path),
				 void *context);
/* Whether what is uppermost on path has this source (pure). */
bool mounts_has_source(struct bytes text, const char *path, const char *source);
