/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect - which of the kernel's complaints a test causes on purpose.
 *
 * Derived from the test's source, not from a list, so that it holds for any
 * version of fstests: what it sources, what it requires, what it calls. A test
 * that shuts its filesystem down, has a device that loses writes or damages
 * metadata makes the kernel print errors that are no finding. What such a test
 * is excused from is for the result to say (host/record/problem.h).
 *
 * Lines that are comments don't count.
 */
#pragma once

#include "shared/bytes.h"

#include <stdint.h>

/* Bits of Pb__Expects (pure). */
uint32_t expect_scan(struct bytes source);
/* Of the test "generic/001" in a tree; 0 when it can't be read, so that all
 * counts. */
uint32_t expect_read(const char *tree, const char *test);
