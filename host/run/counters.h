/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counters - the kernel's own counts of its warnings, held against its words.
 *
 * /sys/kernel/warn_count (since 6.2, and in stable kernels from 2023 on) counts
 * WARN(), the reports of KASAN, KFENCE, KCSAN and UBSAN, and scheduling while
 * atomic (all callers of check_panic_on_warn()); oops_count the oopses that a
 * task was ended for (kernel/exit.c, make_task_dead()). Taint bits tell of some
 * of it on any kernel, but only of the first of a boot: D (7) it oopsed, W (9)
 * it warned, L (14) a CPU was stuck, B (5) a page was bad, M (4) a machine
 * check (Documentation/admin-guide/tainted-kernels.rst). The other bits, as of
 * modules, are no problem.
 *
 * The agent samples them when a test starts and ends. What moved between two
 * samples without a report that moves it was a problem that the classifier
 * missed, or that never got into the log: it is told all the same. A report
 * explains no more than the kernel counts for it: each WARN() in its text has
 * a line of its own, by which it is known.
 *
 * Pure.
 */
#pragma once

#include "host/kernel/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counters_sample {
	bool has_counts;
	uint64_t warn_count;
	uint64_t oops_count;
	bool has_taint;
	uint64_t taint;
};

/* {0}: a kernel that starts. */
struct counters {
	/* At the last sample that had them, and what the reports since then
	 * make of them. */
	uint64_t warn_count;
	uint64_t oops_count;
	uint64_t warnings;
	uint64_t oopses;
	uint64_t taint;
	uint64_t explained; /* taint bits, by any report of the boot */
};

/* A report was recognised, a consequence or not. */
void counters_report(struct counters *counters, const struct report *report);
/* Takes a sample. True when something is unexplained: a title then says what.
 */
bool counters_check(struct counters *counters,
		    const struct counters_sample *sample, char *title,
		    size_t cap);
