/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finding - what an investigation saw, in one line.
 *
 *   QEMU is paused
 *   userspace silent, all CPUs idle, 2 blocked tasks: jbd2/vda-8, fsstress
 *   no answer to sysrq, CPU 0 spins at ffffffff81234567, interrupts off
 *
 * Fed with what QEMU and the console say; pure. Texts are the guest's: the
 * line is escaped by who shows it.
 */
#pragma once

#include "host/link/liveness.h"
#include "shared/bytes.h"

enum {
	FINDING_CPUS = 8, /* that are told apart */
	FINDING_STATUS = 32,
	FINDING_TASKS = 4, /* blocked ones that are named */
	FINDING_TASK = 24,
	FINDING_WORDS = 400,
};

struct finding_cpu {
	unsigned int halted; /* samples */
	unsigned int in_program;
	unsigned int in_kernel;
	unsigned int interrupts_off;
	uint64_t lowest; /* instructions in the kernel */
	uint64_t highest;
};

struct finding {
	char status[FINDING_STATUS]; /* QEMU's; "": it did not answer */
	unsigned int samples;
	size_t cpu_count;
	struct finding_cpu cpus[FINDING_CPUS];
	bool asked;	      /* sysrq was tried */
	bool answered;	      /* and the kernel said so */
	unsigned int blocked; /* tasks in D state */
	char tasks[FINDING_TASKS][FINDING_TASK];
};

void finding_status(struct finding *finding, const char *status);
void finding_sample(struct finding *finding, const struct liveness_cpu *cpus,
		    size_t count);
/* A line of the console after sysrq was tried. */
void finding_line(struct finding *finding, struct bytes line);
void finding_words(const struct finding *finding, char to[FINDING_WORDS]);
