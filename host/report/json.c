/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json - see json.h.
 *
 * jansson makes and writes the pieces; the braces that hold an unbounded
 * number of them together are written here.
 */
#include "host/report/json.h"

#include "host/report/json_boot.h"
#include "host/report/json_run.h"
#include "host/report/json_test.h"
#include "host/report/json_text.h"
#include "host/report/summary.h"

#include <errno.h>
#include <limits.h>

#define STYLE (JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15))

/* Writes a piece and gives it back. flags: JSON_EMBED leaves its braces to
 * the caller. */
static int put(FILE *to, json_t *piece, size_t flags)
{
	int r;

	if (!piece)
		return -ENOMEM;
	r = json_dumpf(piece, to, STYLE | flags);
	json_decref(piece);
	return r < 0 ? -EIO : 0;
}

static json_t *check_log_of(const struct files *files)
{
	char path[PATH_MAX + NAME_MAX];

	if (!files->check_log)
		return json_null();
	return json_text(
		files_path(files, files->check_log, path, sizeof(path)));
}

static json_t *counts_of(const struct tally *tally)
{
	json_t *counts = json_object();

	for (size_t i = PB__VERDICT__VERDICT_PASS; i < VERDICTS; i++) {
		if (json_object_set_new(counts, verdict_name((Pb__Verdict)i),
					json_text_count(tally->count[i])) < 0) {
			json_decref(counts);
			return NULL;
		}
	}
	return counts;
}

/* FstestsRunResult without its tests. */
static json_t *numbers_of(const struct result *result,
			  const struct summary *summary,
			  const struct files *files)
{
	const Pb__RunStarted *run = result_facts(result)->run;

	return json_pack(
		"{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"suite", json_text(run ? run->suite : NULL), "success",
		summary->tests_success, "total_tests",
		json_text_count(summary->total), "passed",
		json_text_count(summary->passed), "failed",
		json_text_count(summary->failed), "notrun",
		json_text_count(summary->notrun), "excluded",
		json_text_count(summary->excluded), "lost",
		json_text_count(summary->lost), "not_reached",
		json_text_count(summary->not_reached), "duration",
		json_text_seconds(summary->tests_ns), "check_log",
		check_log_of(files), "verdicts",
		counts_of(result_tally(result)));
}

static int put_tests(FILE *to, const struct result *result)
{
	int r = 0;

	fputs(", \"test_results\": [", to);
	for (size_t i = 0; i < result_test_count(result) && r >= 0; i++) {
		fputs(i ? ",\n" : "\n", to);
		r = put(to, json_test(result, result_test(result, i)), 0);
	}
	fputs("]", to);
	return r;
}

static struct bytes end_of(struct bytes dmesg)
{
	if (dmesg.len > JSON_DMESG_BYTES)
		(void)bytes_take(&dmesg, dmesg.len - JSON_DMESG_BYTES);
	return dmesg;
}

int json_write(FILE *to, const struct result *result, const struct files *files,
	       struct bytes dmesg)
{
	struct summary summary;
	int r;

	summary_make(&summary, result);
	fputs("{\"boot\": ", to);
	r = put(to, json_boot(result, &summary, files, end_of(dmesg)),
		JSON_INDENT(1));
	if (r < 0)
		return r;
	fputs(",\n\"fstests\": {", to);
	r = put(to, numbers_of(result, &summary, files), JSON_EMBED);
	if (r >= 0)
		r = put_tests(to, result);
	if (r < 0)
		return r;
	fputs("},\n\"run\": ", to);
	r = put(to, json_run(result, &summary), JSON_INDENT(1));
	fputs("}\n", to);
	if (r >= 0 && ferror(to))
		r = -EIO;
	return r;
}
