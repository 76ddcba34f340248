/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_kernelwatch - a boot in which guest and console say anything.
 *
 * The input is a list of lines; the first byte of each says what the rest is:
 * 'c' a console line, 'r' a record ("r5,1200,text": number, time), 's' and 'e'
 * a test's start and end (number of the next record, warn_count), 'j' the end
 * of the job. Whatever is told must be whole.
 */
#include "host/run/kernelwatch.h"

#include "shared/must.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINE_MAX_BYTES = 1024 };

static uint32_t tests;

static void on_line(void *context, const char *line)
{
	(void)context;
	must(strlen(line) < LINE_MAX_BYTES);
}

static void on_problem(void *context, Pb__KernelProblem *problem)
{
	(void)context;
	must(problem->title != NULL && problem->title[0] != '\0');
	must(problem->class_ != NULL && problem->class_[0] != '\0');
	must(problem->unclassified || problem->report != NULL);
	must(!problem->in_test || problem->test < tests);
}

static uint64_t number_of(const char **text)
{
	char *end;
	uint64_t number = strtoull(*text, &end, 10);

	*text = *end == ',' ? end + 1 : end;
	return number;
}

static void take_record(struct kernelwatch *watch, const char *text)
{
	Pb__KernelRecord record = PB__KERNEL_RECORD__INIT;
	Pb__KernelRecord *list[] = {&record};
	Pb__KernelRecords records = PB__KERNEL_RECORDS__INIT;

	record.sequence = number_of(&text);
	record.time_us = number_of(&text);
	record.text = (char *)(uintptr_t)text;
	records.records = list;
	records.n_records = 1;
	kernelwatch_records(watch, &records);
}

static void take_event(struct kernelwatch *watch, char kind, const char *text)
{
	Pb__TestStarted started = PB__TEST_STARTED__INIT;
	Pb__TestFinished finished = PB__TEST_FINISHED__INIT;
	Pb__JobFinished job = PB__JOB_FINISHED__INIT;
	struct assignment_key key = {.test = tests};
	Pb__Event event = PB__EVENT__INIT;

	started.kmsg_sequence = finished.kmsg_sequence = number_of(&text);
	started.warn_count = finished.warn_count = number_of(&text);
	finished.taint = event.guest_mono_ns = number_of(&text);
	started.has_counts = finished.has_counts = true;
	event.body_case = PB__EVENT__BODY_JOB_FINISHED;
	event.job_finished = &job;
	if (kind == 's') {
		event.body_case = PB__EVENT__BODY_TEST_STARTED;
		event.test_started = &started;
		tests++;
	} else if (kind == 'e') {
		event.body_case = PB__EVENT__BODY_TEST_FINISHED;
		event.test_finished = &finished;
	}
	kernelwatch_event(watch, &event, &key);
}

static void take_line(struct kernelwatch *watch, const uint8_t *data,
		      size_t size)
{
	char line[LINE_MAX_BYTES];

	if (size == 0)
		return;
	if (size > sizeof(line))
		size = sizeof(line);
	memcpy(line, data + 1, size - 1);
	line[size - 1] = '\0';
	if (data[0] == 'c')
		kernelwatch_console(watch, bytes_of(data + 1, size - 1));
	else if (data[0] == 'r')
		take_record(watch, line);
	else if (strchr("sej", data[0]) != NULL)
		take_event(watch, (char)data[0], line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kernelwatch_owner owner = {
		.on_fatal = on_line,
		.on_death = on_line,
		.on_problem = on_problem,
	};
	struct kernelwatch *watch = kernelwatch_create(&owner, NULL);
	struct bytes rest = bytes_of(data, size);

	must(watch != NULL);
	tests = 0;
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.len);
		struct bytes line = bytes_take(
			&rest,
			end != NULL ? (size_t)(end - rest.data) : rest.len);

		(void)bytes_take(&rest, 1);
		take_line(watch, line.data, line.len);
	}
	kernelwatch_finish(watch, size % 2 == 1);
	kernelwatch_destroy(watch);
	return 0;
}
