/* SPDX-License-Identifier: GPL-2.0-or-later */
/* revision - which commit a git checkout is at, without running git.
 *
 * git refuses the trees of other users and may not be installed; the answer
 * here is for a report and may be missing. Format: gitrepository-layout(5).
 */
#pragma once

#include <stddef.h>

/* Writes "v2026.01.27 (63a29724a85f)", "63a29724a85f" or, when it can't be
 * told, "". The tag is one that is packed and of just that commit. */
void revision_read(int directory, char *to, size_t cap);
