/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_test - see json_test.h. */
#include "host/report/json_test.h"

#include "host/report/json_evidence.h"
#include "host/report/json_text.h"

static json_t *artifacts_of(const struct attempt *attempt)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < attempt->artifact_count; i++) {
		const struct attempt_artifact *artifact =
			&attempt->artifacts[i];
		json_t *json =
			json_pack("{s:o, s:o, s:o, s:o, s:b}", "name",
				  json_text(artifact->guest_name), "path",
				  json_text(artifact->path), "size",
				  json_text_count(artifact->size_bytes), "kept",
				  json_text_count(artifact->kept_bytes),
				  "incomplete", artifact->incomplete);

		if (json_array_append_new(list, json) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *messages_of(const struct attempt *attempt)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < attempt->message_count; i++) {
		const struct attempt_message *message = &attempt->messages[i];
		json_t *json = json_pack(
			"{s:I, s:o, s:o}", "level", (json_int_t)message->level,
			"time",
			json_text_seconds(message->time_us > UINT64_MAX / 1000
						  ? UINT64_MAX
						  : message->time_us * 1000),
			"text", json_text(message->text));

		if (json_array_append_new(list, json) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *status_of(const struct attempt *attempt)
{
	return attempt->has_status && !attempt->term_signal
		       ? json_integer(attempt->exit_status)
		       : json_null();
}

static json_t *signal_of(const struct attempt *attempt)
{
	return attempt->has_status && attempt->term_signal
		       ? json_integer(attempt->term_signal)
		       : json_null();
}

/* What check said, when it came to say something. */
static json_t *check_verdict_of(const struct attempt *attempt)
{
	return attempt->guest_verdict
		       ? json_string(verdict_check_name(attempt->check_verdict))
		       : json_null();
}

/* The clock of the boots' timelines. */
static json_t *started_of(const struct attempt *attempt)
{
	return attempt->started ? json_text_seconds(attempt->started_mono_ns)
				: json_null();
}

/* A key per line would be more than a function may have; two halves are put
 * together. Takes both. */
static json_t *merge(json_t *first, json_t *second)
{
	if (!first || !second || json_object_update(first, second) < 0) {
		json_decref(first);
		first = NULL;
	}
	json_decref(second);
	return first;
}

static json_t *evidence_of(const struct attempt *attempt)
{
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I}",
		"check_verdict", check_verdict_of(attempt), "started",
		started_of(attempt), "exit_status", status_of(attempt),
		"signal", signal_of(attempt), "duration",
		json_text_seconds(attempt_duration_ns(attempt)), "total",
		json_text_seconds(attempt->total_ns), "hint",
		json_text_or_null(attempt->hint), "output_excerpt",
		json_text_or_null(attempt->excerpt), "leftovers",
		json_text_or_null(attempt->leftovers), "artifacts",
		artifacts_of(attempt), "kernel_messages", messages_of(attempt),
		"boot", (json_int_t)attempt->boot);
}

static json_t *counts_of(const struct attempt *attempt)
{
	return json_pack(
		"{s:o, s:o, s:I, s:o, s:I}", "kernel_messages_left_out",
		json_text_count(attempt->messages_left_out), "kernel_problems",
		json_text_count(attempt->kernel_problems), "artifacts_left_out",
		(json_int_t)attempt->artifacts_left_out, "evidence",
		json_evidence(&attempt->evidence), "evidence_left_out",
		(json_int_t)attempt->evidence.left_out);
}

static json_t *one_attempt(const struct attempt *attempt)
{
	json_t *json = json_pack("{s:I, s:s, s:o}", "attempt",
				 (json_int_t)attempt->number, "verdict",
				 verdict_name(attempt->verdict), "reason",
				 json_text(attempt->reason));

	return merge(json, merge(evidence_of(attempt), counts_of(attempt)));
}

static json_t *all_attempts(const struct ledger_test *test)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < test->attempt_count; i++) {
		json_t *json = one_attempt(&test->attempts[i]);

		if (json_array_append_new(list, json) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *json_test(const struct result *result, const struct ledger_test *test)
{
	static const struct attempt none;
	const struct attempt *attempt = ledger_decisive(test);
	const Pb__RunStarted *run = result_facts(result)->run;
	json_t *json = json_pack(
		"{s:o, s:o, s:I, s:s, s:o}", "name", json_text(test->name),
		"config", json_text(run ? run->config_name : NULL), "iteration",
		(json_int_t)test->iteration, "verdict",
		verdict_name(test->verdict), "reason",
		json_text(result_reason(result, test)));

	if (!attempt)
		attempt = &none;
	json = merge(json, merge(evidence_of(attempt), counts_of(attempt)));
	if (!json || test->attempt_count < 2)
		return json;
	return merge(json, json_pack("{s:o}", "attempts", all_attempts(test)));
}
