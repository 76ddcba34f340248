/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finding - what an investigation saw, in one line. */
#include "host/vm/finding.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FLAGS_INTERRUPTS (UINT64_C(1) << 9)
/* A loop that spins stays within this. */
#define LOOP_BYTES 4096

void finding_status(struct finding *finding, const char *status)
{
	bytes_copy_string(finding->status, sizeof(finding->status), status);
}

static void add_kernel(struct finding_cpu *seen, const struct liveness_cpu *cpu)
{
	if (seen->in_kernel == 0 || cpu->instruction < seen->lowest)
		seen->lowest = cpu->instruction;
	if (seen->in_kernel == 0 || cpu->instruction > seen->highest)
		seen->highest = cpu->instruction;
	seen->in_kernel++;
	if (!(cpu->flags & FLAGS_INTERRUPTS))
		seen->interrupts_off++;
}

void finding_sample(struct finding *finding, const struct liveness_cpu *cpus,
		    size_t count)
{
	if (count == 0)
		return;
	finding->samples++;
	if (count > finding->cpu_count)
		finding->cpu_count = count;
	for (size_t i = 0; i < count && i < FINDING_CPUS; i++) {
		if (cpus[i].halted)
			finding->cpus[i].halted++;
		else if (cpus[i].ring != 0)
			finding->cpus[i].in_program++;
		else
			add_kernel(&finding->cpus[i], &cpus[i]);
	}
}

/* Whether word is in the line; the line moves behind it. */
static bool find(struct bytes *line, const char *word)
{
	const uint8_t *at = line->len > 0 ? memmem(line->data, line->len, word,
						   strlen(word))
					  : NULL;

	if (at == NULL)
		return false;
	(void)bytes_take(line, (size_t)(at - line->data) + strlen(word));
	return true;
}

/* "task:jbd2/vda-8      state:D stack:0     pid:99 …", of sysrq w and t: the
 * former is the one that is counted. */
static void take_task(struct finding *finding, struct bytes line)
{
	struct bytes name;
	size_t len = 0;

	if (!find(&line, "task:"))
		return;
	name = line;
	if (!find(&line, " state:D"))
		return;
	while (len < name.len && name.data[len] != ' ')
		len++;
	for (unsigned int i = 0; i < finding->blocked && i < FINDING_TASKS; i++)
		if (strlen(finding->tasks[i]) == len &&
		    memcmp(finding->tasks[i], name.data, len) == 0)
			return;
	if (len >= FINDING_TASK)
		len = FINDING_TASK - 1;
	if (finding->blocked < FINDING_TASKS)
		memcpy(finding->tasks[finding->blocked], name.data, len);
	finding->blocked++;
}

void finding_line(struct finding *finding, struct bytes line)
{
	struct bytes whole = line;

	if (find(&line, "sysrq: "))
		finding->answered = true;
	take_task(finding, whole);
}

struct words {
	char *to;
	size_t used;
};

static void put(struct words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct words *words, const char *format, ...)
{
	size_t room = FINDING_WORDS - words->used;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(words->to + words->used, room, format, args);
	va_end(args);
	if (len > 0)
		words->used += (size_t)len < room ? (size_t)len : room - 1;
}

static bool is_idle(const struct finding *finding,
		    const struct finding_cpu *cpu)
{
	return cpu->halted * 10 >= finding->samples * 8;
}

static void put_cpu(struct words *words, const struct finding *finding,
		    size_t number)
{
	const struct finding_cpu *cpu = &finding->cpus[number];

	put(words, ", CPU %zu ", number);
	if (is_idle(finding, cpu))
		put(words, "idle");
	else if (cpu->in_program > 0)
		put(words, "runs a program");
	else if (cpu->highest - cpu->lowest < LOOP_BYTES)
		put(words, "spins at %" PRIx64 "%s", cpu->lowest,
		    cpu->interrupts_off == cpu->in_kernel ? ", interrupts off"
							  : "");
	else
		put(words, "runs in the kernel");
}

static void put_cpus(struct words *words, const struct finding *finding)
{
	size_t told = finding->cpu_count < FINDING_CPUS ? finding->cpu_count
							: FINDING_CPUS;
	size_t idle = 0;

	for (size_t i = 0; i < told; i++)
		idle += is_idle(finding, &finding->cpus[i]);
	if (told == 0)
		return;
	if (idle == told) {
		put(words, ", all CPUs idle");
		return;
	}
	for (size_t i = 0; i < told; i++)
		put_cpu(words, finding, i);
	if (finding->cpu_count > told)
		put(words, ", and %zu more CPUs", finding->cpu_count - told);
}

static void put_blocked(struct words *words, const struct finding *finding)
{
	const char *separator = ": ";

	if (!finding->answered)
		return;
	if (finding->blocked == 0) {
		put(words, ", no blocked task");
		return;
	}
	put(words, ", %u blocked task%s", finding->blocked,
	    finding->blocked == 1 ? "" : "s");
	for (unsigned int i = 0; i < finding->blocked && i < FINDING_TASKS;
	     i++) {
		put(words, "%s%s", separator, finding->tasks[i]);
		separator = ", ";
	}
	if (finding->blocked > FINDING_TASKS)
		put(words, ", …");
}

void finding_words(const struct finding *finding, char to[FINDING_WORDS])
{
	struct words words = {.to = to};

	to[0] = '\0';
	if (finding->status[0] == '\0') {
		put(&words, "QEMU does not answer");
		return;
	}
	if (strcmp(finding->status, "running") != 0) {
		put(&words, "QEMU is %s", finding->status);
		return;
	}
	if (!finding->asked)
		put(&words, "nothing is heard");
	else
		put(&words, finding->answered ? "userspace silent"
					      : "no answer to sysrq");
	put_cpus(&words, finding);
	put_blocked(&words, finding);
}
