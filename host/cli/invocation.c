/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invocation - what one fstvm that runs tests holds, and its run. */
#include "host/cli/invocation.h"

#include "host/cli/experience.h"
#include "host/cli/reports.h"
#include "host/report/exitcode.h"
#include "host/run/run.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* ---- the run ---- */

/* What an earlier controller has journalled, for the schedule. */
static int replay(struct invocation *invocation, struct run *run)
{
	struct journal_reader reader;
	const Pb__Event *event;
	int rc = journal_reader_open(&reader, invocation->outdir.fd);

	if (rc < 0)
		return rc;
	while ((rc = journal_reader_next(&reader, &event)) == 1) {
		rc = run_replay(run, event);
		if (rc < 0)
			break;
	}
	journal_reader_close(&reader);
	return rc;
}

static int run_to_its_end(struct invocation *invocation, struct run *run,
			  Pb__Event *first)
{
	int rc = first->body_case == PB__EVENT__BODY_RUN_RESUMED
			 ? replay(invocation, run)
			 : 0;

	if (rc < 0)
		log_error("%s: the journal can't be read again: %s",
			  invocation->outdir.path, strerror(-rc));
	else
		rc = run_execute(run, first);
	progress_destroy(invocation->progress);
	invocation->progress = NULL;
	if (rc < 0 && run_why(run)[0] != '\0')
		log_error("%s", run_why(run));
	return rc;
}

static int execute(struct invocation *invocation, const Pb__RunStarted *started,
		   Pb__Event *first)
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
		.shared_memory = prepared->found.force_9p,
		.start = prepared->found.start,
		.cpu = prepared->cpu,
		.tsc_khz = prepared->tsc_khz,
		.hz = prepared->found.kernel.hz,
		.may_unpack = prepared->may_unpack,
		.warm = invocation->has_warm ? invocation->warm.directory
					     : NULL,
		.console = true,
	};
	struct run_spec spec = {
		.outdir = &invocation->outdir,
		.journal = &invocation->journal,
		.result = invocation->result,
		.warm = invocation->has_warm ? &invocation->warm : NULL,
		.init_may_change = prepared->found.init_may_change,
		.started = started,
		.timeout_ms = prepared->timeout_ms,
		.kernel = &prepared->found.kernel,
		.vmlinux = invocation->options.vmlinux,
		.vng = &vng,
		.runtime_dir = getenv("XDG_RUNTIME_DIR"),
		.setup_timeout_ms = prepared->setup_timeout_ms,
		.silence_ms = prepared->silence_ms,
		.environment = invocation->options.environment,
		.observer = {on_event, on_console_line, on_second, invocation},
	};
	struct run *run;
	int rc = run_create(&run, &spec);

	if (rc < 0) {
		log_error("can't start the run: %s", strerror(-rc));
		return rc;
	}
	rc = run_to_its_end(invocation, run, first);
	run_destroy(run);
	return rc;
}

/* It works while the VM boots. A run without it is slower, no more. */
static void start_warm(struct invocation *invocation)
{
	const struct prepared *prepared = invocation->prepared;
	const struct warm_ask ask = {
		.tree = prepared->tree.path,
		.programs = WARM_PROGRAMS,
		.release = prepared->found.kernel.release,
	};
	int rc;

	if (!prepared->warm)
		return;
	rc = warm_start(&invocation->warm, &ask);
	invocation->has_warm = rc == 0;
	if (rc < 0)
		log_warning("warm: no cache directory: %s", strerror(-rc));
}

static void end_warm(struct invocation *invocation)
{
	if (invocation->has_warm)
		warm_end(&invocation->warm);
	invocation->has_warm = false;
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

int invocation_init(struct invocation *invocation)
{
	invocation->outdir.fd = -1;
	invocation->journal.fd = -1;
	invocation->prepared = prepare_create();
	invocation->result = result_create();
	if (invocation->prepared != NULL && invocation->result != NULL)
		return 0;
	invocation_deinit(invocation);
	log_error("out of memory");
	return -ENOMEM;
}

void invocation_deinit(struct invocation *invocation)
{
	journal_close(&invocation->journal);
	outdir_close(&invocation->outdir);
	result_destroy(invocation->result);
	prepare_destroy(invocation->prepared);
}

int invocation_run(struct invocation *invocation, const Pb__RunStarted *started,
		   Pb__Event *first)
{
	const struct options *options = &invocation->options;
	struct terminal terminal;
	int status;

	terminal_probe(&terminal, STDOUT_FILENO);
	invocation->progress =
		progress_create(stdout, &terminal,
				options->quiet	   ? PROGRESS_QUIET
				: options->verbose ? PROGRESS_VERBOSE
						   : PROGRESS_NORMAL);
	start_warm(invocation);
	status = conclude(invocation,
			  invocation->progress == NULL
				  ? -ENOMEM
				  : execute(invocation, started, first));
	end_warm(invocation);
	experience_tell(invocation->result);
	disks_remove(&invocation->disks, &invocation->outdir);
	return status;
}
