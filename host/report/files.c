/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files - see files.h. */
#include "host/report/files.h"

#include <stdio.h>

const char *files_path(const struct files *files, const char *name, char *to,
		       size_t cap)
{
	if (files->run_dir && name[0] != '/')
		snprintf(to, cap, "%s/%s", files->run_dir, name);
	else
		snprintf(to, cap, "%s", name);
	return to;
}
