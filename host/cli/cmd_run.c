/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_run - boots a kernel in a VM and runs fstests in it. */
#include "host/cli/commands.h"
#include "host/cli/invocation.h"
#include "host/cli/started.h"
#include "host/record/event.h"
#include "host/report/exitcode.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <stdio.h>
#include <string.h>

static int open_record(struct invocation *invocation, const char *name)
{
	struct outdir *outdir = &invocation->outdir;
	int rc = outdir_create(outdir, invocation->options.run_dir, name,
			       clock_real_ns());

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
	static struct started started;
	const struct options *options = &invocation->options;
	struct event_origin origin = {
		.real_ns = clock_real_ns(),
		.mono_ns = clock_mono_ns(),
	};
	char name[64];
	Pb__Event first;
	int status;

	snprintf(name, sizeof(name), "%.63s",
		 options->name != NULL ? options->name
				       : invocation->prepared->config.name);
	if (open_record(invocation, name) < 0)
		return EXITCODE_USAGE;
	event_init(&first, &origin);
	first.body_case = PB__EVENT__BODY_RUN_STARTED;
	first.run_started = &started.event;
	status = EXITCODE_BROKEN;
	if (started_make(&started, invocation->prepared, options, name, argc,
			 argv) == 0)
		status = invocation_run(invocation, &started.event, &first);
	started_deinit(&started);
	return status;
}

int cmd_run(int argc, char **argv)
{
	static struct invocation invocation;
	int rc = options_parse(OPTIONS_RUN, argc, argv, &invocation.options);
	int status = EXITCODE_USAGE;

	if (rc != 0)
		return rc < 0 ? EXITCODE_USAGE : EXITCODE_PASSED;
	if (invocation_init(&invocation) < 0)
		return EXITCODE_BROKEN;
	prepare_run(invocation.prepared, &invocation.options);
	if (prepare_complain(invocation.prepared) == 0)
		status = run_prepared(&invocation, argc, argv);
	invocation_deinit(&invocation);
	return status;
}
