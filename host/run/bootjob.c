/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bootjob - what one boot is to do: its RunSpec, and whose tests these are. */
#include "host/run/bootjob.h"

#include "host/record/testtime.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { HEARTBEAT_MS = 5000 };

static int choose_tests(struct bootjob *job, const struct schedule *schedule,
			Pb__RunEnd *ret_end)
{
	const Pb__RunStarted *started = job->run->started;
	size_t cap = started->n_tests < LIMIT_JOB_TESTS ? started->n_tests
							: LIMIT_JOB_TESTS;
	size_t n;

	job->plan = calloc(cap + 1, sizeof(*job->plan));
	job->attempt = calloc(cap + 1, sizeof(*job->attempt));
	job->tests = calloc(cap + 1, sizeof(*job->tests));
	job->test_times_ms = calloc(cap + 1, sizeof(*job->test_times_ms));
	if (job->plan == NULL || job->attempt == NULL || job->tests == NULL ||
	    job->test_times_ms == NULL)
		return -ENOMEM;
	n = schedule_next(schedule, job->plan, cap, ret_end);
	for (size_t i = 0; i < n; i++) {
		job->tests[i] = started->tests[job->plan[i]]->name;
		job->attempt[i] = schedule->tests[job->plan[i]].attempts;
	}
	return (int)n;
}

static void fill_spec(struct bootjob *job, size_t n_tests)
{
	const struct run_spec *run = job->run;
	const Pb__RunStarted *started = run->started;
	Pb__RunSpec *spec = &job->spec;

	spec->config_name = started->config_name;
	spec->fstype = started->fstype;
	spec->mkfs_options = started->mkfs_options;
	spec->mount_options = started->mount_options;
	spec->devices = started->devices;
	spec->n_devices = started->n_devices;
	spec->tree_tag = (char *)(uintptr_t) "fstvm.tree";
	spec->tests = job->tests;
	spec->n_tests = n_tests;
	bootjob_set_times(job, 0);
	spec->post_check_timeout_ms = started->post_check_timeout_ms;
	spec->setup_timeout_ms = run->setup_timeout_ms;
	spec->heartbeat_ms = HEARTBEAT_MS;
	spec->loop_failures = started->loop_failures;
	if (getrandom(job->seed, sizeof(job->seed), 0) == sizeof(job->seed)) {
		spec->seed.data = job->seed;
		spec->seed.len = sizeof(job->seed);
	}
	for (; run->environment != NULL &&
	       run->environment[spec->n_environment] != NULL;
	     spec->n_environment++)
		;
	spec->environment = (char **)(uintptr_t)run->environment;
	spec->artifact_cap_bytes = LIMIT_ARTIFACT_BYTES;
	spec->test_artifacts_cap_bytes = LIMIT_TEST_ARTIFACTS_BYTES;
}

int bootjob_init(struct bootjob *job, const struct run_spec *run,
		 const struct schedule *schedule, Pb__RunEnd *ret_end)
{
	int n;

	*job = (struct bootjob){.run = run};
	pb__run_spec__init(&job->spec);
	n = choose_tests(job, schedule, ret_end);
	if (n > 0)
		fill_spec(job, (size_t)n);
	return n;
}

void bootjob_deinit(struct bootjob *job)
{
	free(job->tests);
	free(job->plan);
	free(job->attempt);
	free(job->test_times_ms);
	*job = (struct bootjob){.run = NULL};
}

void bootjob_set_times(struct bootjob *job, uint32_t slowness_percent)
{
	const Pb__RunStarted *started = job->run->started;
	Pb__RunSpec *spec = &job->spec;

	spec->test_timeout_ms =
		testtime_ms(started, SIZE_MAX, slowness_percent);
	if (started->n_test_timeouts_ms == 0)
		return;
	for (size_t i = 0; i < spec->n_tests; i++)
		job->test_times_ms[i] =
			testtime_ms(started, job->plan[i], slowness_percent);
	spec->test_timeouts_ms = job->test_times_ms;
	spec->n_test_timeouts_ms = spec->n_tests;
}

/* A small guest needs its memory for other things: it would refuse. */
static bool is_too_large(const struct warm_result *result,
			 const Pb__Hello *hello)
{
	return result->tools.bytes + result->tree.bytes >
	       hello->memory_bytes / LIMIT_BUNDLE_MEMORY_SHARE;
}

bool bootjob_offer_warm(struct bootjob *job, const Pb__Hello *hello,
			char why[BOOTJOB_WHY])
{
	const struct warm_result *result = warm_look(job->run->warm);
	Pb__RunSpec *spec = &job->spec;
	bool all;

	if (result == NULL) {
		snprintf(why, BOOTJOB_WHY,
			 "warm: not ready yet, this boot does without");
		return false;
	}
	if (result->error < 0) {
		snprintf(why, BOOTJOB_WHY, "warm: none: %s%s%s", result->step,
			 result->step[0] ? ": " : "", strerror(-result->error));
		return false;
	}
	all = !is_too_large(result, hello);
	if (!all)
		snprintf(why, BOOTJOB_WHY,
			 "warm: programs of %llu MB are too much for the "
			 "guest's memory",
			 (unsigned long long)result->tools.bytes / 1000000);
	spec->warm_tag = (char *)(uintptr_t)VNG_WARM_TAG;
	if (all)
		spec->warm_tools = (char *)(uintptr_t)result->tools.name;
	spec->warm_tree = (char *)(uintptr_t)result->tree.name;
	return all;
}

static void hear_of(const struct bootjob *job, const Pb__SetupDone *done,
		    const char *kind, const char *name)
{
	if (name[0] != '\0' && strstr(done->warm, kind) == NULL)
		warm_refuse(job->run->warm, name);
}

void bootjob_hear_of_warm(const struct bootjob *job, const Pb__SetupDone *done)
{
	if (job->spec.warm_tag[0] == '\0')
		return;
	hear_of(job, done, "tools", job->spec.warm_tools);
	hear_of(job, done, "tree", job->spec.warm_tree);
}
