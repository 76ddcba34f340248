/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warm - the host's bundles of programs and of the tree, in the guest's memory.
 *
 * They are read from a 9p export, unpacked side by side, each into a tmpfs of
 * its own, and the programs are laid over /usr: an overlay whose upper layer
 * is new, whose lower ones are the bundle and what /usr was before. What the
 * bundle lacks is thus there as ever. The tree's is a lower layer of the tree's
 * own overlay (mounts.h).
 *
 * That a bundle is missing, damaged or too large for the guest is no failure:
 * the guest goes on with what the host shares, and the host is told why.
 */
#pragma once

#include "guest/job.h"
#include "guest/why.h"

#include "fstvm.pb-c.h"

/* Which of the bundles that spec names are in use is in places->warm then, and
 * why not all in places->warm_why. What could not be undone fails. */
must_check int warm_lay(const Pb__RunSpec *spec, struct job_places *places,
			struct why *why);
