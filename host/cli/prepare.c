/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prepare - from a command line to all that a run needs. */
#include "host/cli/prepare.h"

#include "host/cli/deadlines.h"
#include "host/cli/experience.h"
#include "host/cli/machine.h"
#include "host/plan/fstype.h"
#include "host/plan/programs.h"
#include "host/plan/size.h"
#include "host/record/statedir.h"
#include "shared/escape.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

struct prepared *prepare_create(void)
{
	struct prepared *prepared = calloc(1, sizeof(*prepared));

	if (prepared != NULL) {
		preflight_init(&prepared->list);
		tsc_take(&prepared->began);
	}
	return prepared;
}

void prepare_destroy(struct prepared *prepared)
{
	if (prepared == NULL)
		return;
	free(prepared->test_timeouts_ms);
	plan_deinit(&prepared->plan);
	selection_deinit(&prepared->selection);
	if (prepared->tree_is_open)
		fstests_close(&prepared->tree);
	free(prepared);
}

static void fail(struct prepared *prepared, const char *name,
		 const struct complaint *complaint)
{
	preflight_add(&prepared->list, name, PREFLIGHT_FAIL, NULL, "%s",
		      complaint->text);
}

/* ---- the tests ---- */

static void find_installation(struct prepared *prepared)
{
	struct installation *installation = &prepared->installation;
	int rc = installation_find(installation);

	if (rc < 0)
		preflight_add(&prepared->list, "installation", PREFLIGHT_FAIL,
			      "install fstvm again, or build it with "
			      "./bootstrap build",
			      "fstvm-agent or the bundled suite is missing "
			      "(%s, %s): %s",
			      installation->agent_dir, installation->suite,
			      strerror(-rc));
}

static bool open_tree(struct prepared *prepared, const struct options *options)
{
	const char *path = options->fstests != NULL
				   ? options->fstests
				   : prepared->installation.suite;
	struct complaint complaint = {0};

	if (fstests_open(path, &prepared->tree, &complaint) < 0) {
		fail(prepared, "fstests", &complaint);
		return false;
	}
	prepared->tree_is_open = true;
	preflight_add(&prepared->list, "fstests", PREFLIGHT_OK, NULL,
		      "%s%s%s at %s", prepared->tree.name,
		      prepared->tree.version[0] != '\0' ? " " : "",
		      prepared->tree.version, prepared->tree.path);
	return true;
}

static bool choose_fstype(struct prepared *prepared,
			  const struct options *options,
			  const char **ret_fstype)
{
	struct complaint complaint = {0};

	*ret_fstype = options->fstype;
	if (selection_parse(options->argc, options->argv, &prepared->selection,
			    &complaint) < 0 ||
	    (*ret_fstype == NULL &&
	     fstype_detect(&prepared->selection, &prepared->tree.catalog,
			   ret_fstype, &complaint) < 0)) {
		fail(prepared, "selection", &complaint);
		return false;
	}
	return true;
}

static void build_plan(struct prepared *prepared, const char *fstype)
{
	struct complaint complaint = {0};
	struct plan *plan = &prepared->plan;
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint64_t)getpid();
	if (config_init(&prepared->config, fstype, &complaint) < 0 ||
	    plan_build(&prepared->selection, &prepared->tree, fstype, seed,
		       plan, &complaint) < 0) {
		fail(prepared, "selection", &complaint);
		return;
	}
	for (size_t i = 0; i < plan->warnings.count && i < 8; i++)
		preflight_add(&prepared->list, "selection", PREFLIGHT_WARN,
			      NULL, "%s", plan->warnings.list[i]);
	preflight_add(&prepared->list, "selection", PREFLIGHT_OK, NULL,
		      "%zu tests on %s", plan->count - plan->excluded, fstype);
}

void prepare_tests(struct prepared *prepared, const struct options *options)
{
	const char *fstype;

	if (options->fstests == NULL)
		find_installation(prepared);
	if (!preflight_failed(&prepared->list) &&
	    open_tree(prepared, options) &&
	    choose_fstype(prepared, options, &fstype))
		build_plan(prepared, fstype);
}

/* ---- configuration and devices ---- */

static int take_sizes(struct prepared *prepared, const struct options *options,
		      struct complaint *complaint)
{
	struct config *config = &prepared->config;
	int rc = 0;

	if (options->test_size != NULL)
		rc = size_parse("--test-size", options->test_size,
				&config->test_bytes, complaint);
	if (rc == 0 && options->scratch_size != NULL)
		rc = size_parse("--scratch-size", options->scratch_size,
				&config->scratch_bytes, complaint);
	if (rc == 0 && options->pool != NULL)
		rc = config_parse_pool(options->pool, &config->pool_count,
				       complaint);
	if (rc == 0 && options->devices != NULL)
		rc = config_parse_backing(options->devices, &config->backing,
					  complaint);
	return rc;
}

static const char *state_directory(char *to, size_t cap,
				   const struct options *options)
{
	if (options->run_dir != NULL)
		return options->run_dir;
	return statedir_path(to, cap) < 0 ? "/tmp" : to;
}

