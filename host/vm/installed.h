/* SPDX-License-Identifier: GPL-2.0-or-later */
/* installed - the kernels that the machine has in /boot and /usr/lib/modules.
 */
#pragma once

#include "shared/must.h"

#include <limits.h>
#include <stddef.h>

enum {
	INSTALLED_MAX = 64, /* more are not looked at */
	INSTALLED_VERSION = 128,
};

struct installed {
	size_t count;
	char versions[INSTALLED_MAX][INSTALLED_VERSION]; /* newest first */
};

/* root: put before the directories; "" but in tests. */
void installed_list(struct installed *installed, const char *root);
/* Where the image of a version is. -ENOENT. */
must_check int installed_image(const char *root, const char *version,
			       char to[PATH_MAX]);
