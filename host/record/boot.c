/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot - see boot.h. */
#include "host/record/boot.h"

#include "host/record/copy.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct end_row {
	const char *name;
	const char *words;
	bool broken; /* such an end makes the boot a failure */
};

static const struct end_row ends[] = {
	[PB__VM_END_REASON__VM_END_UNSPECIFIED] = {"running", "still running",
						   false},
	[PB__VM_END_REASON__VM_END_FINISHED] = {"finished", "powered off",
						false},
	[PB__VM_END_REASON__VM_END_BOOT_TIMEOUT] = {"boot-timeout",
						    "did not boot in time",
						    true},
	[PB__VM_END_REASON__VM_END_BOOT_FAILED] = {"boot-failed",
						   "did not boot", true},
	[PB__VM_END_REASON__VM_END_SETUP_FAILED] = {"setup-failed",
						    "could not be set up",
						    false},
	[PB__VM_END_REASON__VM_END_CRASHED] = {"crashed", "the kernel crashed",
					       true},
	[PB__VM_END_REASON__VM_END_HUNG] = {"hung", "gave no sign of life",
					    true},
	[PB__VM_END_REASON__VM_END_WEDGED] = {"wedged",
					      "a test could not be killed",
					      false},
	[PB__VM_END_REASON__VM_END_GONE] = {"gone", "the VM ended by itself",
					    true},
	[PB__VM_END_REASON__VM_END_PROTOCOL] = {"protocol",
						"the guest broke the protocol",
						true},
	[PB__VM_END_REASON__VM_END_STOPPED] = {"stopped", "stopped", false},
	[PB__VM_END_REASON__VM_END_CHECK_FAILED] = {"check-failed",
						    "check would not run",
						    false},
	[PB__VM_END_REASON__VM_END_HOST_FAILED] = {"host-failed",
						   "fstvm failed", false},
};
static_assert(sizeof(ends) / sizeof(ends[0]) ==
		      PB__VM_END_REASON__VM_END_HOST_FAILED + 1,
	      "every end has a row");

static const struct end_row *end_of(Pb__VmEndReason reason)
{
	size_t index = (size_t)reason;

	return &ends[index < sizeof(ends) / sizeof(ends[0]) ? index : 0];
}

const char *boot_end_words(Pb__VmEndReason reason)
{
	return end_of(reason)->words;
}

const char *boot_end_name(Pb__VmEndReason reason)
{
	return end_of(reason)->name;
}

bool boot_is_success(const struct boot *boot)
{
	return boot->hello_seen && !boot->kernel_died &&
	       !end_of(boot->end_reason)->broken;
}

uint64_t boot_duration_ns(const struct boot *boot)
{
	uint64_t until =
		boot->hello_seen ? boot->hello_mono_ns : boot->ended_mono_ns;

	return until > boot->started_mono_ns ? until - boot->started_mono_ns
					     : 0;
}

static void drop_console(struct boot *boot, struct allowance *allowance)
{
	for (uint32_t i = 0; i < boot->last_console_count; i++)
		allowance_drop(allowance, &boot->last_console[i]);
	boot->last_console_count = 0;
}

static void boot_destroy(struct boot *boot, struct allowance *allowance)
{
	for (uint32_t i = 0; i < boot->step_count; i++) {
		allowance_drop(allowance, &boot->steps[i].name);
		allowance_drop(allowance, &boot->steps[i].detail);
	}
	drop_console(boot, allowance);
	evidence_list_deinit(&boot->evidence, allowance);
	allowance_drop(allowance, &boot->console_log);
	allowance_drop(allowance, &boot->setup_failure);
	allowance_drop(allowance, &boot->last_output);
	allowance_drop(allowance, &boot->end_detail);
	if (boot->hello)
		pb__hello__free_unpacked(boot->hello, NULL);
	free(boot);
}

static int take_start(struct boot *boot, struct allowance *allowance,
		      const Pb__Event *event)
{
	if (boot->started)
		return 0;
	boot->started = true;
	boot->started_real_ns = event->real_ns;
	boot->started_mono_ns = event->mono_ns;
	return allowance_keep(allowance, &boot->console_log,
			      event->vm_started->console_log, BOOT_TEXT);
}

static int copy_hello(struct boot *boot, const Pb__Hello *hello)
{
	ProtobufCMessage *copy;
	int r;

	if (pb__hello__get_packed_size(hello) > BOOT_HELLO_BYTES)
		return 0;
	r = copy_message(&hello->base, &copy);
	if (r < 0)
		return r == -EBADMSG ? 0 : r;
	boot->hello = (Pb__Hello *)copy;
	return 0;
}

static int take_hello(struct boot *boot, const Pb__Event *event)
{
	boot->hellos++;
	if (boot->hello_seen)
		return 0;
	boot->hello_seen = true;
	boot->hello_mono_ns = event->mono_ns;
	return copy_hello(boot, event->hello);
}

