/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tail - the end of a boot's console log, for reports that carry it. */
#pragma once

#include "shared/must.h"

#include <stddef.h>
#include <sys/types.h>

/* The last bytes, from the beginning of a line on, and a NUL: at most cap - 1.
 * name is beneath dirfd. Returns their number. */
must_check ssize_t tail_read(int dirfd, const char *name, char *to, size_t cap);
