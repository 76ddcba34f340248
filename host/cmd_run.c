/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_run - boots a kernel in a VM and runs fstests in it. */
#include "host/commands.h"
#include "host/disks.h"
#include "host/prepare.h"
#include "host/record/event.h"
#include "host/report/exitcode.h"
#include "host/report/progress.h"
#include "host/reports.h"
#include "host/run.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All that one invocation holds. */
struct invocation {
	struct options options;
	struct prepared *prepared;
	struct outdir outdir;
	struct journal journal;
	struct result *result;
	struct disks disks;
	struct progress *progress;
	Pb__RunStarted started;
	Pb__PlannedTest *tests;
	Pb__PlannedTest **test_refs;
	char *warnings[PREFLIGHT_CHECKS];
	char warning_texts[PREFLIGHT_CHECKS][512];
	char memory[24];
	char vng_version[32];
	char name[64];
};

/* ---- what the run shows ---- */

static void on_event(void *context, const Pb__Event *event,
		     const struct result *result)
{
	struct invocation *invocation = context;

	progress_event(invocation->progress, result, event);
}

static void on_console_line(void *context, struct bytes line)
{
	struct invocation *invocation = context;

	progress_console(invocation->progress, line);
}

static void on_second(void *context, const struct result *result)
{
	struct invocation *invocation = context;

	progress_tick(invocation->progress, result, clock_mono_ns());
}

/* ---- the first event ---- */

static int fill_tests(struct invocation *invocation)
{
	const struct plan *plan = &invocation->prepared->plan;
	Pb__RunStarted *started = &invocation->started;

	invocation->tests = calloc(plan->count, sizeof(*invocation->tests));
	invocation->test_refs =
		calloc(plan->count, sizeof(*invocation->test_refs));
	if (invocation->tests == NULL || invocation->test_refs == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++) {
		Pb__PlannedTest *test = &invocation->tests[i];

		pb__planned_test__init(test);
		test->name = (char *)(uintptr_t)plan->tests[i].name;
		test->iteration = plan->tests[i].iteration;
		test->excluded = plan->tests[i].excluded;
		test->expects = plan->tests[i].expects;
		invocation->test_refs[i] = test;
	}
	started->tests = invocation->test_refs;
	started->n_tests = plan->count;
	return 0;
}

static void fill_machine(struct invocation *invocation)
{
	struct preflight_found *found = &invocation->prepared->found;
	Pb__RunStarted *started = &invocation->started;

	snprintf(invocation->vng_version, sizeof(invocation->vng_version),
		 "%u.%u", found->vng_version.major, found->vng_version.minor);
	snprintf(invocation->memory, sizeof(invocation->memory), "%lluM",
		 (unsigned long long)found->memory_mib);
	started->vng_version = invocation->vng_version;
	started->kernel = found->kernel.path;
	started->kernel_kind =
		(char *)(uintptr_t)kernel_kind_name(found->kernel.kind);
	started->memory = invocation->memory;
	started->cpus = found->cpus;
	started->kvm = found->kvm;
	started->kvm_reason = found->kvm_reason;
}

static void fill_config(struct invocation *invocation)
{
	struct prepared *prepared = invocation->prepared;
	Pb__RunStarted *started = &invocation->started;

	started->suite = prepared->tree.name;
	started->suite_version = prepared->tree.version;
	started->fstests = prepared->tree.path;
	started->config_name = prepared->config.name;
	started->fstype = prepared->config.fstype;
	started->mkfs_options =
		(char *)(uintptr_t)prepared->config.mkfs_options;
	started->mount_options =
		(char *)(uintptr_t)prepared->config.mount_options;
	started->devices = prepared->devices.refs;
	started->n_devices = prepared->devices.count;
	started->timeout_ms = prepared->timeout_ms;
	started->test_timeout_ms = prepared->test_timeout_ms;
	started->post_check_timeout_ms = prepared->post_check_timeout_ms;
	started->boot_timeout_ms = prepared->boot_timeout_ms;
	started->loop_failures = prepared->plan.loop_failures;
	started->retries = prepared->retries;
	started->max_crashes = prepared->max_crashes;
}

static void add_warning(struct invocation *invocation,
			const struct preflight_check *check)
{
	size_t n = invocation->started.n_warnings++;
	char *text = invocation->warning_texts[n];

	snprintf(text, sizeof(invocation->warning_texts[n]), "%s: %.480s",
		 check->name, check->text);
	invocation->warnings[n] = text;
}

static int fill_started(struct invocation *invocation, int argc, char **argv)
{
	Pb__RunStarted *started = &invocation->started;
	struct preflight *list = &invocation->prepared->list;

	pb__run_started__init(started);
	started->journal_version = JOURNAL_VERSION;
	started->fstvm_version = (char *)(uintptr_t)FSTVM_VERSION;
	started->arguments = argv;
	started->n_arguments = (size_t)argc;
	started->name = invocation->name;
	for (size_t i = 0; i < list->count; i++)
		if (list->checks[i].outcome == PREFLIGHT_WARN)
			add_warning(invocation, &list->checks[i]);
	started->warnings = invocation->warnings;
	fill_machine(invocation);
	fill_config(invocation);
	return fill_tests(invocation);
}

/* ---- the run ---- */