static int take_step(struct boot *boot, struct allowance *allowance,
		     const Pb__SetupStep *said)
{
	struct boot_step *step;
	int r;

	if (boot->step_count == BOOT_STEPS)
		return 0;
	step = &boot->steps[boot->step_count];
	step->duration_ns = said->duration_ns;
	boot->step_count++;
	r = allowance_keep(allowance, &step->name, said->name, BOOT_TEXT);
	return r < 0 ? r
		     : allowance_keep(allowance, &step->detail, said->detail,
				      BOOT_TEXT);
}

static int take_setup_failure(struct boot *boot, struct allowance *allowance,
			      const Pb__SetupFailed *failed)
{
	char text[BOOT_TEXT];

	snprintf(text, sizeof(text), "%s: %s", failed->step ? failed->step : "",
		 failed->reason ? failed->reason : "");
	return allowance_keep(allowance, &boot->setup_failure, text,
			      sizeof(text));
}

/* The last lines of those that came, since the end is what tells. */
static int take_console(struct boot *boot, struct allowance *allowance,
			const Pb__VmEnded *ended)
{
	size_t first = ended->n_last_console > BOOT_CONSOLE_LINES
			       ? ended->n_last_console - BOOT_CONSOLE_LINES
			       : 0;
	int r = 0;

	drop_console(boot, allowance);
	for (size_t i = first; i < ended->n_last_console && r >= 0; i++) {
		r = allowance_keep(
			allowance,
			&boot->last_console[boot->last_console_count],
			ended->last_console[i], BOOT_CONSOLE_LINE);
		if (r >= 0)
			boot->last_console_count++;
	}
	return r;
}

static int take_end(struct boot *boot, struct allowance *allowance,
		    const Pb__Event *event)
{
	const Pb__VmEnded *ended = event->vm_ended;
	int r = 0;

	if (boot->ended)
		return 0;
	boot->ended = true;
	boot->ended_mono_ns = event->mono_ns;
	boot->end_reason = ended->reason;
	boot->exit_status = ended->exit_status;
	boot->term_signal = ended->term_signal;
	if (ended->console_log && *ended->console_log)
		r = allowance_keep(allowance, &boot->console_log,
				   ended->console_log, BOOT_TEXT);
	if (r >= 0)
		r = allowance_keep(allowance, &boot->end_detail, ended->detail,
				   BOOT_TEXT);
	return r < 0 ? r : take_console(boot, allowance, ended);
}

int boot_apply(struct boot *boot, struct allowance *allowance,
	       const Pb__Event *event)
{
	timeline_apply(&boot->timeline, event);
	if (event->body_case == PB__EVENT__BODY_VM_STARTED)
		return take_start(boot, allowance, event);
	if (event->body_case == PB__EVENT__BODY_HELLO)
		return take_hello(boot, event);
	if (event->body_case == PB__EVENT__BODY_SETUP_STEP)
		return take_step(boot, allowance, event->setup_step);
	if (event->body_case == PB__EVENT__BODY_SETUP_FAILED)
		return take_setup_failure(boot, allowance, event->setup_failed);
	if (event->body_case == PB__EVENT__BODY_CHECK_EXITED)
		return allowance_keep(allowance, &boot->last_output,
				      event->check_exited->last_output,
				      BOOT_TEXT);
	if (event->body_case == PB__EVENT__BODY_VM_ENDED)
		return take_end(boot, allowance, event);
	if (event->body_case == PB__EVENT__BODY_EVIDENCE_STORED)
		return event->evidence_stored->in_test
			       ? 0
			       : evidence_list_add(&boot->evidence, allowance,
						   event->evidence_stored);
	if (event->body_case == PB__EVENT__BODY_CALIBRATION) {
		boot->slowness_percent = event->calibration->slowness_percent;
		return 0;
	}
	if (event->body_case == PB__EVENT__BODY_SETUP_DONE) {
		boot->setup_done = true;
		boot->setup_mono_ns = event->mono_ns;
	} else if (event->body_case == PB__EVENT__BODY_KERNEL_RECORDS) {
		boot->kernel_messages += event->kernel_records->n_records;
		boot->kernel_messages_lost += event->kernel_records->lost;
	} else if (event->body_case == PB__EVENT__BODY_KERNEL_PROBLEM) {
		static const struct problem_rules rules = {.fail = true};
		enum problem_group group =
			problem_group_of(event->kernel_problem, &rules);

		if (group == PROBLEM_PANIC || group == PROBLEM_OOPS)
			boot->kernel_died = true;
	}
	return 0;
}

int boot_list_add(struct boot_list *list, uint32_t number, uint32_t vm)
{
	struct boot *boot;

	if (list->count == BOOT_LIST) {
		list->left_out++;
		return 0;
	}
	boot = calloc(1, sizeof(*boot));
	if (!boot)
		return -ENOMEM;
	boot->number = number;
	boot->vm = vm;
	list->items[list->count++] = boot;
	return 0;
}

/* From the end, because the last one is nearly always meant. */
struct boot *boot_list_find(const struct boot_list *list, uint32_t number)
{
	for (size_t i = list->count; i-- > 0;) {
		if (list->items[i]->number == number)
			return list->items[i];
	}
	return NULL;
}

void boot_list_deinit(struct boot_list *list, struct allowance *allowance)
{
	for (size_t i = 0; i < list->count; i++)
		boot_destroy(list->items[i], allowance);
	list->count = 0;
}
