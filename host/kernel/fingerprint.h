/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fingerprint - a short name that two reports of one bug share.
 *
 * Made of the class, the normalised title, the function to blame and its two
 * callers, and where that alone is too coarse the file of the check, the
 * words of the header or of WARN()'s message, the names of the locks. Nothing
 * of it differs between runs, CPUs or builds: no address, offset, line number,
 * task, time, compiler's suffix. Frames that only debug information knows are
 * left out, so that a build with it gives the same.
 */
#pragma once

#include "host/kernel/culprit.h"

enum {
	FINGERPRINT_LEN = 16,
};

/* text and header as for culprit_find(), header a view of text; source:
 * "fs/x.c:123" of BUG() and WARN(), or "". ret_hex gets FINGERPRINT_LEN
 * hexadecimal digits and a NUL. */
void fingerprint_make(const struct pattern *pattern, const char *title,
		      struct bytes header, struct bytes text,
		      const char *source, const struct culprit *culprit,
		      char *ret_hex);
