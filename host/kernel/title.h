/* SPDX-License-Identifier: GPL-2.0-or-later */
/* title - one line that names a problem, as the kernel's list would.
 *
 * "KASAN: use-after-free Read in ext4_find_extent": free of addresses,
 * numbers of CPUs and tasks, and offsets, so that two reports of one bug have
 * one title.
 */
#pragma once

#include "host/kernel/culprit.h"

/* header and text as for culprit_find(). ret_title is NUL-terminated. */
void title_compose(const struct pattern *pattern, struct bytes header,
		   struct bytes text, const struct culprit *culprit,
		   char *ret_title, size_t cap);

/* text without what differs from run to run: addresses become ADDR, numbers
 * NUM, "f+0x1/0x2" f, "x.c:12" x.c. Unprintable bytes are left out. Returns
 * the length; ret is NUL-terminated, cut at cap - 1. */
size_t title_normalise(struct bytes text, char *ret, size_t cap);
