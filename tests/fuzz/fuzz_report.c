/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_report - any bytes as a console log, whole and in pieces, and as kmsg
 * records: every report that begins ends once, its strings are printable and
 * its text is of the log. */
#include "host/kernel/report.h"
#include "shared/must.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct told {
	uint64_t begins; /* distinct reports */
	uint64_t last_id;
	uint64_t reports;
	uint64_t sum; /* of all fingerprints and lines */
};

static void on_begin(void *context, const struct report_begin *begin)
{
	struct told *told = context;

	if (begin->id > told->last_id) {
		must(begin->id == told->last_id + 1);
		told->last_id = begin->id;
		told->begins++;
	}
	must(begin->line > 0);
}

static void check_printable(const char *text, size_t cap)
{
	size_t n = strnlen(text, cap);

	must(n < cap);
	for (size_t i = 0; i < n; i++)
		must(text[i] >= ' ' && text[i] < 0x7f);
}

static void on_report(void *context, const struct report *report)
{
	struct told *told = context;

	told->reports++;
	must(report->id > 0 && report->id <= told->last_id);
	must(report->line_begin <= report->line_header);
	must(report->line_header <= report->line_end);
	must(report->text.len <= REPORT_TEXT_MAX);
	check_printable(report->title, sizeof(report->title));
	check_printable(report->function, sizeof(report->function));
	check_printable(report->header, sizeof(report->header));
	check_printable(report->comm, sizeof(report->comm));
	check_printable(report->source, sizeof(report->source));
	check_printable(report->kernel, sizeof(report->kernel));
	must(strlen(report->fingerprint) == REPORT_FINGERPRINT_LEN);
	for (size_t i = 0; i < REPORT_FINGERPRINT_LEN; i++)
		told->sum = told->sum * 31 + (uint8_t)report->fingerprint[i];
	told->sum = told->sum * 31 + report->line_begin + report->line_end;
}

/* Made once: building the table's search costs more than a scan. */
static struct told told_now;
static struct report_scanner *scanner;

static void start(void)
{
	struct report_sink sink = {
		.context = &told_now,
		.on_begin = on_begin,
		.on_report = on_report,
	};

	memset(&told_now, 0, sizeof(told_now));
	if (!scanner)
		must(report_scanner_create(sink, &scanner) == 0);
	report_scanner_reset(scanner);
}

static void scan(struct bytes log, size_t piece, struct told *told)
{
	start();
	while (log.len > 0)
		report_scanner_push(scanner, bytes_take(&log, piece));
	report_scanner_flush(scanner);
	*told = told_now;
	must(told->begins == told->reports);
}

static void scan_records(struct bytes log)
{
	uint64_t sequence = 0;

	start();
	while (log.len > 0) {
		struct report_record record = {
			.sequence = sequence,
			.time_us = sequence * 1000,
			.facility = log.data[0] % 9 == 8,
			.level = log.data[0] % 8,
		};
		size_t n = 1 + log.data[0];

		sequence++;
		report_scanner_record(scanner, bytes_take(&log, n), &record);
	}
	report_scanner_flush(scanner);
	must(told_now.begins == told_now.reports);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told whole, pieces;
	struct bytes log = bytes_of(data, size);

	scan(log, size ? size : 1, &whole);
	scan(log, 7, &pieces);
	must(whole.reports == pieces.reports && whole.sum == pieces.sum);
	scan_records(log);
	return 0;
}
