/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernelwatch - one boot's kernel problems, from all sources, each once. */
#include "host/run/kernelwatch.h"

#include "host/run/counters.h"
#include "host/run/heard.h"
#include "host/run/timetable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WATCH_KEPT = 64, /* of the console: the last ones */
	/* The lines of a dump are stamped as they are made: one that was as
	 * young when a test ended may go on. */
	DUMP_US = 100 * 1000,
};

/* A report of the console, kept until the boot's end. */
struct kept {
	struct report report;
	char *text;
	size_t title; /* heard_console()'s */
	uint32_t occurrence;
};

/* Counters that are to be held against the records, when these are here. */
struct sample {
	bool pending;
	struct counters_sample taken;
	uint64_t upto; /* records before it belong to it */
	uint64_t mono_us;
	struct timetable_place place;
};

struct kernelwatch {
	struct kernelwatch_owner owner;
	void *context;
	struct report_scanner *console;
	struct report_scanner *records;
	struct timetable timetable;
	struct counters counters;
	struct sample sample;
	struct heard heard;
	uint64_t gaps_sampled;
	bool finishing;
	struct kept kept[WATCH_KEPT];
	size_t kept_next;
	/* First line of the last report in the records that looks like the
	 * kernel's death. */
	char fatal[REPORT_LINE_MAX];
	bool no_callers; /* in the agent's records */
	bool in_memory;	 /* the records are the dead guest's RAM's */
	bool died;
};

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

/* ---- telling ---- */

static void tell(struct kernelwatch *watch, Pb__KernelProblem *problem,
		 const struct timetable_place *place)
{
	problem->in_test = place->in_test;
	problem->test = place->key.test;
	problem->attempt = place->key.attempt;
	watch->owner.on_problem(watch->context, problem);
}

/* When it began, not when it was printed. */
static struct timetable_place place_of(const struct kernelwatch *watch,
				       const struct report *report)
{
	uint64_t age_us = (uint64_t)report->age_s * 1000000;

	if (report->has_time && age_us > 0)
		return timetable_by_time(&watch->timetable,
					 report->time_us > age_us
						 ? report->time_us - age_us
						 : 0);
	if (report->sequence > 0)
		return timetable_by_sequence(&watch->timetable,
					     report->sequence);
	if (report->has_time)
		return timetable_by_time(&watch->timetable, report->time_us);
	return timetable_now(&watch->timetable);
}

static void tell_report(struct kernelwatch *watch, const struct report *report,
			const char *text, bool from_console)
{
	Pb__KernelProblem problem = PB__KERNEL_PROBLEM__INIT;
	struct timetable_place place = place_of(watch, report);

	problem.class_ = (char *)(uintptr_t)report_class_name(report->class);
	problem.severity = severity_of(report->severity);
	problem.title = (char *)(uintptr_t)report->title;
	problem.function = (char *)(uintptr_t)report->function;
	problem.report = (char *)(uintptr_t)text;
	problem.consequence = report->consequence;
	problem.from_console = from_console;
	problem.from_memory = !from_console && watch->in_memory;
	problem.fingerprint = (char *)(uintptr_t)report->fingerprint;
	problem.sequence = report->sequence;
	problem.time_us = report->time_us;
	problem.age_s = report->age_s;
	problem.corrupted = report->corrupted;
	tell(watch, &problem, &place);
}

static void tell_unclassified(struct kernelwatch *watch, const char *what,
			      bool torn, const struct timetable_place *place)
{
	Pb__KernelProblem problem = PB__KERNEL_PROBLEM__INIT;
	char title[2 * REPORT_TITLE_MAX];

	snprintf(title, sizeof(title), "unclassified kernel problem: %s%s",
		 what, torn ? "; records of it were lost" : "");
	problem.class_ = (char *)(uintptr_t)report_class_name(CLASS_BUG_OTHER);
	problem.severity = PB__SEVERITY__SEVERITY_ERROR;
	problem.title = title;
	problem.unclassified = true;
	tell(watch, &problem, place);
}

/* ---- reports of the records ---- */

