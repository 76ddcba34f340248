/* SPDX-License-Identifier: GPL-2.0-or-later */
/* installation - where the agent and the bundled suite are. */
#include "host/cli/installation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int find_program(char *to, size_t cap)
{
	ssize_t n = readlink("/proc/self/exe", to, cap - 1);

	if (n < 0)
		return -errno;
	to[n] = '\0';
	return 0;
}

static int join(char *to, size_t cap, const char *dir, const char *tail)
{
	int n = snprintf(to, cap, "%s%s", dir, tail);

	return n < 0 || (size_t)n >= cap ? -ENAMETOOLONG : 0;
}

int installation_find(struct installation *ret_installation)
{
	char program[PATH_MAX];
	char file[PATH_MAX + 16];
	int rc = find_program(program, sizeof(program));
	char *slash;

	if (rc < 0)
		return rc;
	if (strcmp(program, FSTVM_BUILD_PROGRAM) == 0) {
		strcpy(ret_installation->agent_dir, FSTVM_BUILD_AGENT_DIR);
		strcpy(ret_installation->suite, FSTVM_SOURCE_SUITE);
	} else {
		slash = strrchr(program, '/');
		*slash = '\0';
		rc = join(ret_installation->agent_dir,
			  sizeof(ret_installation->agent_dir), program,
			  "/../" FSTVM_LIBEXEC_REST);
		if (rc == 0)
			rc = join(ret_installation->suite,
				  sizeof(ret_installation->suite), program,
				  "/../" FSTVM_DATA_REST);
		if (rc < 0)
			return rc;
	}
	snprintf(file, sizeof(file), "%s/fstvm-agent",
		 ret_installation->agent_dir);
	if (access(file, X_OK) < 0)
		return -errno;
	snprintf(file, sizeof(file), "%s/check", ret_installation->suite);
	return access(file, X_OK) < 0 ? -errno : 0;
}
