/* SPDX-License-Identifier: GPL-2.0-or-later */
/* investigation - a guest that says nothing, looked at from the outside. */
#include "host/vm/investigation.h"

#include "host/vm/registers.h"
#include "shared/escape.h"
#include "shared/must.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ANSWER_MS = 1000,
	LOG_BYTES = 16 * 1024,
	LINE_BYTES = 4096,
};

enum step_kind { STEP_STATUS, STEP_SAMPLES, STEP_KEY, STEP_NMI };

struct step {
	enum step_kind kind;
	unsigned int times;
	double pause_s; /* after each */
	char key[2];
};

static const struct step look[] = {
	{STEP_STATUS, 1, 0, ""},
	{STEP_SAMPLES, 5, 0.05, ""},
};

/* t is the longest; its lines come while the next step is taken. */
static const struct step deep[] = {
	{STEP_STATUS, 1, 0, ""}, {STEP_SAMPLES, 10, 0.1, ""},
	{STEP_KEY, 1, 1, "l"},	 {STEP_KEY, 1, 1, "w"},
	{STEP_KEY, 1, 0.3, "d"}, {STEP_KEY, 1, 2.5, "t"},
	{STEP_NMI, 1, 1, ""},
};

static const struct step *steps_of(const struct investigation *investigation,
				   size_t *ret_count)
{
	bool is_deep = investigation->depth == INVESTIGATION_DEEP;

	*ret_count = is_deep ? sizeof(deep) / sizeof(deep[0])
			     : sizeof(look) / sizeof(look[0]);
	return is_deep ? deep : look;
}

static void text_add(struct investigation_text *text, struct bytes bytes)
{
	size_t room = text->cap_bytes - text->used_bytes;
	struct bytes kept =
		bytes_take(&bytes, bytes.len < room ? bytes.len : room);

	if (kept.len > 0)
		memcpy(text->text + text->used_bytes, kept.data, kept.len);
	text->used_bytes += kept.len;
	text->dropped_bytes += bytes.len;
}

static void text_format(struct investigation_text *text, const char *format,
			...) __attribute__((format(printf, 2, 3)));

static void text_format(struct investigation_text *text, const char *format,
			...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	text_add(text, bytes_of_string(line));
}

static void text_line(struct investigation_text *text, struct bytes line)
{
	char escaped[LINE_BYTES];
	size_t len = escape_text(escaped, sizeof(escaped) - 1, line, false);

	escaped[len++] = '\n';
	text_add(text, bytes_of(escaped, len));
}

static int text_open(struct investigation_text *text, size_t cap_bytes)
{
	*text = (struct investigation_text){.cap_bytes = cap_bytes};
	/* Room for the note. */
	text->text = malloc(cap_bytes + 64);
	return text->text != NULL ? 0 : -ENOMEM;
}

static void text_close(struct investigation_text *text)
{
	free(text->text);
	*text = (struct investigation_text){0};
}

static void text_tell(struct investigation *investigation,
		      struct investigation_text *text, const char *name)
{
	const struct investigation_owner *owner = &investigation->owner;
	char note[64];
	int len = 0;

	if (text->dropped_bytes > 0)
		len = snprintf(note, sizeof(note),
			       "[fstvm: %llu more bytes were not kept]\n",
			       (unsigned long long)text->dropped_bytes);
	if (len > 0)
		memcpy(text->text + text->used_bytes, note, (size_t)len);
	owner->on_evidence(
		owner->context, name,
		bytes_of(text->text, text->used_bytes + (size_t)len));
}

static void stop(struct investigation *investigation)
{
	ev_timer_stop(investigation->loop, &investigation->pause);
	ev_timer_stop(investigation->loop, &investigation->limit);
	investigation->depth = INVESTIGATION_NONE;
	text_close(&investigation->log);
	text_close(&investigation->registers);
	text_close(&investigation->sysrq);
}

static void conclude(struct investigation *investigation)
{
	const struct investigation_owner *owner = &investigation->owner;
	char words[FINDING_WORDS];

	if (investigation->depth == INVESTIGATION_LOOK) {
		stop(investigation);
		return;
	}
	finding_words(&investigation->finding, words);
	text_format(&investigation->log, "finding: %s\n", words);
	text_tell(investigation, &investigation->log, "status.txt");
	text_tell(investigation, &investigation->registers, "registers.txt");
	text_tell(investigation, &investigation->sysrq, "sysrq.log");
	stop(investigation);
	owner->on_finding(owner->context, words);
}

