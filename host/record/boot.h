/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot - what is known of one boot of one VM: a part of the result.
 *
 * Texts are the guest's or the host's bytes, bounded but not escaped; NULL
 * when empty. Host times are of the controller's CLOCK_MONOTONIC, so their
 * differences hold within a boot, which never outlives its controller.
 */
#pragma once

#include "host/record/allowance.h"
#include "host/record/evidence_list.h"
#include "host/record/problem.h"
#include "host/record/timeline.h"
#include "journal.pb-c.h"

enum {
	BOOT_STEPS = 32,
	BOOT_CONSOLE_LINES = 24,
	BOOT_CONSOLE_LINE = 512,
	BOOT_TEXT = 2048,
	BOOT_HELLO_BYTES = 24 * 1024,
	BOOT_LIST = 1024,
};

struct boot_step {
	char *name;
	char *detail;
	uint64_t duration_ns;
};

struct boot {
	uint32_t number; /* 1, 2, … over the whole run */
	uint32_t vm;
	char *console_log; /* file name in the run directory */
	uint64_t started_real_ns;
	uint64_t started_mono_ns;
	uint64_t hello_mono_ns;
	uint64_t setup_mono_ns;
	uint64_t ended_mono_ns;
	struct timeline timeline;
	bool started;
	bool hello_seen;
	bool setup_done;
	bool ended;
	Pb__Hello *hello; /* the first one; NULL: none, or too large */
	uint32_t hellos;  /* incarnations of the agent */
	struct boot_step steps[BOOT_STEPS];
	uint32_t step_count;
	char *setup_failure; /* "mkfs: …" */
	char *last_output;   /* of a check that exited */
	Pb__VmEndReason end_reason;
	char *end_detail;
	uint32_t exit_status; /* of vng */
	uint32_t term_signal;
	char *last_console[BOOT_CONSOLE_LINES];
	uint32_t last_console_count;
	uint64_t kernel_messages;
	uint64_t kernel_messages_lost;
	bool kernel_died;	       /* a panic or an oops */
	uint32_t slowness_percent;     /* beside the host; 0: not known */
	struct evidence_list evidence; /* that belongs to no test */
};

/* The VM came up (the agent said Hello), the kernel neither panicked nor
 * oopsed, and it did not vanish, crash or hang. A boot that is not over is
 * judged by what is known so far. */
bool boot_is_success(const struct boot *boot);
/* From the start of the VM to the agent's Hello; to its end when no Hello
 * came. */
uint64_t boot_duration_ns(const struct boot *boot);
/* In words for a person: "the kernel crashed". */
const char *boot_end_words(Pb__VmEndReason reason);
/* "finished", "boot-timeout"; "running" for unspecified. */
const char *boot_end_name(Pb__VmEndReason reason);

/* Takes what an event says about its boot. Any event is safe. */
must_check int boot_apply(struct boot *boot, struct allowance *allowance,
			  const Pb__Event *event);

/* The boots of a run, in the order in which they started. */
struct boot_list {
	struct boot *items[BOOT_LIST];
	size_t count;
	uint64_t left_out;
};

/* Over BOOT_LIST they are only counted. */
must_check int boot_list_add(struct boot_list *list, uint32_t number,
			     uint32_t vm);
/* NULL when there is none with this number, or it was left out. */
struct boot *boot_list_find(const struct boot_list *list, uint32_t number);
void boot_list_deinit(struct boot_list *list, struct allowance *allowance);
