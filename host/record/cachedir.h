/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cachedir - where what can be made again is kept: $XDG_CACHE_HOME/fstvm, or
 * ~/.cache/fstvm. Each kind of thing has a directory of its own there, 0700.
 */
#pragma once

#include "shared/must.h"

#include <limits.h>

/* Makes the kind's directory where it is missing. A descriptor, or -ENOENT: no
 * home is known. */
must_check int cachedir_open(const char *kind, char ret_path[PATH_MAX]);
/* The same of one that need not be there: it is not made. */
must_check int cachedir_find(const char *kind, char ret_path[PATH_MAX]);
