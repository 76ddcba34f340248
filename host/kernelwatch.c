/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernelwatch - one boot's kernel problems, from both sources, each once. */
#include "host/kernelwatch.h"

#include "host/kernel/report.h"

#include <stdlib.h>
#include <string.h>

enum {
	WATCH_TITLES = 256, /* different ones that are counted */
	WATCH_KEPT = 64,    /* of the console: the last ones */
};

struct counted {
	char title[REPORT_TITLE_MAX];
	uint32_t from_records;
	uint32_t from_console;
};

/* A report of the console, kept until the boot's end. */
struct kept {
	struct report report;
	char *text;
	uint32_t occurrence; /* of its title: 1, 2, … */
	size_t counted;	     /* index */
};

struct kernelwatch {
	struct kernelwatch_owner owner;
	void *context;
	struct report_scanner *console;
	struct report_scanner *records;
	struct counted counted[WATCH_TITLES];
	size_t counted_count;
	struct kept kept[WATCH_KEPT];
	size_t kept_next;
};

/* The last entry is shared by all titles that come too late. */
static size_t count_index(struct kernelwatch *watch, const char *title)
{
	for (size_t i = 0; i < watch->counted_count; i++)
		if (strcmp(watch->counted[i].title, title) == 0)
			return i;
	if (watch->counted_count == WATCH_TITLES)
		return WATCH_TITLES - 1;
	bytes_copy_string(watch->counted[watch->counted_count].title,
			  REPORT_TITLE_MAX, title);
	return watch->counted_count++;
}

static Pb__Severity severity_of(enum report_severity severity)
{
	switch (severity) {
	case REPORT_NOTE:
		return PB__SEVERITY__SEVERITY_NOTE;
	case REPORT_ERROR:
		return PB__SEVERITY__SEVERITY_ERROR;
	case REPORT_HANG:
		return PB__SEVERITY__SEVERITY_HANG;
	case REPORT_FATAL:
		return PB__SEVERITY__SEVERITY_FATAL;
	case REPORT_SEVERITY_COUNT:
		break;
	}
	return PB__SEVERITY__SEVERITY_UNSPECIFIED;
}

static void tell(struct kernelwatch *watch, const struct report *report,
		 const char *text, bool from_console)
{
	Pb__KernelProblem problem = PB__KERNEL_PROBLEM__INIT;

	problem.class_ = (char *)(uintptr_t)report_class_name(report->class);
	problem.severity = severity_of(report->severity);
	problem.title = (char *)(uintptr_t)report->title;
	problem.function = (char *)(uintptr_t)report->function;
	problem.report = (char *)(uintptr_t)text;
	problem.consequence = report->consequence;
	problem.from_console = from_console;
	problem.fingerprint = (char *)(uintptr_t)report->fingerprint;
	watch->owner.on_problem(watch->context, &problem);
}

static char *copy_text(struct bytes text)
{
	char *copy = malloc(text.len + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return copy;
}

static void on_record_report(void *context, const struct report *report)
{
	struct kernelwatch *watch = context;
	char *text = copy_text(report->text);

	watch->counted[count_index(watch, report->title)].from_records++;
	tell(watch, report, text != NULL ? text : "", false);
	free(text);
}

static void on_console_report(void *context, const struct report *report)
{
	struct kernelwatch *watch = context;
	struct kept *kept = &watch->kept[watch->kept_next++ % WATCH_KEPT];

	free(kept->text);
	kept->report = *report;
	kept->text = copy_text(report->text);
	kept->counted = count_index(watch, report->title);
	kept->occurrence = ++watch->counted[kept->counted].from_console;
}

static void on_console_begin(void *context, const struct report_begin *begin)
{
	struct kernelwatch *watch = context;
	char line[REPORT_LINE_MAX];
	size_t len = begin->header.len < sizeof(line) - 1 ? begin->header.len
							  : sizeof(line) - 1;

	if (begin->severity != REPORT_FATAL)
		return;
	memcpy(line, begin->header.data, len);
	line[len] = '\0';
	watch->owner.on_fatal(watch->context, line);
}

struct kernelwatch *kernelwatch_create(const struct kernelwatch_owner *owner,
				       void *context)
{
	struct kernelwatch *watch = calloc(1, sizeof(*watch));
	struct report_sink console = {
		.context = watch,
		.on_begin = on_console_begin,
		.on_report = on_console_report,
	};
	struct report_sink records = {
		.context = watch,
		.on_report = on_record_report,
	};

	if (watch == NULL)
		return NULL;
	watch->owner = *owner;
	watch->context = context;
	if (report_scanner_create(console, &watch->console) == 0 &&
	    report_scanner_create(records, &watch->records) == 0)
		return watch;
	kernelwatch_destroy(watch);
	return NULL;
}

void kernelwatch_destroy(struct kernelwatch *watch)
{
	if (watch == NULL)
		return;
	if (watch->console != NULL)
		report_scanner_destroy(watch->console);
	if (watch->records != NULL)
		report_scanner_destroy(watch->records);
	for (size_t i = 0; i < WATCH_KEPT; i++)
		free(watch->kept[i].text);
	free(watch);
}

void kernelwatch_console(struct kernelwatch *watch, struct bytes line)
{
	report_scanner_line(watch->console, line);
}

void kernelwatch_records(struct kernelwatch *watch,
			 const Pb__KernelRecords *records)
{
	for (size_t i = 0; i < records->n_records; i++) {
		const Pb__KernelRecord *record = records->records[i];
		struct report_record where = {
			.sequence = record->sequence,
			.time_us = record->time_us,
			.facility = record->priority >> 3,
			.level = record->priority & 7,
			.caller = bytes_of_string(record->caller),
		};

		report_scanner_record(watch->records,
				      bytes_of_string(record->text), &where);
	}
}

void kernelwatch_finish(struct kernelwatch *watch, bool ended_badly)
{
	report_scanner_flush(watch->records);
	report_scanner_flush(watch->console);
	if (!ended_badly)
		return;
	/* From the oldest that is still kept. */
	for (size_t i = 0; i < WATCH_KEPT; i++) {
		struct kept *kept =
			&watch->kept[(watch->kept_next + i) % WATCH_KEPT];

		if (kept->text != NULL &&
		    kept->occurrence >
			    watch->counted[kept->counted].from_records)
			tell(watch, &kept->report, kept->text, true);
	}
}
