/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prepare - from a command line to all that a run needs. */
#include "host/cli/prepare.h"

#include "host/cli/deadlines.h"
#include "host/cli/experience.h"
#include "host/plan/fstype.h"
#include "host/plan/programs.h"
#include "host/plan/size.h"
#include "host/record/statedir.h"
#include "host/vm/checksum.h"
#include "host/vm/initchoice.h"
#include "host/vm/sockdir.h"
#include "shared/escape.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
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

/* ---- the machine ---- */

static bool take_kvm(struct prepared *prepared, const struct options *options,
		     enum preflight_kvm *ret_kvm)
{
	static const char *const words[] = {
		[PREFLIGHT_KVM_AUTO] = "auto",
		[PREFLIGHT_KVM_ON] = "on",
		[PREFLIGHT_KVM_OFF] = "off",
	};

	*ret_kvm = PREFLIGHT_KVM_AUTO;
	if (options->kvm == NULL)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(options->kvm, words[i]) == 0) {
			*ret_kvm = (enum preflight_kvm)i;
			return true;
		}
	}
	preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
		      "--kvm: \"%s\" is not on, off or auto", options->kvm);
	return false;
}

static bool take_init(struct prepared *prepared, const struct options *options,
		      enum preflight_init *ret_init)
{
	if (initchoice_parse(options->init, ret_init) == 0)
		return true;
	preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
		      "--init: \"%s\" is not auto, agent or vng",
		      options->init);
	return false;
}

/* vng since 1.41 would take QEMU's "max", which an emulator is a third slower
 * with; before, it is this one too. */
static void choose_cpu(struct prepared *prepared)
{
	struct tsc_mark now;
	struct utsname name;

	if (prepared->found.kvm || uname(&name) < 0 ||
	    strcmp(name.machine, "x86_64") != 0)
		return;
	prepared->cpu = "qemu64";
	tsc_take(&now);
	if (tsc_can_be_told(prepared->found.kernel.release))
		prepared->tsc_khz = tsc_khz(&prepared->began, &now);
}

static void take_unpack(struct prepared *prepared,
			const struct options *options)
{
	prepared->may_unpack = !prepared->found.kvm;
	if (options->unpack == NULL || strcmp(options->unpack, "auto") == 0)
		return;
	prepared->may_unpack = false;
	if (strcmp(options->unpack, "off") != 0)
		preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
			      "--unpack: \"%s\" is not auto or off",
			      options->unpack);
}

static void take_warm(struct prepared *prepared, const struct options *options)
{
	prepared->warm =
		options->warm == NULL || strcmp(options->warm, "auto") == 0;
	if (!prepared->warm && strcmp(options->warm, "off") != 0)
		preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
			      "--warm: \"%s\" is not auto or off",
			      options->warm);
}

static void check_machine(struct prepared *prepared,
			  const struct options *options)
{
	struct preflight_ask ask = {
		.memory = options->memory != NULL ? options->memory : "4G",
		.cpus = 4,
		.environ = (const char *const *)environ,
	};
	struct sockdir dir = {.fd = -1};
	struct utsname name;
	uint32_t cpus = 4;

	deadlines_number(prepared, "--cpus", options->cpus, &cpus);
	if (!take_kvm(prepared, options, &ask.kvm) ||
	    !take_init(prepared, options, &ask.init))
		return;
	uname(&name);
	ask.cpus = cpus;
	ask.cpus_chosen = options->cpus != NULL;
	ask.kernel.input = options->kernel;
	ask.kernel.root = "";
	ask.kernel.need.machine = name.machine;
	ask.kernel.need.fstype = prepared->config.fstype;
	ask.kernel.need.loop = true; /* the tests' own use of it */
	ask.kernel.need.virtio_blk =
		prepared->devices.backing ==
			PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO ||
		(options->devices != NULL &&
		 strcmp(options->devices, "virtio") == 0);
	if (sockdir_open(&dir, getenv("XDG_RUNTIME_DIR")) < 0) {
		preflight_add(&prepared->list, "private directory",
			      PREFLIGHT_FAIL, "make room in /tmp",
			      "can't make a directory in /tmp");
		return;
	}
	ask.private_dir = dir.path;
	ask.mark = dir.mark;
	preflight_run(&prepared->list, &ask, &prepared->found);
	(void)!sockdir_close(&dir);
}

/* vng hands them to a shell, and some of its versions don't quote them. */
static void check_parameters(struct prepared *prepared,
			     const struct options *options)
{
	static struct vng_argv argv;
	struct vng_spec spec = {
		.vng = "/vng",
		.kernel = "/kernel",
		.agent_dir = "/agent",
		.channel = "/channel",
		.parameters = options->kernel_parameters,
		.memory_mib = VNG_MEMORY_MIN_MIB,
		.cpus = 1,
	};

	if (vng_argv(&argv, &spec) < 0)
		preflight_add(&prepared->list, "append", PREFLIGHT_FAIL, NULL,
			      "--append can't be given to vng: leave out "
			      "quotes and what else a shell knows, and keep "
			      "it below %d bytes",
			      VNG_PARAMETERS);
}

static void take_policy(struct prepared *prepared,
			const struct options *options)
{
	if (policy_parse(options->kernel_problems, prepared->found.kvm,
			 &prepared->policy) < 0)
		preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
			      "--kernel-problems: \"%s\" is not fail, report "
			      "or ignore",
			      options->kernel_problems);
}

/* Where it can't be made, nobody can tell later that the image has changed. */
static void take_checksum(struct prepared *prepared)
{
	if (prepared->found.kernel.path[0] == '\0' ||
	    checksum_file(prepared->found.kernel.path,
			  prepared->kernel_checksum) < 0)
		prepared->kernel_checksum[0] = '\0';
}

static void prepare_machine(struct prepared *prepared,
			    const struct options *options)
{
	check_machine(prepared, options);
	choose_cpu(prepared);
	take_unpack(prepared, options);
	take_warm(prepared, options);
	take_checksum(prepared);
	take_policy(prepared, options);
	deadlines_take(prepared, options);
}

void prepare_run(struct prepared *prepared, const struct options *options)
{
	if (options->fstests != NULL)
		find_installation(prepared);
	prepare_tests(prepared, options);
	prepare_machine(prepared, options);
	if (preflight_failed(&prepared->list))
		return;
	configure(prepared, options);
	experience_ask(prepared);
	check_parameters(prepared, options);
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
	prepare_machine(prepared, options);
	prepared->post_check_timeout_ms = started->post_check_timeout_ms;
	if (started->setup_timeout_ms > 0)
		prepared->setup_timeout_ms = started->setup_timeout_ms;
	if (preflight_failed(&prepared->list))
		return;
	check_parameters(prepared, options);
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
