/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node - a device's node in /dev, made where devtmpfs or udev did not. */
#pragma once

#include "shared/must.h"

enum node_kind { NODE_BLOCK, NODE_CHARACTER };

/* Makes path, 0600, when it is missing. `device` is the sysfs file that says
 * "major:minor". 0 when path exists in the end. */
must_check int node_ensure(const char *path, enum node_kind kind,
			   const char *device);