static char *copy_text(struct bytes text)
{
	char *copy = malloc(text.len + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return copy;
}

/* The console's text of a report whose records have stopped in its midst. */
static const char *longer_text(const struct kernelwatch *watch,
			       const struct report *report)
{
	for (size_t i = 0; watch->finishing && i < WATCH_KEPT; i++) {
		const struct kept *kept = &watch->kept[i];

		if (kept->text != NULL && kept->report.has_time &&
		    kept->report.time_us == report->time_us &&
		    kept->report.class == report->class &&
		    strlen(kept->text) > report->text.len)
			return kept->text;
	}
	return NULL;
}

static void on_record_report(void *context, const struct report *report)
{
	struct kernelwatch *watch = context;
	const char *longer = longer_text(watch, report);
	char *text = longer != NULL ? NULL : copy_text(report->text);

	heard_report(&watch->heard, report);
	counters_report(&watch->counters, report);
	tell_report(watch, report,
		    longer != NULL ? longer
		    : text != NULL ? text
				   : "",
		    longer != NULL);
	free(text);
}

/* ---- reports of the console ---- */

static void on_console_report(void *context, const struct report *report)
{
	struct kernelwatch *watch = context;
	struct kept *kept = &watch->kept[watch->kept_next++ % WATCH_KEPT];

	free(kept->text);
	kept->report = *report;
	kept->text = copy_text(report->text);
	kept->title = heard_console(&watch->heard, report, &kept->occurrence);
}

static void copy_line(char line[REPORT_LINE_MAX], struct bytes header)
{
	size_t len = header.len < REPORT_LINE_MAX - 1 ? header.len
						      : REPORT_LINE_MAX - 1;

	memcpy(line, header.data, len);
	line[len] = '\0';
}

static void on_record_begin(void *context, const struct report_begin *begin)
{
	struct kernelwatch *watch = context;

	if (begin->severity != REPORT_FATAL)
		return;
	/* The panic that an oops leads to says less than the oops. */
	if (!begin->consequence || watch->fatal[0] == '\0')
		copy_line(watch->fatal, begin->header);
	if (watch->in_memory && !watch->died) {
		watch->died = true;
		watch->owner.on_death(watch->context, watch->fatal);
	} else if (!watch->in_memory && begin->class == CLASS_PANIC) {
		/* An oops can be survived. */
		watch->owner.on_fatal(watch->context, watch->fatal);
	}
}

static void on_console_begin(void *context, const struct report_begin *begin)
{
	struct kernelwatch *watch = context;
	char line[REPORT_LINE_MAX];

	if (begin->severity != REPORT_FATAL)
		return;
	copy_line(line, begin->header);
	watch->owner.on_fatal(watch->context, line);
}

/* From the oldest that is still kept. */
static void tell_kept(struct kernelwatch *watch, bool ended_badly)
{
	for (size_t i = 0; i < WATCH_KEPT; i++) {
		struct kept *kept =
			&watch->kept[(watch->kept_next + i) % WATCH_KEPT];

		if (kept->text != NULL &&
		    !heard_has(&watch->heard, &kept->report, kept->title,
			       kept->occurrence, ended_badly))
			tell_report(watch, &kept->report, kept->text, true);
	}
}

/* ---- counters ---- */

/* Is a report open whose last line is not long before time_us? */
static bool is_dumping(const struct kernelwatch *watch, uint64_t time_us)
{
	return report_scanner_is_open(watch->records) &&
	       time_us < watch->heard.newest_us + DUMP_US;
}

static void settle_sample(struct kernelwatch *watch)
{
	struct sample *sample = &watch->sample;
	char what[REPORT_TITLE_MAX];
	bool some, torn;

	if (!sample->pending)
		return;
	/* What is open belongs to what has been. */
	report_scanner_flush(watch->records);
	sample->pending = false;
	/* Of a flood of warnings that the agent held back some are known. */
	some = watch->counters.warnings > 0;
	torn = watch->heard.gaps_seen > watch->gaps_sampled;
	watch->gaps_sampled = watch->heard.gaps_seen;
	if (counters_check(&watch->counters, &sample->taken, what,
			   sizeof(what)) &&
	    !(some && torn))
		tell_unclassified(watch, what, torn, &sample->place);
}

/* A dump that goes on over the end of a test is the test's, whole: its sample
 * waits until the dump ends. time_us: of what comes next, by the kernel. */
static void settle_when_heard(struct kernelwatch *watch, uint64_t time_us)
{
	if (watch->sample.pending && watch->heard.next >= watch->sample.upto &&
	    !is_dumping(watch, time_us))
		settle_sample(watch);
}

static uint64_t kernel_us(const struct kernelwatch *watch, uint64_t mono_us)
{
	return mono_us + (uint64_t)watch->timetable.ahead_us;
}

/* The one that still waits, at the same place: the counts are of both. */
static bool joins(const struct sample *waiting,
		  const struct timetable_place *place)
{
	return waiting->pending && waiting->place.in_test == place->in_test &&
	       waiting->place.key.test == place->key.test &&
	       waiting->place.key.attempt == place->key.attempt;
}

static void take_sample(struct kernelwatch *watch,
			const struct counters_sample *taken, uint64_t upto,
			uint64_t mono_ns)
{
	struct timetable_place place = timetable_now(&watch->timetable);
	struct counters_sample joined = *taken;

	if (joins(&watch->sample, &place) &&
	    is_dumping(watch, kernel_us(watch, mono_ns / 1000))) {
		if (!joined.has_taint) {
			joined.has_taint = watch->sample.taken.has_taint;
			joined.taint = watch->sample.taken.taint;
		}
	} else {
		settle_sample(watch);
	}
	watch->sample = (struct sample){
		.pending = true,
		.taken = joined,
		.upto = upto,
		.mono_us = mono_ns / 1000,
		.place = place,
	};
	settle_when_heard(watch, kernel_us(watch, watch->sample.mono_us));
}

/* ---- events ---- */

/* Of the boot; its records are here when the first test starts. */
static void on_hello(struct kernelwatch *watch, const Pb__Hello *hello,
		     uint64_t mono_ns)
{
	const struct counters_sample taken = {
		.has_taint = true,
		.taint = hello->taint,
	};

	take_sample(watch, &taken, UINT64_MAX, mono_ns);
}

static void on_started(struct kernelwatch *watch,
		       const Pb__TestStarted *started, uint64_t mono_ns,
		       const struct assignment_key *key)
{
	const struct counters_sample taken = {
		.has_counts = started->has_counts,
		.warn_count = started->warn_count,
		.oops_count = started->oops_count,
	};

	/* Until now it is the former's, or the boot's. */
	take_sample(watch, &taken, started->kmsg_sequence, mono_ns);
	if (key != NULL)
		timetable_start(&watch->timetable, key, started->kmsg_sequence,
				mono_ns);
}

static void on_finished(struct kernelwatch *watch,
			const Pb__TestFinished *finished, uint64_t mono_ns)
{
	const struct counters_sample taken = {
		.has_counts = finished->has_counts,
		.warn_count = finished->warn_count,
		.oops_count = finished->oops_count,
		.has_taint = true,
		.taint = finished->taint,
	};

	take_sample(watch, &taken, finished->kmsg_sequence, mono_ns);
}

void kernelwatch_event(struct kernelwatch *watch, const Pb__Event *event,
		       const struct assignment_key *key)
{
	if (event->body_case == PB__EVENT__BODY_HELLO)
		on_hello(watch, event->hello, event->guest_mono_ns);
	else if (event->body_case == PB__EVENT__BODY_KERNEL_RECORDS)
		kernelwatch_records(watch, event->kernel_records);
	else if (event->body_case == PB__EVENT__BODY_TEST_STARTED)
		on_started(watch, event->test_started, event->guest_mono_ns,
			   key);
	else if (event->body_case == PB__EVENT__BODY_TEST_FINISHED)
		on_finished(watch, event->test_finished, event->guest_mono_ns);
	else if (event->body_case == PB__EVENT__BODY_JOB_FINISHED)
		timetable_end(&watch->timetable, watch->heard.next,
			      event->guest_mono_ns);
}

/* ---- life ---- */

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
		.on_begin = on_record_begin,
		.on_report = on_record_report,
	};

	if (watch == NULL)
		return NULL;
	watch->owner = *owner;
	watch->context = context;
	timetable_init(&watch->timetable);
	heard_init(&watch->heard);
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

