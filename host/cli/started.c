/* SPDX-License-Identifier: GPL-2.0-or-later */
/* started - a run's first record: all that a controller needs for the run. */
#include "host/cli/started.h"

#include "host/record/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fields that are only read are without const in generated code. */
static char *borrow(const char *text)
{
	return (char *)(uintptr_t)(text ? text : "");
}

/* ---- the record ---- */

static int fill_tests(struct started *started, const struct plan *plan)
{
	started->tests = calloc(plan->count, sizeof(*started->tests));
	started->test_refs = calloc(plan->count, sizeof(*started->test_refs));
	if (started->tests == NULL || started->test_refs == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++) {
		Pb__PlannedTest *test = &started->tests[i];

		pb__planned_test__init(test);
		test->name = borrow(plan->tests[i].name);
		test->iteration = plan->tests[i].iteration;
		test->excluded = plan->tests[i].excluded;
		test->expects = plan->tests[i].expects;
		started->test_refs[i] = test;
	}
	started->event.tests = started->test_refs;
	started->event.n_tests = plan->count;
	started->event.loop_failures = plan->loop_failures;
	return 0;
}

static void fill_machine(struct started *started,
			 const struct prepared *prepared)
{
	const struct preflight_found *found = &prepared->found;
	Pb__RunStarted *event = &started->event;

	snprintf(started->vng_version, sizeof(started->vng_version), "%u.%u",
		 found->vng_version.major, found->vng_version.minor);
	snprintf(started->memory, sizeof(started->memory), "%" PRIu64 "M",
		 found->memory_mib);
	event->vng_version = started->vng_version;
	event->kernel = borrow(found->kernel.path);
	event->kernel_kind = borrow(kernel_kind_name(found->kernel.kind));
	event->kernel_release = borrow(found->kernel.release);
	event->kernel_checksum = borrow(prepared->kernel_checksum);
	event->memory = started->memory;
	event->cpus = found->cpus;
	event->kvm = found->kvm;
	event->kvm_reason = borrow(found->kvm_reason);
}

static void fill_config(Pb__RunStarted *event, const struct prepared *prepared)
{
	const struct config *config = &prepared->config;

	event->suite = borrow(prepared->tree.name);
	event->suite_version = borrow(prepared->tree.version);
	event->fstests = prepared->tree.path;
	event->config_name = borrow(config->name);
	event->fstype = borrow(config->fstype);
	event->mkfs_options = borrow(config->mkfs_options);
	event->mount_options = borrow(config->mount_options);
	event->devices = (Pb__Device **)(uintptr_t)prepared->devices.refs;
	event->n_devices = prepared->devices.count;
	event->timeout_ms = prepared->timeout_ms;
	event->test_timeout_ms = prepared->test_timeout_ms;
	event->test_timeout_chosen = prepared->test_timeout_chosen;
	event->test_timeouts_ms = prepared->test_timeouts_ms;
	if (prepared->test_timeouts_ms != NULL)
		event->n_test_timeouts_ms = prepared->plan.count;
	event->post_check_timeout_ms = prepared->post_check_timeout_ms;
	event->boot_timeout_ms = prepared->boot_timeout_ms;
	event->setup_timeout_ms = prepared->setup_timeout_ms;
	event->hang_timeout_ms = prepared->silence_ms;
	event->retries = prepared->retries;
	event->max_crashes = prepared->max_crashes;
	event->kernel_problems = prepared->policy.kernel_problems;
	event->hangs_fail = prepared->policy.hangs_fail;
}

static void fill_options(struct started *started, const struct options *options)
{
	Pb__RunStarted *event = &started->event;

	while (options->environment[event->n_environment] != NULL)
		event->n_environment++;
	event->environment = (char **)(uintptr_t)options->environment;
	event->kernel_parameters = borrow(options->kernel_parameters);
	event->init = borrow(options->init);
	event->keep_packed =
		options->unpack != NULL && strcmp(options->unpack, "off") == 0;
	event->not_warm =
		options->warm != NULL && strcmp(options->warm, "off") == 0;
	/* It is resumed from anywhere. */
	if (options->vmlinux != NULL &&
	    realpath(options->vmlinux, started->vmlinux) != NULL)
		event->vmlinux = started->vmlinux;
}

