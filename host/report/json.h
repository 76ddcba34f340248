/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json - result.json: the report for programs.
 *
 *   {"boot": BootResult, "fstests": FstestsRunResult, "run": {…}}
 *
 * with every field of requirements.md, "Return Values", and more. Written
 * piece by piece, one test at a time, so that its memory does not grow with
 * the number of tests. Always valid, always ASCII. Times are in seconds.
 */
#pragma once

#include "host/record/result.h"
#include "host/report/files.h"
#include "shared/bytes.h"

#include <stdio.h>

enum { JSON_DMESG_BYTES = 256 * 1024 };

/* dmesg: the end of the last boot's console, of which at most the last
 * JSON_DMESG_BYTES are taken; data NULL: dmesg_output is null. -ENOMEM, or
 * -EIO when the stream could not take it all. */
must_check int json_write(FILE *to, const struct result *result,
			  const struct files *files, struct bytes dmesg);
