/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bootlog - the name of a boot's console log, which says how the boot went.
 *
 * boot-YYYYMMDD-HHMMSS-running.log in the run directory, -success or -failure
 * in place of -running once that is known, and -2, -3, … behind the time when
 * more boots begin in the same second.
 */
#pragma once

#include "host/record/outdir.h"

enum { BOOTLOG_NAME = 64 }; /* with its NUL */

/* Returns the new log's descriptor; errors are explained in outdir->why. */
must_check int bootlog_create(struct outdir *outdir, uint64_t real_ns,
			      char ret_name[BOOTLOG_NAME]);
/* Whether the name is one of bootlog_create(), as it begins. */
bool bootlog_is_running(const char *name);
/* name, from bootlog_create(), becomes the new one. When it has been given one
 * already, which a controller with a full disk could not journal, it becomes
 * that. */
must_check int bootlog_finish(struct outdir *outdir, char name[BOOTLOG_NAME],
			      bool success);
