/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warncount - how often the kernel has warned and oopsed since its boot.
 *
 * /sys/kernel/warn_count and oops_count: since Linux 6.2, and in stable
 * kernels of 2023 and later.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct warncount {
	bool known; /* both are there */
	uint64_t warns;
	uint64_t oopses;
};

/* directory: "/sys/kernel". */
struct warncount warncount_read(const char *directory);
