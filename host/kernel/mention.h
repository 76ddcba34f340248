/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mention - a function that a message names, outside of any stack.
 *
 * All give a view of what they were given, empty when there is none.
 */
#pragma once

#include "shared/bytes.h"

/* The function that a header names: "… in f+0x1/0x2", ") in f:123:" (ext4,
 * btrfs), "): error: f: " (ext2), "): f:123:" (ext4), "in \"f\"" and "(\"f\")"
 * (xfs), "in f() at" (jbd2), "… in f / g" (KCSAN). */
struct bytes mention_in_header(struct bytes header);

/* The second one of "data-race in f / g". */
struct bytes mention_other(struct bytes header);

/* What stands right behind the first lead in text. */
struct bytes mention_behind(struct bytes text, const char *lead);
