/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_report - the report of an earlier run, from its journal. */
#include "host/cli/commands.h"
#include "host/cli/options.h"
#include "host/cli/reports.h"
#include "host/record/journal.h"
#include "host/report/exitcode.h"
#include "shared/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int read_journal(struct outdir *outdir, struct result *result)
{
	struct journal_reader reader;
	const Pb__Event *event;
	int rc = journal_reader_open(&reader, outdir->fd);

	if (rc < 0) {
		log_error("%s: no journal can be read: %s", outdir->path,
			  strerror(-rc));
		return rc;
	}
	while ((rc = journal_reader_next(&reader, &event)) == 1) {
		rc = result_apply(result, event);
		if (rc < 0)
			break;
	}
	if (rc == -EPROTONOSUPPORT)
		log_error("%s: %s", outdir->path, reader.why);
	else if (rc < 0)
		log_error("%s: %s", outdir->path, strerror(-rc));
	else if (reader.damaged_bytes > 0)
		log_warning("%s: the last %llu bytes of the journal are "
			    "damaged and left out",
			    outdir->path,
			    (unsigned long long)reader.damaged_bytes);
	journal_reader_close(&reader);
	return rc;
}

static int write_report(const struct outdir *outdir,
			const struct result *result, bool json)
{
	int rc = json ? reports_json(stdout, outdir, result)
		      : reports_text(stdout, outdir, result);

	if (rc == 0 && fflush(stdout) != 0)
		rc = -EIO;
	if (rc < 0)
		log_error("can't write the report: %s", strerror(-rc));
	return rc;
}

static int report_run(const char *run, bool json)
{
	static struct outdir outdir;
	struct result *result;
	int status = EXITCODE_BROKEN;

	if (outdir_find(&outdir, run) < 0) {
		log_error("%s", outdir.why);
		return EXITCODE_USAGE;
	}
	result = result_create();
	if (result != NULL && read_journal(&outdir, result) == 0 &&
	    write_report(&outdir, result, json) == 0)
		status = (int)exitcode_of(result);
	result_destroy(result);
	outdir_close(&outdir);
	return status;
}

int cmd_report(int argc, char **argv)
{
	struct options options;
	bool json = false;
	int rc = options_parse(OPTIONS_REPORT, argc, argv, &options);

	if (rc != 0)
		return rc < 0 ? EXITCODE_USAGE : EXITCODE_PASSED;
	if (options.format != NULL && strcmp(options.format, "json") == 0) {
		json = true;
	} else if (options.format != NULL &&
		   strcmp(options.format, "text") != 0) {
		log_error("--format is text or json");
		return EXITCODE_USAGE;
	}
	if (options.argc != 1) {
		log_error("report takes one run: its directory, its name, or "
			  "`latest`");
		return EXITCODE_USAGE;
	}
	return report_run(options.argv[0], json);
}
