/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernelwatch - one boot's kernel problems, from both sources, each once.
 *
 * The agent's kernel records are exact (the facility tells the kernel's words
 * from a program's) but stop when the guest dies. The raw console has the last
 * words too, but anything may write to it. So problems are taken from the
 * records as they come; those of the console are only remembered, and told at
 * the end of a boot that did not end well, as far as the records did not have
 * them. A line on the console that looks like the kernel's death is told at
 * once, as a suspicion: the VM finds out whether it still lives.
 */
#pragma once

#include "journal.pb-c.h"
#include "shared/bytes.h"

#include <stdbool.h>

struct kernelwatch_owner {
	void (*on_fatal)(void *context, const char *line);
	/* The test and attempt are the owner's to fill in. */
	void (*on_problem)(void *context, Pb__KernelProblem *problem);
};

struct kernelwatch;

struct kernelwatch *kernelwatch_create(const struct kernelwatch_owner *owner,
				       void *context);
void kernelwatch_destroy(struct kernelwatch *watch);
void kernelwatch_console(struct kernelwatch *watch, struct bytes line);
void kernelwatch_records(struct kernelwatch *watch,
			 const Pb__KernelRecords *records);
/* The boot is over. ended_badly: tell what only the console has. */
void kernelwatch_finish(struct kernelwatch *watch, bool ended_badly);
