/* SPDX-License-Identifier: GPL-2.0-or-later */
/* baseline - what a test must leave as it has found it.
 *
 * Things that outlive a test and spoil the next one: mounts, swap, device-
 * mapper tables, loop and other block devices, fault injection, CPUs that are
 * offline, sysctls that tests set. Each is a line of text; what is there and
 * was not, as often as it was not, is left over. Things that are gone do not
 * count: the next test does without.
 *
 * Read from procfs and sysfs without a fork, after every test; none of it
 * touches a file system under test. TEST_DEV and SCRATCH_DEV on their own
 * mount points are no things: check mounts them as it likes. Nor are file
 * systems that are an interface of the kernel.
 *
 * On a computer that is not ours alone only the mounts are looked at.
 */
#pragma once

#include "guest/places.h"
#include "shared/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BASELINE_THINGS = 1024, /* more are not told apart */
	BASELINE_THING = 256,	/* bytes of one's text */
};

/* Plain memory: a part of struct job. Zero: not taken. */
struct baseline {
	bool is_taken;
	bool mounts_only;
	uint32_t count;
	uint64_t hash[BASELINE_THINGS];
};

void baseline_take(struct baseline *baseline, const struct job_places *places,
		   bool mounts_only);
/* What is there beyond it: "mount /mnt/x, loop3 (/tmp/image)". Returns how many
 * things that are; what does not fit is counted in words. */
unsigned int baseline_compare(const struct baseline *baseline,
			      const struct job_places *places, char *to,
			      size_t cap);

/* Pure parts: the things of a text as /proc/self/mounts, /proc/swaps has it. */
typedef void baseline_thing(void *context, const char *thing);
void baseline_mounts(struct bytes text, const struct job_places *places,
		     baseline_thing *tell, void *context);
void baseline_swaps(struct bytes text, baseline_thing *tell, void *context);