static double elapsed(const struct investigation *investigation)
{
	return ev_now(investigation->loop) - investigation->began;
}

static void keep_registers(struct investigation *investigation,
			   struct bytes text)
{
	struct investigation_text *to = &investigation->registers;
	struct bytes line;

	text_format(to, "=== sample %u, at %.3f s\n",
		    investigation->repeated + 1, elapsed(investigation));
	while (registers_line(&text, &line))
		if (line.len > 0 && registers_is_shown(line))
			text_line(to, line);
}

static void take_sample(struct investigation *investigation,
			const json_t *value)
{
	const struct investigation_owner *owner = &investigation->owner;
	struct liveness_cpu cpus[REGISTERS_CPUS];
	struct bytes text;
	size_t count;

	if (!json_is_string(value))
		return;
	text = bytes_of(json_string_value(value), json_string_length(value));
	count = registers_parse(text, cpus);
	owner->on_sample(owner->context, cpus, count);
	if (investigation->depth != INVESTIGATION_DEEP)
		return;
	finding_sample(&investigation->finding, cpus, count);
	keep_registers(investigation, text);
}

static void take_status(struct investigation *investigation,
			const json_t *value)
{
	const char *status =
		json_string_value(json_object_get(value, "status"));

	if (status != NULL)
		finding_status(&investigation->finding, status);
}

static bool is_running(const struct investigation *investigation)
{
	return strcmp(investigation->finding.status, "running") == 0;
}

static void take_answer(struct investigation *investigation,
			const struct step *step, int error, const json_t *value)
{
	if (step->kind == STEP_STATUS && error == 0)
		take_status(investigation, value);
	if (step->kind == STEP_SAMPLES && error == 0)
		take_sample(investigation, value);
}

static void log_answer(struct investigation *investigation,
		       const struct step *step, int error)
{
	static const char *const names[] = {
		[STEP_STATUS] = "query-status",
		[STEP_SAMPLES] = "info registers -a",
		[STEP_KEY] = "send-key alt-sysrq-",
		[STEP_NMI] = "inject-nmi",
	};

	if (investigation->depth != INVESTIGATION_DEEP)
		return;
	text_format(&investigation->log, "%6.3f s  %s%s: %s\n",
		    elapsed(investigation), names[step->kind], step->key,
		    error < 0			? strerror(-error)
		    : step->kind == STEP_STATUS ? investigation->finding.status
						: "done");
}

static void take_step(struct investigation *investigation);

static void on_answer(void *context, int error, const json_t *value)
{
	struct investigation *investigation = context;
	const struct step *step;
	size_t count;

	investigation->waiting = false;
	if (investigation->depth == INVESTIGATION_NONE)
		return;
	if (investigation->restart) {
		investigation->restart = false;
		take_step(investigation);
		return;
	}
	step = &steps_of(investigation, &count)[investigation->step];
	take_answer(investigation, step, error, value);
	log_answer(investigation, step, error);
	/* Asking on makes sense only of a QEMU that answers. */
	if (error == -ECONNRESET || error == -ETIMEDOUT) {
		conclude(investigation);
		return;
	}
	if (++investigation->repeated >= step->times) {
		investigation->step++;
		investigation->repeated = 0;
	}
	ev_timer_set(&investigation->pause, step->pause_s, 0);
	ev_timer_start(investigation->loop, &investigation->pause);
}

static int ask_key(struct investigation *investigation, const char *key)
{
	json_t *arguments =
		json_pack("{s:[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}]}", "keys",
			  "type", "qcode", "data", "alt", "type", "qcode",
			  "data", "sysrq", "type", "qcode", "data", key);

	if (arguments == NULL)
		return -ENOMEM;
	investigation->finding.asked = true;
	text_format(&investigation->sysrq, "=== sysrq %s\n", key);
	return qmp_ask(investigation->qmp, "send-key", arguments, ANSWER_MS,
		       on_answer, investigation);
}

