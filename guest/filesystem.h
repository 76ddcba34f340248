/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filesystem - mkfs for TEST_DEV and SCRATCH_DEV, and clean other devices.
 *
 * check never makes TEST_DEV's file system; SCRATCH_DEV's it makes itself, but
 * a mkfs here finds bad options before any test does. Pool and log-writes
 * devices get their old signatures wiped (a host's disk may hold those of the
 * last boot). All devices at once, each in a child.
 */
#pragma once

#include "guest/devices.h"
#include "guest/why.h"

#include "fstvm.pb-c.h"

#include <stddef.h>
#include <stdint.h>

enum {
	FILESYSTEM_WORDS_MAX = 64, /* of mkfs_options */
	FILESYSTEM_TEXT_MAX = 4096 + FILESYSTEM_WORDS_MAX,
};

/* The words of an options string: separated by blanks, '…' and "…" keep
 * theirs. No other shell syntax. */
struct filesystem_words {
	const char *word[FILESYSTEM_WORDS_MAX];
	unsigned int count;
	char text[FILESYSTEM_TEXT_MAX];
};

/* -EINVAL: a quote is not closed; -E2BIG: too many words or too long. */
must_check int filesystem_split(struct filesystem_words *ret_words,
				const char *options);
/* "-F -q" of this file system's mkfs: overwrite, and say little. */
const char *filesystem_force_options(const char *fstype);
must_check int filesystem_make(const struct devices *devices,
			       const Pb__RunSpec *spec, uint64_t timeout_ms,
			       struct why *why);