static void take_record(struct kernelwatch *watch,
			const Pb__KernelRecord *record)
{
	struct report_record where = {
		.sequence = record->sequence,
		.time_us = record->time_us,
		.facility = record->priority >> 3,
		.level = record->priority & 7,
		.caller = bytes_of_string(record->caller),
	};

	if (record->sequence >= watch->sample.upto &&
	    !is_dumping(watch, record->time_us))
		settle_sample(watch);
	if (!heard_record(&watch->heard, record->sequence, record->time_us))
		return;
	timetable_record(&watch->timetable, record->sequence, record->time_us);
	report_scanner_record(watch->records, bytes_of_string(record->text),
			      &where);
}

void kernelwatch_records(struct kernelwatch *watch,
			 const Pb__KernelRecords *records)
{
	for (size_t i = 0; i < records->n_records; i++) {
		watch->no_callers = records->records[i]->caller[0] == '\0';
		take_record(watch, records->records[i]);
	}
	settle_when_heard(watch, kernel_us(watch, watch->sample.mono_us));
}

void kernelwatch_memory(struct kernelwatch *watch,
			const Pb__KernelRecord *record)
{
	Pb__KernelRecord joining = *record;

	/* The ring has callers even where /dev/kmsg does not tell them. A
	 * report that is open is gone on with by lines of the same kind. */
	if (watch->no_callers)
		joining.caller = (char *)(uintptr_t) "";
	watch->in_memory = true;
	take_record(watch, &joining);
}

uint64_t kernelwatch_next(const struct kernelwatch *watch)
{
	return watch->heard.next;
}

void kernelwatch_finish(struct kernelwatch *watch, bool ended_badly)
{
	report_scanner_flush(watch->console);
	watch->finishing = true;
	settle_sample(watch);
	report_scanner_flush(watch->records);
	tell_kept(watch, ended_badly);
}
