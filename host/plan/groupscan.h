/* SPDX-License-Identifier: GPL-2.0-or-later */
/* groupscan - computes a group.list that make has not built yet.
 *
 * group.list is a build product: tools/mkgroupfile collects the line
 * "_begin_fstest group …" of each test. The text made here is the same byte
 * for byte, for a tree in which that tool succeeds.
 */
#pragma once

#include "host/plan/names.h"
#include "host/plan/textfile.h"

/* directory: open, of the tests. files: the names of its tests, sorted. */
must_check int groupscan_read(int directory, const struct names *files,
			      struct textfile *ret_text);
