/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmdline - the kernel's command line, where vng leaves word for its init.
 *
 * Words are separated by blanks; double quotes keep blanks together, around a
 * value or around the whole word, as the kernel has it (lib/cmdline.c).
 */
#pragma once

#include "shared/bytes.h"
#include "shared/must.h"

#include <stddef.h>

/* The value of the first NAME=VALUE, without quotes. Returns its length;
 * -ENOENT: no such word; -ENAMETOOLONG: to has no room, and is "". Pure. */
must_check int cmdline_find(struct bytes text, const char *name, char *to,
			    size_t cap);
