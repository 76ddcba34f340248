/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deadlines - how long things may take, and how often they may fail. */
#include "host/cli/deadlines.h"

#include "host/record/testtime.h"

enum {
	MINUTE_MS = 60 * 1000,
	/* An emulated CPU is that much slower, for want of a measurement. */
	SLOWNESS_WITHOUT_KVM = TESTTIME_GUESS_PERCENT / 100,
};

enum { HANG_TIMEOUT_LEAST_MS = 10000 }; /* two beats */

/* Whether it is said, and is one. */
static bool take_duration(struct prepared *prepared, const char *option,
			  const char *text, uint64_t *ms)
{
	if (text == NULL)
		return false;
	if (options_duration_ms(text, ms) == 0)
		return true;
	preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
		      "%s: \"%s\" is not a time: a number of seconds, "
		      "or with ms, s, m, h, d",
		      option, text);
	return false;
}

void deadlines_number(struct prepared *prepared, const char *option,
		      const char *text, uint32_t *number)
{
	if (text != NULL && options_number(text, 1000000, number) < 0)
		preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
			      "%s: \"%s\" is not a number from 0 to 1000000",
			      option, text);
}

void deadlines_take(struct prepared *prepared, const struct options *options)
{
	unsigned int slow = prepared->found.kvm ? 1 : SLOWNESS_WITHOUT_KVM;

	prepared->test_timeout_ms = (uint64_t)TESTTIME_DEFAULT_MS * slow;
	prepared->post_check_timeout_ms = 15ULL * MINUTE_MS * slow;
	prepared->setup_timeout_ms = 5ULL * MINUTE_MS * slow;
	prepared->boot_timeout_ms =
		prepared->found.kvm ? MINUTE_MS : 5ULL * MINUTE_MS;
	prepared->max_crashes = 10;
	prepared->test_timeout_chosen = options->test_timeout != NULL;
	(void)take_duration(prepared, "--timeout", options->timeout,
			    &prepared->timeout_ms);
	(void)take_duration(prepared, "--test-timeout", options->test_timeout,
			    &prepared->test_timeout_ms);
	(void)take_duration(prepared, "--boot-timeout", options->boot_timeout,
			    &prepared->boot_timeout_ms);
	if (take_duration(prepared, "--hang-timeout", options->hang_timeout,
			  &prepared->silence_ms) &&
	    prepared->silence_ms < HANG_TIMEOUT_LEAST_MS)
		preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
			      "--hang-timeout: \"%s\" is less than 10s; the "
			      "guest gives a sign of life every 5s",
			      options->hang_timeout);
	deadlines_number(prepared, "--retries", options->retries,
			 &prepared->retries);
	deadlines_number(prepared, "--max-crashes", options->max_crashes,
			 &prepared->max_crashes);
}
