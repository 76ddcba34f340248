/* SPDX-License-Identifier: GPL-2.0-or-later */
/* places - where a job's devices and mount points are. */
#pragma once

#include "shared/limits.h"

/* For check's configuration and for the host. */
struct job_places {
	char test_dev[LIMIT_NAME];
	char test_dir[LIMIT_NAME];
	char scratch_dev[LIMIT_NAME];
	char scratch_mnt[LIMIT_NAME];
	char scratch_pool[LIMIT_TEXT];
	char logwrites_dev[LIMIT_NAME];
	char warm[LIMIT_NAME]; /* "tools tree", as in SetupDone */
	char warm_why[LIMIT_TEXT];
};
