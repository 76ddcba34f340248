/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rundir - a directory for a test of what writes run directories.
 *
 * Makes one below /tmp, points HOME and XDG_STATE_HOME into it, makes it the
 * current one, and removes it again.
 */
#pragma once

#include "shared/beneath.h"
#include "shared/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char rundir[32];

static inline int rundir_set_up(void **state)
{
	char path[64];

	(void)state;
	snprintf(rundir, sizeof(rundir), "/tmp/test_rundir.XXXXXX");
	if (!mkdtemp(rundir) || chdir(rundir) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/home", rundir);
	setenv("HOME", path, 1);
	snprintf(path, sizeof(path), "%s/state", rundir);
	setenv("XDG_STATE_HOME", path, 1);
	setenv("TZ", "UTC0", 1);
	return 0;
}

static inline int rundir_tear_down(void **state)
{
	fd_auto int tmp = fd_open("/tmp", O_RDONLY | O_DIRECTORY, 0);

	(void)state;
	if (chdir("/") < 0)
		return -1;
	return beneath_remove_tree(tmp, rundir + strlen("/tmp/"));
}

static inline int rundir_has(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}
