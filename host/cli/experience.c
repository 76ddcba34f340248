/* SPDX-License-Identifier: GPL-2.0-or-later */
/* experience - what earlier runs teach a new one: how long its tests take. */
#include "host/cli/experience.h"

#include "host/record/history.h"
#include "host/record/statedir.h"
#include "host/record/testtime.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- before a run ---- */

/* In this guest; or in one with KVM, as many times as this one is slower. */
static uint64_t known_ms(const struct history *history,
			 const struct prepared *prepared, const char *test)
{
	struct history_key key = {
		.suite = prepared->tree.name,
		.config = prepared->config.name,
		.kvm = prepared->found.kvm,
		.test = test,
	};
	uint64_t ms = history_duration_ms(history, &key);

	if (ms > 0 || prepared->found.kvm)
		return ms;
	key.kvm = true;
	return history_duration_ms(history, &key) * TESTTIME_GUESS_PERCENT /
	       100;
}

static void fill_times(struct prepared *prepared, const struct history *history)
{
	const struct plan *plan = &prepared->plan;

	prepared->test_timeouts_ms =
		calloc(plan->count, sizeof(*prepared->test_timeouts_ms));
	for (size_t i = 0;
	     prepared->test_timeouts_ms != NULL && i < plan->count; i++) {
		uint64_t ms = TESTTIME_OF_KNOWN *
			      known_ms(history, prepared, plan->tests[i].name);

		if (ms > prepared->test_timeout_ms)
			prepared->test_timeouts_ms[i] = ms;
	}
}

void experience_ask(struct prepared *prepared)
{
	struct history history = {0};
	char path[PATH_MAX];
	int rc;

	if (prepared->test_timeout_chosen || prepared->plan.count == 0 ||
	    prepared->plan.count > TESTTIME_PLAN ||
	    statedir_history(path, sizeof(path)) < 0)
		return;
	rc = history_load(&history, path);
	if (rc == 0)
		fill_times(prepared, &history);
	else
		preflight_add(&prepared->list, "history", PREFLIGHT_WARN,
			      "it is begun anew when this run is over",
			      "%s can't be read, so every test has the default "
			      "--test-timeout: %s",
			      path,
			      rc == -EBADMSG ? "it is damaged" : strerror(-rc));
	history_deinit(&history);
}

/* ---- after it ---- */

static const struct attempt *last_of(const struct ledger_test *test)
{
	return test->attempt_count > 0
		       ? &test->attempts[test->attempt_count - 1]
		       : NULL;
}

static bool tells_something(const struct attempt *attempt)
{
	return attempt != NULL && attempt->duration_ns > 0 &&
	       (attempt->guest_verdict == PB__VERDICT__VERDICT_PASS ||
		attempt->guest_verdict == PB__VERDICT__VERDICT_FAIL);
}

static int note_all(void *context, struct history *history)
{
	const struct result *result = context;
	const Pb__RunStarted *run = result_facts(result)->run;
	struct history_key key = {
		.suite = run->suite,
		.config = run->config_name,
		.kvm = run->kvm,
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < result_test_count(result); i++) {
		const struct ledger_test *test = result_test(result, i);
		const struct attempt *attempt = last_of(test);

		key.test = test->name;
		if (tells_something(attempt))
			rc = history_note(history, &key,
					  attempt->duration_ns / 1000000 + 1,
					  clock_real_ns() / 1000000000);
	}
	return rc;
}

void experience_tell(const struct result *result)
{
	char path[PATH_MAX];
	bool was_bad = false;
	int rc;

	if (result_facts(result)->run == NULL ||
	    statedir_make_history(path, sizeof(path)) < 0)
		return;
	rc = history_update(path, note_all, (void *)(uintptr_t)result,
			    &was_bad);
	if (rc < 0)
		log_warning("%s can't be written: %s", path, strerror(-rc));
	else if (was_bad)
		log_warning("%s was damaged and is begun anew", path);
}
