/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_boot - see json_boot.h. */
#include "host/report/json_boot.h"

#include "host/report/json_evidence.h"
#include "host/report/json_text.h"

#include <limits.h>

static json_t *where_test(const struct result *result,
			  const struct problem *problem)
{
	if (!problem->in_test || problem->test >= result_test_count(result))
		return json_null();
	return json_text(result_test(result, problem->test)->name);
}

/* Whose it is, and whether it counts. */
static json_t *judgement_of(const struct result *result,
			    const struct problem *problem)
{
	return json_pack("{s:o, s:b, s:b, s:b, s:b, s:I, s:o}", "times",
			 json_text_count(problem->times), "counts",
			 problem->counts, "expected", problem->expected,
			 "unclassified", problem->unclassified, "after_test",
			 result_is_after_test(result, problem), "age",
			 (json_int_t)problem->age_s, "fingerprint",
			 json_text_or_null(problem->fingerprint));
}

static json_t *one_problem(const struct result *result,
			   const struct problem *problem)
{
	json_t *rest = judgement_of(result, problem);
	json_t *json = json_pack(
		"{s:o, s:o, s:s, s:o, s:o, s:b, s:I, s:o, s:I}", "message",
		json_text(problem->title), "class", json_text(problem->class),
		"severity", problem_severity_name(problem->severity),
		"function", json_text_or_null(problem->function), "report",
		json_text_or_null(problem->report), "consequence",
		problem->consequence, "boot", (json_int_t)problem->boot, "test",
		where_test(result, problem), "attempt",
		(json_int_t)problem->attempt);

	if (!json || !rest || json_object_update(json, rest) < 0) {
		json_decref(json);
		json = NULL;
	}
	json_decref(rest);
	return json;
}

static json_t *problems_of(const struct result *result,
			   enum problem_group group)
{
	const struct problem_list *problems = result_problems(result);
	json_t *list = json_array();

	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->items[i];

		if (problem->group != group)
			continue;
		if (json_array_append_new(list, one_problem(result, problem)) <
		    0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *path_of(const struct files *files, const char *name)
{
	char path[PATH_MAX + NAME_MAX];

	if (!name || !*name)
		return json_null();
	return json_text(files_path(files, name, path, sizeof(path)));
}

static json_t *setup_of(const struct boot *boot)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < boot->step_count; i++) {
		const struct boot_step *step = &boot->steps[i];
		json_t *json = json_pack(
			"{s:o, s:o, s:o}", "name", json_text(step->name),
			"duration", json_text_seconds(step->duration_ns),
			"detail", json_text_or_null(step->detail));

		if (json_array_append_new(list, json) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* Seconds of the controller's CLOCK_MONOTONIC; null: it did not come so far. */
static json_t *timeline_of(const struct boot *boot)
{
	json_t *json = json_object();

	for (size_t i = 0; i < TIMELINE_MARKS; i++) {
		uint64_t ns = boot->timeline.mono_ns[i];
		const char *name = timeline_mark_name((enum timeline_mark)i);

		if (json_object_set_new(json, name,
					ns ? json_text_seconds(ns)
					   : json_null()) < 0) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}

/* What ended vng, as a shell would say it. */
static json_int_t exit_code_of(const struct boot *boot)
{
	return boot->term_signal ? 128 + (json_int_t)boot->term_signal
				 : (json_int_t)boot->exit_status;
}

static json_t *facts_of(const struct boot *boot)
{
	const Pb__Hello *hello = boot->hello;

	if (!hello)
		return json_null();
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:b, s:o}",
		"release", json_text(hello->kernel_release), "version",
		json_text(hello->kernel_version), "machine",
		json_text(hello->machine), "command_line",
		json_text(hello->command_line), "taint",
		json_text_count(hello->taint), "memory_bytes",
		json_text_count(hello->memory_bytes), "cpus",
		(json_int_t)hello->cpus, "config",
		json_text_list(hello->config_facts, hello->n_config_facts),
		"agent_version", json_text(hello->agent_version), "boot_id",
		json_text(hello->boot_id), "agent_is_init", hello->is_init,
		"build_id", json_text_or_null(hello->build_id));
}

/* Beside the host: 1.0 is as quick, null not measured. */
static json_t *slowness_of(const struct boot *boot)
{
	return boot->slowness_percent
		       ? json_real((double)boot->slowness_percent / 100.0)
		       : json_null();
}

static json_t *one_boot(const struct files *files, const struct boot *boot)
{
	json_t *json = json_pack(
		"{s:I, s:I, s:b, s:b, s:o, s:o, s:s, s:o, s:o, s:o}", "number",
		(json_int_t)boot->number, "vm", (json_int_t)boot->vm, "success",
		boot_is_success(boot), "boot_completed", boot->hello_seen,
		"started", json_text_time(boot->started_real_ns), "duration",
		json_text_seconds(boot_duration_ns(boot)), "end",
		boot_end_name(boot->end_reason), "detail",
		json_text_or_null(boot->end_detail), "log_file_path",
		path_of(files, boot->console_log), "kernel", facts_of(boot));
	json_t *rest = json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o}",
		"exit_code",
		boot->ended ? json_integer(exit_code_of(boot)) : json_null(),
		"setup", setup_of(boot), "setup_failure",
		json_text_or_null(boot->setup_failure), "last_console",
		json_text_list(boot->last_console, boot->last_console_count),
		"kernel_messages", json_text_count(boot->kernel_messages),
		"kernel_messages_lost",
		json_text_count(boot->kernel_messages_lost), "agents",
		(json_int_t)boot->hellos, "timeline", timeline_of(boot),
		"evidence", json_evidence(&boot->evidence), "slowness",
		slowness_of(boot));

