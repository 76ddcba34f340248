/* SPDX-License-Identifier: GPL-2.0-or-later */
/* installation - where the agent and the bundled suite are.
 *
 * Beside the program, as it was installed (../libexec/fstvm, ../share/fstvm),
 * so that a prefix can be moved; or, when the program is the one in the build
 * tree, in the build and source trees.
 */
#pragma once

#include "shared/must.h"

#include <limits.h>

struct installation {
	char agent_dir[PATH_MAX]; /* holds fstvm-agent */
	char suite[PATH_MAX];
};

/* -ENOENT: the agent or the suite is not where it should be; the paths are
 * filled in all the same, for the message. */
must_check int installation_find(struct installation *ret_installation);
