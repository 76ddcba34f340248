/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statedir - where the runs are kept that were given no directory.
 *
 * $XDG_STATE_HOME/fstvm/runs, or ~/.local/state/fstvm/runs; each run is a
 * directory whose name begins with its time, so names sort by age.
 */
#pragma once

#include "shared/must.h"

#include <stddef.h>

enum { STATEDIR_NAME = 256 }; /* of a run, with its NUL */

/* -ENOENT: no home directory is known; -ENAMETOOLONG. It need not exist. */
must_check int statedir_path(char *to, size_t cap);
/* The history's file, beside the runs. It need not exist. */
must_check int statedir_history(char *to, size_t cap);
/* The same; its directory is made. */
must_check int statedir_make_history(char *to, size_t cap);
/* The run with this name, or the only one whose name begins with it, or the
 * newest for "latest"; only directories with a journal count. Returns how many
 * there are: 1 is a find, and with more ret_name has one of them. */
must_check int statedir_match(const char *run, char ret_name[STATEDIR_NAME]);