static int execute(struct invocation *invocation)
{
	struct prepared *prepared = invocation->prepared;
	struct vng_spec vng = {
		.vng = prepared->found.vng,
		.agent_dir = prepared->installation.agent_dir,
		.tree = prepared->tree.path,
		.drives = invocation->disks.drives,
		.drive_count = invocation->disks.count,
		.parameters = invocation->options.kernel_parameters,
		.memory_mib = prepared->found.memory_mib,
		.cpus = prepared->found.cpus,
		.kvm = prepared->found.kvm,
		.force_9p = prepared->found.force_9p,
		.start = prepared->found.start,
		.cpu = prepared->cpu,
		.may_unpack = prepared->may_unpack,
		.console = true,
	};
	struct run_spec spec = {
		.outdir = &invocation->outdir,
		.journal = &invocation->journal,
		.result = invocation->result,
		.init_may_change = prepared->found.init_may_change,
		.started = &invocation->started,
		.kernel = &prepared->found.kernel,
		.vng = &vng,
		.runtime_dir = getenv("XDG_RUNTIME_DIR"),
		.setup_timeout_ms = prepared->setup_timeout_ms,
		.silence_ms = prepared->silence_ms,
		.environment = invocation->options.environment,
		.observer = {on_event, on_console_line, on_second, invocation},
	};
	struct event_origin origin = {
		.real_ns = clock_real_ns(),
		.mono_ns = clock_mono_ns(),
	};
	struct run *run;
	Pb__Event first;
	int rc = run_create(&run, &spec);

	if (rc < 0) {
		log_error("can't start the run: %s", strerror(-rc));
		return rc;
	}
	event_init(&first, &origin);
	first.body_case = PB__EVENT__BODY_RUN_STARTED;
	first.run_started = &invocation->started;
	rc = run_execute(run, &first);
	progress_destroy(invocation->progress);
	invocation->progress = NULL;
	if (rc < 0)
		log_error("%s", run_why(run));
	run_destroy(run);
	return rc;
}

static int conclude(struct invocation *invocation, int rc)
{
	int saved = reports_save(&invocation->outdir, invocation->result);

	if (saved < 0)
		log_error("can't write %s: %s", OUTDIR_RESULT,
			  strerror(-saved));
	if (reports_text(stdout, &invocation->outdir, invocation->result) < 0 ||
	    fflush(stdout) != 0)
		log_error("can't write the report");
	if (rc < 0 || saved < 0)
		return EXITCODE_BROKEN;
	return (int)exitcode_of(invocation->result);
}

static int open_record(struct invocation *invocation)
{
	struct outdir *outdir = &invocation->outdir;
	int rc = outdir_create(outdir, invocation->options.run_dir,
			       invocation->name, clock_real_ns());

	if (rc < 0) {
		log_error("%s", outdir->why);
		return rc;
	}
	rc = disks_create(&invocation->disks, outdir,
			  &invocation->prepared->devices);
	if (rc < 0) {
		log_error("%s", outdir->why);
		outdir_discard(outdir);
		return rc;
	}
	rc = journal_create(&invocation->journal, outdir->fd);
	if (rc < 0) {
		log_error("%s: can't make a journal: %s", outdir->path,
			  strerror(-rc));
		disks_remove(&invocation->disks, outdir);
		outdir_discard(outdir);
	}
	return rc;
}

static int run_prepared(struct invocation *invocation, int argc, char **argv)
{
	struct terminal terminal;
	int status;
	int rc;

	snprintf(invocation->name, sizeof(invocation->name), "%.63s",
		 invocation->options.name != NULL
			 ? invocation->options.name
			 : invocation->prepared->config.name);
	if (open_record(invocation) < 0)
		return EXITCODE_USAGE;
	terminal_probe(&terminal, STDOUT_FILENO);
	invocation->result = result_create();
	invocation->progress = progress_create(
		stdout, &terminal,
		invocation->options.quiet     ? PROGRESS_QUIET
		: invocation->options.verbose ? PROGRESS_VERBOSE
					      : PROGRESS_NORMAL);
	rc = invocation->result == NULL || invocation->progress == NULL
		     ? -ENOMEM
		     : fill_started(invocation, argc, argv);
	if (rc == 0)
		rc = execute(invocation);
	status = invocation->result != NULL ? conclude(invocation, rc)
					    : EXITCODE_BROKEN;
	disks_remove(&invocation->disks, &invocation->outdir);
	journal_close(&invocation->journal);
	outdir_close(&invocation->outdir);
	result_destroy(invocation->result);
	free(invocation->tests);
	free(invocation->test_refs);
	return status;
}

int cmd_run(int argc, char **argv)
{
	static struct invocation invocation;
	int rc = options_parse(OPTIONS_RUN, argc, argv, &invocation.options);
	int status = EXITCODE_USAGE;

	if (rc != 0)
		return rc < 0 ? EXITCODE_USAGE : EXITCODE_PASSED;
	invocation.prepared = prepare_create();
	if (invocation.prepared == NULL)
		return EXITCODE_BROKEN;
	prepare_run(invocation.prepared, &invocation.options);
	if (prepare_complain(invocation.prepared) == 0)
		status = run_prepared(&invocation, argc, argv);
	prepare_destroy(invocation.prepared);
	return status;
}