size_t started_warnings(const struct preflight *list, char (*to)[512],
			char **ret_texts)
{
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct preflight_check *check = &list->checks[i];

		if (check->outcome != PREFLIGHT_WARN)
			continue;
		snprintf(to[n], sizeof(to[n]), "%s: %.480s", check->name,
			 check->text);
		ret_texts[n] = to[n];
		n++;
	}
	return n;
}

int started_make(struct started *started, const struct prepared *prepared,
		 const struct options *options, const char *name, int argc,
		 char **argv)
{
	Pb__RunStarted *event = &started->event;

	*started = (struct started){0};
	pb__run_started__init(event);
	event->journal_version = JOURNAL_VERSION;
	event->fstvm_version = borrow(FSTVM_VERSION);
	event->arguments = argv;
	event->n_arguments = (size_t)argc;
	event->name = borrow(name);
	event->warnings = started->warnings;
	event->n_warnings = started_warnings(
		&prepared->list, started->warning_texts, started->warnings);
	fill_machine(started, prepared);
	fill_config(event, prepared);
	fill_options(started, options);
	return fill_tests(started, &prepared->plan);
}

void started_deinit(struct started *started)
{
	free(started->tests);
	free(started->test_refs);
}

/* ---- and back ---- */

/* Nothing is what no option stands for. */
static void give(const char **option, const char *text)
{
	if (*option == NULL && text != NULL && text[0] != '\0')
		*option = text;
}

static void give_number(const char **option, char *to, size_t cap,
			const char *unit, uint64_t number)
{
	snprintf(to, cap, "%" PRIu64 "%s", number, unit);
	give(option, to);
}

static void give_times(const Pb__RunStarted *event, struct started_words *words,
		       struct options *options)
{
	if (event->timeout_ms > 0)
		give_number(&options->timeout, words->timeout,
			    sizeof(words->timeout), "ms", event->timeout_ms);
	if (event->hang_timeout_ms > 0)
		give_number(&options->hang_timeout, words->hang_timeout,
			    sizeof(words->hang_timeout), "ms",
			    event->hang_timeout_ms);
	give_number(&options->test_timeout, words->test_timeout,
		    sizeof(words->test_timeout), "ms", event->test_timeout_ms);
	give_number(&options->boot_timeout, words->boot_timeout,
		    sizeof(words->boot_timeout), "ms", event->boot_timeout_ms);
}

static void give_environment(const Pb__RunStarted *event,
			     struct options *options)
{
	for (size_t i = 0; i < event->n_environment && i < LIMIT_ENVIRONMENT;
	     i++)
		options->environment[i] = event->environment[i];
}

void started_options(const Pb__RunStarted *event, struct started_words *words,
		     struct options *options)
{
	give(&options->kernel, event->kernel);
	give(&options->fstests, event->fstests);
	give(&options->fstype, event->fstype);
	give(&options->mkfs_options, event->mkfs_options);
	give(&options->mount_options, event->mount_options);
	give(&options->memory, event->memory);
	give(&options->kvm, event->kvm ? "auto" : "off");
	give(&options->init, event->init);
	give(&options->unpack, event->keep_packed ? "off" : NULL);
	give(&options->warm, event->not_warm ? "off" : NULL);
	give(&options->vmlinux, event->vmlinux);
	give(&options->name, event->name);
	give(&options->kernel_parameters, event->kernel_parameters);
	give_number(&options->cpus, words->cpus, sizeof(words->cpus), "",
		    event->cpus);
	give_number(&options->retries, words->retries, sizeof(words->retries),
		    "", event->retries);
	give_number(&options->max_crashes, words->max_crashes,
		    sizeof(words->max_crashes), "", event->max_crashes);
	give_times(event, words, options);
	give_environment(event, options);
}