static void configure(struct prepared *prepared, const struct options *options)
{
	struct config *config = &prepared->config;
	struct complaint complaint = {0};
	char path[PATH_MAX];

	config->mkfs_options =
		options->mkfs_options ? options->mkfs_options : "";
	config->mount_options =
		options->mount_options ? options->mount_options : "";
	config->logwrites = options->logwrites;
	if (take_sizes(prepared, options, &complaint) < 0 ||
	    config_check(config, &complaint) < 0 ||
	    devices_make(config, prepared->found.memory_mib << 20,
			 &prepared->devices, &complaint) < 0 ||
	    (prepared->devices.backing ==
		     PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO &&
	     devices_check_disk(&prepared->devices,
				state_directory(path, sizeof(path), options),
				&complaint) < 0)) {
		fail(prepared, "devices", &complaint);
		return;
	}
	preflight_add(
		&prepared->list, "devices", PREFLIGHT_OK, NULL,
		"%zu %s devices, %llu MiB together", prepared->devices.count,
		prepared->devices.backing ==
				PB__DEVICE_BACKING__DEVICE_BACKING_LOOP
			? "loop"
			: "virtio-blk",
		(unsigned long long)(prepared->devices.total_bytes >> 20));
	/* The bundled tests are made for small devices. */
	if (config_warning(config) != NULL && !prepared->tree.bundled)
		preflight_add(&prepared->list, "devices", PREFLIGHT_WARN, NULL,
			      "%s", config_warning(config));
}

static void check_programs(struct prepared *prepared)
{
	struct complaint complaint = {0};

	if (programs_check(prepared->config.fstype, prepared->tree.bundled,
			   getenv("PATH"), &complaint) < 0)
		fail(prepared, "programs", &complaint);
	else
		preflight_add(&prepared->list, "programs", PREFLIGHT_OK, NULL,
			      "all that check needs for %s",
			      prepared->config.fstype);
}

void prepare_run(struct prepared *prepared, const struct options *options)
{
	if (options->fstests != NULL)
		find_installation(prepared);
	prepare_tests(prepared, options);
	machine_prepare(prepared, options);
	if (preflight_failed(&prepared->list))
		return;
	configure(prepared, options);
	experience_ask(prepared);
	machine_check_parameters(prepared, options);
	check_programs(prepared);
	if (prepared->selection.show_only)
		preflight_add(&prepared->list, "selection", PREFLIGHT_FAIL,
			      NULL,
			      "-n only shows the tests: use `fstvm list`");
}

/* ---- an earlier run ---- */

static void check_planned(struct prepared *prepared,
			  const Pb__RunStarted *started)
{
	for (size_t i = 0; i < started->n_tests; i++) {
		const Pb__PlannedTest *test = started->tests[i];

		if (test->excluded ||
		    catalog_has_file(&prepared->tree.catalog, test->name))
			continue;
		preflight_add(&prepared->list, "selection", PREFLIGHT_FAIL,
			      "go on with the tree that the run began with",
			      "%s is planned and not in %s", test->name,
			      prepared->tree.path);
		return;
	}
}

static void take_devices(struct prepared *prepared,
			 const struct options *options,
			 const Pb__RunStarted *started)
{
	struct complaint complaint = {0};
	char path[PATH_MAX];

	if (config_init(&prepared->config, started->fstype, &complaint) < 0 ||
	    devices_take(&prepared->devices, started->devices,
			 started->n_devices, &complaint) < 0 ||
	    (prepared->devices.backing ==
		     PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO &&
	     devices_check_disk(&prepared->devices,
				state_directory(path, sizeof(path), options),
				&complaint) < 0))
		fail(prepared, "devices", &complaint);
}

void prepare_resume(struct prepared *prepared, const struct options *options,
		    const Pb__RunStarted *started)
{
	find_installation(prepared);
	if (preflight_failed(&prepared->list) || !open_tree(prepared, options))
		return;
	check_planned(prepared, started);
	take_devices(prepared, options, started);
	machine_prepare(prepared, options);
	prepared->post_check_timeout_ms = started->post_check_timeout_ms;
	if (started->setup_timeout_ms > 0)
		prepared->setup_timeout_ms = started->setup_timeout_ms;
	if (preflight_failed(&prepared->list))
		return;
	machine_check_parameters(prepared, options);
	check_programs(prepared);
}

static void print_line(const char *head, const char *name, const char *text)
{
	char line[4 * PREFLIGHT_TEXT];

	escape_text(line, sizeof(line), bytes_of_string(text), true);
	fprintf(stderr, "%s%s%s%s\n", head, name, *name ? ": " : "", line);
}

int prepare_complain(const struct prepared *prepared)
{
	for (size_t i = 0; i < prepared->list.count; i++) {
		const struct preflight_check *check = &prepared->list.checks[i];

		if (check->outcome == PREFLIGHT_OK)
			continue;
		if (check->outcome == PREFLIGHT_FAIL)
			print_line("ERROR: ", "", check->text);
		else
			print_line("WARNING: ", check->name, check->text);
		if (check->remedy[0] != '\0')
			print_line("       ", "", check->remedy);
	}
	return preflight_failed(&prepared->list) ? -EINVAL : 0;
}
