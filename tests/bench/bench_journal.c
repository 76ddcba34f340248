/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench_journal - what an event costs: to append it, to put it on the disk,
 * and to fold it into the result. */
#include "host/record/journal.h"
#include "host/record/result.h"
#include "shared/clock.h"
#include "shared/fd.h"
#include "shared/latency.h"
#include "tests/bench/figure.h"

#include <fcntl.h>
#include <stdlib.h>

enum { EVENTS = 200000, TESTS = 100000, SYNCS = 20 };

static void append(struct journal *journal, struct result *result,
		   Pb__Event *event)
{
	figure_need(journal_append(journal, event) == 0, "journal_append");
	figure_need(result_apply(result, event) == 0, "result_apply");
}

static void start(struct journal *journal, struct result *result)
{
	Pb__Event event = PB__EVENT__INIT;
	Pb__RunStarted started = PB__RUN_STARTED__INIT;
	Pb__VmStarted vm = PB__VM_STARTED__INIT;
	Pb__PlannedTest test = PB__PLANNED_TEST__INIT;
	Pb__PlannedTest **tests = malloc(TESTS * sizeof(*tests));
	uint32_t *plan = calloc(TESTS, sizeof(*plan));

	figure_need(tests != NULL && plan != NULL, "memory");
	test.name = (char *)(uintptr_t) "generic/001";
	for (uint32_t i = 0; i < TESTS; i++)
		tests[i] = &test;
	started.journal_version = JOURNAL_VERSION;
	started.tests = tests;
	started.n_tests = TESTS / 4;
	event.body_case = PB__EVENT__BODY_RUN_STARTED;
	event.run_started = &started;
	append(journal, result, &event);
	for (uint32_t i = 0; i < started.n_tests; i++)
		plan[i] = i;
	vm.plan = vm.attempt = plan;
	vm.n_plan = vm.n_attempt = started.n_tests;
	event.boot = 1;
	event.body_case = PB__EVENT__BODY_VM_STARTED;
	event.vm_started = &vm;
	append(journal, result, &event);
	free(tests);
	free(plan);
}

static Pb__Event kernel_event(Pb__KernelRecords *records)
{
	static Pb__KernelRecord record[8];
	static Pb__KernelRecord *list[8];
	Pb__Event event = PB__EVENT__INIT;

	for (size_t i = 0; i < 8; i++) {
		pb__kernel_record__init(&record[i]);
		record[i].sequence = i + 1;
		record[i].priority = 6;
		record[i].text = (char *)(uintptr_t) "EXT4-fs (loop0): mounted "
						     "filesystem with ordered "
						     "data mode. Quota mode: "
						     "none.";
		record[i].caller = (char *)(uintptr_t) "T1234";
		list[i] = &record[i];
	}
	pb__kernel_records__init(records);
	records->records = list;
	records->n_records = 8;
	event.boot = 1;
	event.body_case = PB__EVENT__BODY_KERNEL_RECORDS;
	event.kernel_records = records;
	return event;
}

static void time_appends(struct journal *journal, Pb__Event *event)
{
	uint64_t before = journal->size_bytes;
	uint64_t started_ns = clock_mono_ns();
	uint64_t ns;

	for (int i = 0; i < EVENTS; i++)
		figure_need(journal_append(journal, event) == 0, "append");
	ns = clock_mono_ns() - started_ns;
	figure_print("journal_append, 8 kernel records",
		     (double)EVENTS * 1e9 / (double)ns, "events/s");
	figure_print("journal_append, their bytes",
		     figure_speed(journal->size_bytes - before, ns), "MB/s");
}

static void time_results(struct result *result, Pb__Event *event)
{
	uint64_t started_ns = clock_mono_ns();

	for (int i = 0; i < EVENTS; i++)
		figure_need(result_apply(result, event) == 0, "apply");
	figure_print("result_apply, 8 kernel records",
		     (double)EVENTS * 1e9 /
			     (double)(clock_mono_ns() - started_ns),
		     "events/s");
}

/* As the controller does once a second, after some events. */
static void time_syncs(struct journal *journal, Pb__Event *event)
{
	struct latency latency = {0};

	for (int i = 0; i < SYNCS; i++) {
		uint64_t started_ns;

		for (int j = 0; j < 20; j++)
			figure_need(journal_append(journal, event) == 0,
				    "append");
		started_ns = clock_mono_ns();
		figure_need(journal_sync(journal) == 0, "sync");
		latency_add(&latency, clock_mono_ns() - started_ns);
	}
	figure_print("journal_sync after 20 events, 50%",
		     (double)latency_percentile_ns(&latency, 50) / 1e6, "ms");
	figure_print("journal_sync after 20 events, worst",
		     (double)latency.max_ns / 1e6, "ms");
}

int main(void)
{
	char directory[64];
	struct journal journal;
	struct result *result = result_create();
	Pb__KernelRecords records;
	Pb__Event event = kernel_event(&records);
	fd_auto int fd = -1;

	figure_directory(directory, sizeof(directory));
	fd = fd_open(directory, O_RDONLY | O_DIRECTORY, 0);
	figure_need(fd >= 0 && result != NULL, directory);
	figure_need(journal_create(&journal, fd) == 0, "journal");
	start(&journal, result);
	time_appends(&journal, &event);
	time_syncs(&journal, &event);
	time_results(result, &event);
	journal_close(&journal);
	result_destroy(result);
	figure_remove(directory);
	return 0;
}
