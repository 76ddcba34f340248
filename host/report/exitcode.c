/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitcode - see exitcode.h. */
#include "host/report/exitcode.h"

#include <assert.h>

static const char *const texts[] = {
	[EXITCODE_PASSED] = "All tests that ran passed, and at least one ran.",
	[EXITCODE_FAILED] = "A test failed, timed out, crashed or hung, or the "
			    "kernel reported a problem.",
	[EXITCODE_USAGE] = "Usage or validation: nothing was started.",
	[EXITCODE_BROKEN] = "The VM did not come up, or fstvm itself failed.",
	[EXITCODE_UNFINISHED] =
		"Something planned has no real verdict: tests were lost or not "
		"reached (the run was stopped or timed out), nothing ran, or "
		"every test said that it can't run here.",
};
static_assert(sizeof(texts) / sizeof(texts[0]) == EXITCODE_UNFINISHED + 1,
	      "every exit code has a text");

const char *exitcode_text(enum exitcode code)
{
	return texts[code];
}

static bool is_broken(Pb__RunEnd end)
{
	return end == PB__RUN_END__RUN_END_BOOT_FAILED ||
	       end == PB__RUN_END__RUN_END_SETUP_FAILED ||
	       end == PB__RUN_END__RUN_END_HOST_FAILED;
}

/* A run without its end may have lost what came after its last record. */
static bool is_unfinished(const struct result *result)
{
	const struct tally *tally = result_tally(result);
	uint64_t notrun = tally->count[PB__VERDICT__VERDICT_NOTRUN];

	return !result_facts(result)->ended ||
	       tally->count[PB__VERDICT__VERDICT_LOST] ||
	       tally->count[PB__VERDICT__VERDICT_NOT_REACHED] ||
	       tally_real(tally) == notrun;
}

enum exitcode exitcode_of(const struct result *result)
{
	if (is_broken(result_facts(result)->end))
		return EXITCODE_BROKEN;
	if (is_unfinished(result))
		return EXITCODE_UNFINISHED;
	if (tally_failed(result_tally(result)) ||
	    result_problems(result)->counting)
		return EXITCODE_FAILED;
	return EXITCODE_PASSED;
}
