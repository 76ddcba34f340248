/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_run - see json_run.h. */
#include "host/report/json_run.h"

#include "host/report/json_text.h"

#include <assert.h>

static const char *const end_names[] = {
	[PB__RUN_END__RUN_END_UNSPECIFIED] = "unspecified",
	[PB__RUN_END__RUN_END_COMPLETE] = "complete",
	[PB__RUN_END__RUN_END_STOPPED] = "stopped",
	[PB__RUN_END__RUN_END_TIMEOUT] = "timeout",
	[PB__RUN_END__RUN_END_BOOT_FAILED] = "boot-failed",
	[PB__RUN_END__RUN_END_SETUP_FAILED] = "setup-failed",
	[PB__RUN_END__RUN_END_TOO_MANY_CRASHES] = "too-many-crashes",
	[PB__RUN_END__RUN_END_HOST_FAILED] = "host-failed",
};
static_assert(sizeof(end_names) / sizeof(end_names[0]) ==
		      PB__RUN_END__RUN_END_HOST_FAILED + 1,
	      "every end has a name");

static const char *end_name(const struct runfacts *facts)
{
	size_t index = (size_t)facts->end;

	if (!facts->ended)
		return "running";
	return end_names[index < sizeof(end_names) / sizeof(end_names[0])
				 ? index
				 : 0];
}

static const char *const role_names[] = {
	[PB__DEVICE_ROLE__DEVICE_ROLE_UNSPECIFIED] = "unknown",
	[PB__DEVICE_ROLE__DEVICE_ROLE_TEST] = "test",
	[PB__DEVICE_ROLE__DEVICE_ROLE_SCRATCH] = "scratch",
	[PB__DEVICE_ROLE__DEVICE_ROLE_POOL] = "pool",
	[PB__DEVICE_ROLE__DEVICE_ROLE_LOGWRITES] = "logwrites",
};

static const char *role_name(Pb__DeviceRole role)
{
	size_t index = (size_t)role;

	return role_names[index < sizeof(role_names) / sizeof(role_names[0])
				  ? index
				  : 0];
}

static json_t *devices_of(const Pb__RunStarted *run)
{
	json_t *list = json_array();

	for (size_t i = 0; i < run->n_devices; i++) {
		const Pb__Device *device = run->devices[i];
		bool loop = device->backing ==
			    PB__DEVICE_BACKING__DEVICE_BACKING_LOOP;
		json_t *json = json_pack("{s:s, s:s, s:o}", "role",
					 role_name(device->role), "backing",
					 loop ? "loop" : "virtio", "size",
					 json_text_count(device->size_bytes));

		if (json_array_append_new(list, json) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *environment_of(const Pb__RunStarted *run)
{
	if (!run)
		return json_null();
	return json_pack(
		"{s:o, s:o, s:b, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o}",
		"fstvm_version", json_text(run->fstvm_version), "vng_version",
		json_text(run->vng_version), "kvm", run->kvm, "kvm_reason",
		json_text_or_null(run->kvm_reason), "memory",
		json_text(run->memory), "cpus", (json_int_t)run->cpus, "kernel",
		json_text(run->kernel), "kernel_kind",
		json_text(run->kernel_kind), "suite", json_text(run->suite),
		"suite_version", json_text(run->suite_version), "fstests",
		json_text(run->fstests));
}

/* As --kernel-problems has it. */
static const char *policy_name(Pb__KernelProblems policy)
{
	switch (policy) {
	case PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_REPORT:
		return "report";
	case PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_IGNORE:
		return "ignore";
	case PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_UNSPECIFIED:
	case PB__KERNEL_PROBLEMS__KERNEL_PROBLEMS_FAIL:
	case _PB__KERNEL_PROBLEMS_IS_INT_SIZE:
		break;
	}
	return "fail";
}

static json_t *settings_of(const Pb__RunStarted *run)
{
	if (!run)
		return json_null();
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:s, s:o}",
		"config", json_text(run->config_name), "fstype",
		json_text(run->fstype), "mkfs_options",
		json_text(run->mkfs_options), "mount_options",
		json_text(run->mount_options), "devices", devices_of(run),
		"timeout_ms", json_text_count(run->timeout_ms),
		"test_timeout_ms", json_text_count(run->test_timeout_ms),
		"retries", (json_int_t)run->retries, "loop_failures",
		(json_int_t)run->loop_failures, "max_crashes",
		(json_int_t)run->max_crashes, "kernel_problems",
		policy_name(run->kernel_problems), "arguments",
		json_text_list(run->arguments, run->n_arguments));
}

json_t *json_run(const struct result *result, const struct summary *summary)
{
	const struct runfacts *facts = result_facts(result);
	const Pb__RunStarted *run = facts->run;

	return json_pack(
		"{s:o, s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"name", json_text(run ? run->name : NULL), "exit_code",
		(int)summary->exitcode, "exit_text",
		exitcode_text(summary->exitcode), "end", end_name(facts),
		"end_detail", json_text_or_null(facts->end_detail),
		"stop_reason", json_text_or_null(facts->stop_reason), "started",
		json_text_time(facts->started_real_ns), "last_event",
		json_text_time(facts->last_real_ns), "notices",
		json_text_list(facts->notices, facts->notice_count),
		"environment", environment_of(run), "settings",
		settings_of(run), "events_ignored",
		json_text_count(result_ignored(result)));
}