	if (!json || !rest || json_object_update(json, rest) < 0) {
		json_decref(json);
		json = NULL;
	}
	json_decref(rest);
	return json;
}

static json_t *all_boots(const struct result *result, const struct files *files)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result_boot_count(result); i++) {
		json_t *json = one_boot(files, result_boot(result, i));

		if (json_array_append_new(list, json) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *dmesg_of(struct bytes dmesg)
{
	if (!dmesg.data)
		return json_null();
	return json_text_bytes(dmesg);
}

/* What the kernel said of itself in the first boot that came up. */
static const Pb__Hello *first_hello(const struct result *result)
{
	for (size_t i = 0; i < result_boot_count(result); i++) {
		if (result_boot(result, i)->hello)
			return result_boot(result, i)->hello;
	}
	return NULL;
}

json_t *json_boot(const struct result *result, const struct summary *summary,
		  const struct files *files, struct bytes dmesg)
{
	const Pb__Hello *hello = first_hello(result);
	const struct boot *boot = summary->blamed;

	return json_pack(
		"{s:b, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, "
		"s:o, s:o, s:o}",
		"success", summary->boot_success, "duration",
		json_text_seconds(summary->boot_ns), "boot_completed",
		summary->boot_completed, "kernel_version",
		json_text_or_null(hello ? hello->kernel_release : NULL),
		"errors", problems_of(result, PROBLEM_ERROR), "warnings",
		problems_of(result, PROBLEM_WARNING), "panics",
		problems_of(result, PROBLEM_PANIC), "oops",
		problems_of(result, PROBLEM_OOPS), "dmesg_output",
		dmesg_of(dmesg), "exit_code",
		boot && boot->ended ? json_integer(exit_code_of(boot))
				    : json_null(),
		"timeout_occurred", summary->timeout_occurred, "log_file_path",
		path_of(files, boot ? boot->console_log : NULL),
		"kernel_command_line",
		json_text_or_null(hello ? hello->command_line : NULL), "taint",
		hello ? json_text_count(hello->taint) : json_null(), "boots",
		all_boots(result, files));
}
