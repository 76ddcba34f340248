/* SPDX-License-Identifier: GPL-2.0-or-later */
/* postmortem - what is kept of one boot until its end is known to be bad. */
#include "host/run/postmortem.h"

#include "host/record/boot.h"
#include "host/record/event.h"
#include "host/record/verdict.h"
#include "shared/clock.h"
#include "shared/escape.h"
#include "shared/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum {
	TAIL_LINE = 4 * CONSOLE_RING_LINE + 2,
	ENDED_MAX = 4096,
};

int postmortem_init(struct postmortem *postmortem,
		    const struct postmortem_owner *owner)
{
	*postmortem = (struct postmortem){
		.owner = *owner,
		.boot_mono_ns = clock_mono_ns(),
		.ring_why = "",
	};
	return recordlog_init(&postmortem->records, LIMIT_EVIDENCE_KMSG_BYTES);
}

void postmortem_deinit(struct postmortem *postmortem)
{
	recordlog_deinit(&postmortem->records);
}

static void begin_test(struct postmortem *postmortem,
		       const Pb__TestStarted *started)
{
	postmortem->in_test =
		schedule_running(postmortem->owner.schedule, &postmortem->test,
				 &postmortem->attempt);
	postmortem->test_mono_ns = clock_mono_ns();
	recordlog_begin(&postmortem->records, started->kmsg_sequence);
}

/* One that could not be killed may yet take the VM with it. */
static void end_test(struct postmortem *postmortem,
		     const Pb__TestFinished *finished)
{
	if (finished->timed_out)
		return;
	postmortem->in_test = false;
	recordlog_begin(&postmortem->records, finished->kmsg_sequence);
}

void postmortem_event(struct postmortem *postmortem, const Pb__Event *event)
{
	const Pb__KernelRecords *records;

	if (event->body_case == PB__EVENT__BODY_TEST_STARTED)
		begin_test(postmortem, event->test_started);
	else if (event->body_case == PB__EVENT__BODY_TEST_FINISHED)
		end_test(postmortem, event->test_finished);
	else if (event->body_case == PB__EVENT__BODY_KERNEL_RING)
		postmortem->ring_why = event->kernel_ring->why;
	if (event->body_case != PB__EVENT__BODY_KERNEL_RECORDS)
		return;
	records = event->kernel_records;
	for (size_t i = 0; i < records->n_records; i++)
		recordlog_add(&postmortem->records, records->records[i]);
}

static struct evidence_origin origin_of(const struct postmortem *postmortem)
{
	const Pb__RunStarted *started = postmortem->owner.started;
	struct evidence_origin origin = {
		.config = started->config_name,
		.boot = postmortem->owner.vm->spec.boot,
	};

	if (postmortem->in_test) {
		origin.test = started->tests[postmortem->test]->name;
		origin.iteration = started->tests[postmortem->test]->iteration;
		origin.attempt = postmortem->attempt;
	}
	return origin;
}

static void tell(struct postmortem *postmortem, const char *name,
		 const struct evidence_stored *kept)
{
	struct event_origin origin = vm_origin(postmortem->owner.vm);
	Pb__EvidenceStored stored = PB__EVIDENCE_STORED__INIT;
	Pb__Event event;

	stored.in_test = postmortem->in_test;
	stored.test = postmortem->test;
	stored.attempt = postmortem->attempt;
	stored.name = (char *)(uintptr_t)name;
	stored.path = (char *)(uintptr_t)kept->path;
	stored.kept_bytes = kept->kept_bytes;
	stored.dropped_bytes = kept->dropped_bytes;
	event_init(&event, &origin);
	event.body_case = PB__EVENT__BODY_EVIDENCE_STORED;
	event.evidence_stored = &stored;
	(void)!postmortem->owner.on_event(postmortem->owner.context, &event);
}

void postmortem_keep(struct postmortem *postmortem, const char *name,
		     struct bytes contents, uint64_t dropped_bytes)
{
	const struct postmortem_owner *owner = &postmortem->owner;
	struct evidence_origin origin = origin_of(postmortem);
	struct evidence_stored kept;

