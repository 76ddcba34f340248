/* SPDX-License-Identifier: GPL-2.0-or-later */
/* testtime - how long a test of a run may take in a boot. */
#include "host/record/testtime.h"

uint64_t testtime_ms(const Pb__RunStarted *run, size_t test,
		     uint32_t slowness_percent)
{
	uint64_t ms = run->test_timeout_ms;

	if (run->test_timeout_chosen)
		return ms;
	if (!run->kvm && slowness_percent > 0)
		ms = ms * slowness_percent / TESTTIME_GUESS_PERCENT;
	if (test < run->n_test_timeouts_ms && run->test_timeouts_ms[test] > ms)
		ms = run->test_timeouts_ms[test];
	return ms;
}
