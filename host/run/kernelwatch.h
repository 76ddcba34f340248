/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernelwatch - one boot's kernel problems, from all sources, each once.
 *
 * Two sources of text. The kernel's records are exact: the facility tells the
 * kernel's words from a program's, the sequence number places them. The agent
 * sends them as they come, and when the guest has died its RAM may give the
 * rest (kernelwatch_memory()); what was had before is skipped.
 * The raw console has the last words, too, but anything may write to it. So
 * problems are taken from the records as they come; those of the console are
 * only remembered, and told at the end of the boot, as far as the records
 * can't have had them: they stop before, or have a gap there. The same printk
 * stamps both, so one report is known by its time and class in the other
 * source; without time stamps, by its title and how often that has come. A
 * report whose records stop in its midst gets the console's longer text.
 *
 * The third source has no text: counters.h.
 *
 * A problem is placed in the test that ran when it began: timetable.h. What is
 * open when a test ends is told at once, for the verdict, unless its last line
 * is so young that the dump goes on: then it is told whole, a moment later.
 *
 * A line on the console that looks like the kernel's death is told at once, as
 * a suspicion: the VM finds out whether it still lives. So is a panic in the
 * agent's records. In those of the dead guest's RAM it was its death.
 */
#pragma once

#include "host/record/assignment.h"
#include "journal.pb-c.h"
#include "shared/bytes.h"

#include <stdbool.h>

struct kernelwatch_owner {
	void (*on_fatal)(void *context, const char *line);
	/* The line by which the kernel died: once. */
	void (*on_death)(void *context, const char *line);
	void (*on_problem)(void *context, Pb__KernelProblem *problem);
};

struct kernelwatch;

struct kernelwatch *kernelwatch_create(const struct kernelwatch_owner *owner,
				       void *context);
void kernelwatch_destroy(struct kernelwatch *watch);
void kernelwatch_console(struct kernelwatch *watch, struct bytes line);
/* In their order; those that were given before are skipped. */
void kernelwatch_records(struct kernelwatch *watch,
			 const Pb__KernelRecords *records);
/* As one of them, from the dead guest's RAM. */
void kernelwatch_memory(struct kernelwatch *watch,
			const Pb__KernelRecord *record);
/* The sequence number from which on records are wanted. */
uint64_t kernelwatch_next(const struct kernelwatch *watch);
/* Any event of the boot, in order. key: of TestStarted's and TestFinished's
 * attempt; NULL when it is none of the plan's. TestFinished is best given
 * before it is applied to the result: what its end brings out is then known
 * when the test gets its verdict. */
void kernelwatch_event(struct kernelwatch *watch, const Pb__Event *event,
		       const struct assignment_key *key);
/* The boot is over: tells what is left, of the console what may be believed.
 * ended_badly: the agent may not have said all. */
void kernelwatch_finish(struct kernelwatch *watch, bool ended_badly);
