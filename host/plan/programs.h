/* SPDX-License-Identifier: GPL-2.0-or-later */
/* programs - what fstests' check and the set-up need from the host's system,
 * which the guest uses as its own.
 *
 * check refuses to start without them (common/config, v2022 to v2026); better
 * said before a VM boots.
 */
#pragma once

#include "host/plan/complaint.h"
#include "host/plan/names.h"

/* Appends "bc (package bc)" for each that is missing. bundled: for a suite of
 * ours, which needs less. path: where to look; NULL: in $PATH, /usr/sbin and
 * /sbin, which a user's $PATH may lack. */
must_check int programs_find_missing(const char *fstype, bool bundled,
				     const char *path,
				     struct names *ret_missing);
/* All that are missing in one complaint. */
must_check int programs_check(const char *fstype, bool bundled,
			      const char *path, struct complaint *complaint);