static int ask(struct investigation *investigation, const struct step *step)
{
	struct qmp *qmp = investigation->qmp;

	switch (step->kind) {
	case STEP_STATUS:
		return qmp_ask(qmp, "query-status", NULL, ANSWER_MS, on_answer,
			       investigation);
	case STEP_SAMPLES:
		return qmp_ask_monitor(qmp, "info registers -a", ANSWER_MS,
				       on_answer, investigation);
	case STEP_KEY:
		return ask_key(investigation, step->key);
	case STEP_NMI:
		text_format(&investigation->sysrq, "=== NMI\n");
		return qmp_ask(qmp, "inject-nmi", NULL, ANSWER_MS, on_answer,
			       investigation);
	}
	return -EINVAL;
}

static void take_step(struct investigation *investigation)
{
	const struct step *step;
	size_t count;

	step = steps_of(investigation, &count) + investigation->step;
	/* CPUs that QEMU does not run take no key. */
	if (investigation->step == count ||
	    (step->kind >= STEP_KEY && !is_running(investigation))) {
		conclude(investigation);
		return;
	}
	if (ask(investigation, step) < 0)
		conclude(investigation);
	else
		investigation->waiting = true;
}

static void on_investigation_pause(struct ev_loop *loop, ev_timer *timer,
				   int events)
{
	(void)loop;
	(void)events;
	take_step(timer->data);
}

static void on_investigation_limit(struct ev_loop *loop, ev_timer *timer,
				   int events)
{
	(void)loop;
	(void)events;
	conclude(timer->data);
}

static void start(struct investigation *investigation,
		  enum investigation_depth depth)
{
	ev_timer_stop(investigation->loop, &investigation->pause);
	investigation->depth = depth;
	investigation->step = 0;
	investigation->repeated = 0;
	investigation->finding = (struct finding){0};
	investigation->began = ev_now(investigation->loop);
	investigation->restart = investigation->waiting;
	if (!investigation->waiting)
		take_step(investigation);
}

void investigation_look(struct investigation *investigation)
{
	if (investigation->depth == INVESTIGATION_NONE &&
	    !investigation->waiting && qmp_is_ready(investigation->qmp))
		start(investigation, INVESTIGATION_LOOK);
}

int investigation_begin(struct investigation *investigation)
{
	int rc;

	if (investigation->depth == INVESTIGATION_DEEP)
		return 0;
	stop(investigation);
	rc = text_open(&investigation->log, LOG_BYTES);
	if (rc == 0)
		rc = text_open(&investigation->registers,
			       INVESTIGATION_REGISTER_BYTES);
	if (rc == 0)
		rc = text_open(&investigation->sysrq,
			       INVESTIGATION_SYSRQ_BYTES);
	if (rc < 0) {
		stop(investigation);
		return rc;
	}
	ev_timer_set(&investigation->limit, INVESTIGATION_MAX_S, 0);
	ev_timer_start(investigation->loop, &investigation->limit);
	start(investigation, INVESTIGATION_DEEP);
	return 0;
}

void investigation_abort(struct investigation *investigation)
{
	if (investigation->depth != INVESTIGATION_NONE)
		stop(investigation);
}

void investigation_finish(struct investigation *investigation)
{
	if (investigation->depth == INVESTIGATION_DEEP)
		conclude(investigation);
}

bool investigation_is_deep(const struct investigation *investigation)
{
	return investigation->depth == INVESTIGATION_DEEP;
}

void investigation_line(struct investigation *investigation, struct bytes line)
{
	if (investigation->depth != INVESTIGATION_DEEP)
		return;
	text_line(&investigation->sysrq, line);
	if (investigation->finding.asked)
		finding_line(&investigation->finding, line);
}

void investigation_init(struct investigation *investigation,
			struct ev_loop *loop, struct qmp *qmp,
			const struct investigation_owner *owner)
{
	*investigation = (struct investigation){
		.loop = loop,
		.qmp = qmp,
		.owner = *owner,
	};
	ev_timer_init(&investigation->pause, on_investigation_pause, 0, 0);
	ev_timer_init(&investigation->limit, on_investigation_limit,
		      INVESTIGATION_MAX_S, 0);
	investigation->pause.data = investigation->limit.data = investigation;
}

void investigation_close(struct investigation *investigation)
{
	if (investigation->loop != NULL)
		stop(investigation);
}