	if (contents.len == 0 && dropped_bytes == 0)
		return;
	if (evidence_write(owner->outdir, owner->quota, &origin, name, contents,
			   dropped_bytes, &kept) == 0)
		tell(postmortem, name, &kept);
}

static void keep_console(struct postmortem *postmortem)
{
	const struct console *console = &postmortem->owner.vm->console;
	size_t count = console_last_count(console);
	char *text = malloc(count * TAIL_LINE + 1);
	size_t len = 0;

	for (size_t i = 0; text != NULL && i < count; i++) {
		len += escape_text(text + len, TAIL_LINE,
				   console_last(console, i), false);
		text[len++] = '\n';
	}
	postmortem_keep(postmortem, "console-tail.log", bytes_of(text, len), 0);
	free(text);
}

static double seconds_since(uint64_t mono_ns)
{
	return (double)(clock_mono_ns() - mono_ns) / 1e9;
}

static void put_time(FILE *to)
{
	time_t now = (time_t)(clock_real_ns() / 1000000000);
	struct tm tm;
	char text[32];

	if (gmtime_r(&now, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
		fprintf(to, "when: %s\n", text);
}

static void put_vng(FILE *to, const struct process *process)
{
	int status = process->wait_status;

	if (process->exited && WIFSIGNALED(status))
		fprintf(to, "vng: ended by signal %d\n", WTERMSIG(status));
	else if (process->exited)
		fprintf(to, "vng: exit status %d\n", WEXITSTATUS(status));
	else
		fputs("vng: could not be ended\n", to);
}

static void put_ended(FILE *to, const struct postmortem *postmortem,
		      Pb__VmEndReason reason, const char *detail,
		      Pb__Verdict verdict)
{
	const struct vm *vm = postmortem->owner.vm;
	const struct evidence_origin origin = origin_of(postmortem);

	fprintf(to, "ended: %s: %s\n", boot_end_words(reason),
		*detail ? detail : "-");
	put_time(to);
	fprintf(to, "boot: %u of VM %u, %.1f s after its start\n", origin.boot,
		vm->spec.index, seconds_since(postmortem->boot_mono_ns));
	if (origin.test != NULL)
		fprintf(to,
			"test: %s, iteration %u, attempt %u, %.1f s after its "
			"start\n",
			origin.test, origin.iteration, origin.attempt,
			seconds_since(postmortem->test_mono_ns));
	if (verdict != PB__VERDICT__VERDICT_UNSPECIFIED)
		fprintf(to, "verdict: %s\n", verdict_name(verdict));
	put_vng(to, &vm->process);
	if (*postmortem->ring_why)
		fprintf(to, "kernel-ring.log: %s\n", postmortem->ring_why);
}

static void keep_ended(struct postmortem *postmortem, Pb__VmEndReason reason,
		       const char *detail, Pb__Verdict verdict)
{
	char text[ENDED_MAX];
	FILE *to = fmemopen(text, sizeof(text), "w");
	long len;

	if (to == NULL)
		return;
	put_ended(to, postmortem, reason, detail, verdict);
	len = ftell(to);
	fclose(to);
	if (len > 0)
		postmortem_keep(postmortem, "ended.txt",
				bytes_of(text, (size_t)len), 0);
}

bool postmortem_wants(const struct postmortem *postmortem,
		      Pb__VmEndReason reason, Pb__Verdict verdict)
{
	if (reason == PB__VM_END_REASON__VM_END_STOPPED)
		return postmortem->owner.schedule->timed_out &&
		       verdict != PB__VERDICT__VERDICT_UNSPECIFIED;
	return reason != PB__VM_END_REASON__VM_END_FINISHED &&
	       reason != PB__VM_END_REASON__VM_END_CHECK_FAILED &&
	       reason != PB__VM_END_REASON__VM_END_HOST_FAILED;
}

void postmortem_ended(struct postmortem *postmortem, Pb__VmEndReason reason,
		      const char *detail, Pb__Verdict verdict)
{
	if (!postmortem_wants(postmortem, reason, verdict))
		return;
	keep_console(postmortem);
	postmortem_keep(postmortem, "kmsg.log",
			recordlog_text(&postmortem->records),
			postmortem->records.dropped_bytes);
	keep_ended(postmortem, reason, detail, verdict);
}
