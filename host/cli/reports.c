/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reports - a run's result, written where people and programs look for it. */
#include "host/cli/reports.h"

#include "host/report/json.h"
#include "host/report/tail.h"
#include "host/report/text.h"

#include <errno.h>
#include <stdlib.h>

static struct files files_of(const struct outdir *outdir)
{
	return (struct files){
		.run_dir = outdir->path,
		.check_log = OUTDIR_AGENT_LOG,
		.results = OUTDIR_RESULT,
	};
}

int reports_text(FILE *to, const struct outdir *outdir,
		 const struct result *result)
{
	struct files files = files_of(outdir);

	return text_write(to, result, &files);
}

static ssize_t read_console(const struct outdir *outdir,
			    const struct result *result, char *to, size_t cap)
{
	size_t count = result_boot_count(result);
	const struct boot *last;

	if (count == 0)
		return 0;
	last = result_boot(result, count - 1);
	if (last->console_log == NULL)
		return 0;
	return tail_read(outdir->fd, last->console_log, to, cap);
}

int reports_json(FILE *to, const struct outdir *outdir,
		 const struct result *result)
{
	struct files files = files_of(outdir);
	char *console = malloc(JSON_DMESG_BYTES);
	struct bytes dmesg = {0};
	ssize_t n;
	int rc;

	if (console == NULL)
		return -ENOMEM;
	n = read_console(outdir, result, console, JSON_DMESG_BYTES);
	if (n > 0)
		dmesg = bytes_of(console, (size_t)n);
	rc = json_write(to, result, &files, dmesg);
	free(console);
	return rc;
}

struct saved {
	const struct outdir *outdir;
	const struct result *result;
};

static int write_json(void *context, FILE *to)
{
	const struct saved *saved = context;

	return reports_json(to, saved->outdir, saved->result);
}

int reports_save(struct outdir *outdir, const struct result *result)
{
	struct saved saved = {outdir, result};

	return outdir_write_file(outdir, OUTDIR_RESULT, write_json, &saved);
}
