/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_resume - goes on with an earlier run, in its directory. */
#include "host/cli/commands.h"
#include "host/cli/invocation.h"
#include "host/cli/reports.h"
#include "host/cli/started.h"
#include "host/record/event.h"
#include "host/report/exitcode.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int on_event(void *context, const Pb__Event *event)
{
	return result_apply(context, event);
}

static int complain_of_journal(const struct outdir *outdir, int rc,
			       const char *why)
{
	if (rc == -EWOULDBLOCK)
		log_error("%s: another fstvm is at this run; wait for it, or "
			  "stop it",
			  outdir->path);
	else if (rc == -ENODATA)
		log_error("%s: the journal has no record: nothing of the run "
			  "is known; start it again with fstvm run",
			  outdir->path);
	else if (rc == -EPROTONOSUPPORT)
		log_error("%s: %s", outdir->path, why);
	else
		log_error("%s: the journal can't be written: %s", outdir->path,
			  strerror(-rc));
	return rc;
}

/* Locks the journal, and puts what is in it into the result. */
static int open_journal(struct invocation *invocation)
{
	struct outdir *outdir = &invocation->outdir;
	uint64_t damaged_bytes = 0;
	const char *why = "";
	int rc = journal_resume(&invocation->journal, outdir->fd, on_event,
				invocation->result, &damaged_bytes, &why);

	if (rc < 0)
		return complain_of_journal(outdir, rc, why);
	if (damaged_bytes > 0)
		log_warning("%s: the last %llu bytes of the journal were "
			    "damaged and are cut off; they are kept in "
			    "journal.damaged-%llu",
			    outdir->path, (unsigned long long)damaged_bytes,
			    (unsigned long long)invocation->journal.size_bytes);
	return 0;
}

static bool is_done(const struct result *result)
{
	const struct tally *tally = result_tally(result);

	return result_facts(result)->ended &&
	       tally->count[PB__VERDICT__VERDICT_LOST] == 0 &&
	       tally->count[PB__VERDICT__VERDICT_NOT_REACHED] == 0;
}

/* ---- is it still the same? ---- */

static void compare(struct prepared *prepared, const char *name, bool anyway,
		    const char *was, const char *is)
{
	if (was[0] == '\0' || strcmp(was, is) == 0)
		return;
	preflight_add(&prepared->list, name,
		      anyway ? PREFLIGHT_WARN : PREFLIGHT_FAIL,
		      anyway ? NULL
			     : "results of both would be in one report; begin "
			       "a new run, or resume it with --anyway",
		      "the %s is not the one that the run began with: it was "
		      "%s, now it is %s",
		      name, was, is[0] != '\0' ? is : "unknown");
}

static void compare_all(struct prepared *prepared, bool anyway,
			const Pb__RunStarted *started)
{
	compare(prepared, "kernel release", anyway, started->kernel_release,
		prepared->found.kernel.release);
	compare(prepared, "kernel image", anyway, started->kernel_checksum,
		prepared->kernel_checksum);
	compare(prepared, "fstests tree", anyway, started->suite_version,
		prepared->tree.version);
	if (started->kvm && !prepared->found.kvm)
		preflight_add(&prepared->list, "kvm", PREFLIGHT_FAIL,
			      "make it usable again, or begin a new run",
			      "the run began with KVM, which can't be used "
			      "now: %s",
			      prepared->found.kvm_reason);
}

/* ---- the run ---- */

static int open_disks(struct invocation *invocation)
{
	struct outdir *outdir = &invocation->outdir;
	int rc;

	/* What a controller has left that was killed. */
	disks_remove(&invocation->disks, outdir);
	rc = disks_create(&invocation->disks, outdir,
			  &invocation->prepared->devices);
	if (rc < 0)
		log_error("%s", outdir->why);
	return rc;
}

static int go_on(struct invocation *invocation, const Pb__RunStarted *started)
{
	static char texts[PREFLIGHT_CHECKS][512];
	static char *warnings[PREFLIGHT_CHECKS];
	Pb__RunResumed resumed = PB__RUN_RESUMED__INIT;
	struct event_origin origin = {
		.real_ns = clock_real_ns(),
		.mono_ns = clock_mono_ns(),
	};
	Pb__Event first;

	if (open_disks(invocation) < 0)
		return EXITCODE_USAGE;
	resumed.fstvm_version = (char *)(uintptr_t)FSTVM_VERSION;
	resumed.warnings = warnings;
	resumed.n_warnings =
		started_warnings(&invocation->prepared->list, texts, warnings);
	resumed.timeout_ms = invocation->prepared->timeout_ms;
	event_init(&first, &origin);
	first.body_case = PB__EVENT__BODY_RUN_RESUMED;
	first.run_resumed = &resumed;
	return invocation_run(invocation, started, &first);
}

static int report_done(const struct invocation *invocation)
{
	log_info("%s: nothing is left to run", invocation->outdir.path);
	if (reports_text(stdout, &invocation->outdir, invocation->result) < 0)
		return EXITCODE_BROKEN;
	return (int)exitcode_of(invocation->result);
}

/* The run's own may be gone since. */
static void forget_vmlinux(const Pb__RunStarted *started,
			   struct options *options)
{
	if (options->vmlinux != started->vmlinux ||
	    access(options->vmlinux, R_OK) == 0)
		return;
	log_warning("%s can't be read any more: there will be no source lines",
		    options->vmlinux);
	options->vmlinux = NULL;
}

static int resume(struct invocation *invocation)
{
	static struct started_words words;
	struct options *options = &invocation->options;
	struct prepared *prepared = invocation->prepared;
	const Pb__RunStarted *started;

	if (open_journal(invocation) < 0)
		return EXITCODE_USAGE;
	if (is_done(invocation->result))
		return report_done(invocation);
	started = result_facts(invocation->result)->run;
	started_options(started, &words, options);
	forget_vmlinux(started, options);
	options->run_dir = invocation->outdir.path;
	prepare_resume(prepared, options, started);
	if (!preflight_failed(&prepared->list))
		compare_all(prepared, options->anyway, started);
	if (prepare_complain(prepared) < 0)
		return EXITCODE_USAGE;
	return go_on(invocation, started);
}

int cmd_resume(int argc, char **argv)
{
	static struct invocation invocation;
	struct options *options = &invocation.options;
	int rc = options_parse(OPTIONS_RESUME, argc, argv, options);
	int status = EXITCODE_USAGE;

	if (rc != 0)
		return rc < 0 ? EXITCODE_USAGE : EXITCODE_PASSED;
	if (options->argc != 1) {
		log_error("resume takes one run: its directory, its name, or "
			  "`latest`");
		return EXITCODE_USAGE;
	}
	if (invocation_init(&invocation) < 0)
		return EXITCODE_BROKEN;
	if (outdir_find(&invocation.outdir, options->argv[0]) < 0)
		log_error("%s", invocation.outdir.why);
	else
		status = resume(&invocation);
	invocation_deinit(&invocation);
	return status;
}
