/* SPDX-License-Identifier: GPL-2.0-or-later */
/* testimony - what an inquest writes down. Runs in its child, and may block. */
#pragma once

#include "guest/inquest.h"

/* Each makes one file, of INQUEST_FILE_BYTES at most, and writes out every
 * task and every record at once, for it may be killed at any time. */
must_check int testimony_stacks(const char *path,
				const struct inquest_order *order,
				struct why *why);
must_check int testimony_sysrq(const char *path,
			       const struct inquest_order *order,
			       struct why *why);
