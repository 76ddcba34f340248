/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counters - what the kernel counts of its own complaints since its boot.
 *
 * /sys/kernel/warn_count and oops_count (since Linux 6.2, and in stable kernels
 * of 2023 and later), /proc/sys/kernel/tainted. They are read twice between two
 * tests while check stands still, so they are kept open: a path costs more than
 * the number.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct counters {
	/* Negative: the kernel does not have it. */
	int warn_fd;
	int oops_fd;
	int taint_fd;
};

struct counts {
	bool known; /* warns and oopses are */
	uint64_t warns;
	uint64_t oopses;
	uint64_t taint; /* 0: none, or not known */
};

/* directory: "/sys/kernel"; taint: "/proc/sys/kernel/tainted". */
void counters_open(struct counters *counters, const char *directory,
		   const char *taint);
struct counts counters_read(const struct counters *counters);
