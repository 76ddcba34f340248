/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setup - makes the guest fit for check: everything between Hello and check. */
#include "guest/setup.h"

#include "guest/accounts.h"
#include "guest/entropy.h"
#include "guest/filesystem.h"
#include "guest/fstests.h"
#include "guest/layout.h"
#include "guest/modules.h"
#include "guest/mounts.h"
#include "guest/shim.h"
#include "guest/system.h"
#include "guest/warm.h"
#include "shared/bytes.h"
#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEVICE_WAIT_MS = 10000, TEAR_DOWN_MS = 10000 };

struct work {
	int report_fd;
	struct job *job;
	const Pb__RunSpec *spec;
	char detail[512];
};

/* ---- the steps, in the child ---- */

static int step_entropy(struct work *work, struct why *why)
{
	return entropy_add(
		bytes_of(work->spec->seed.data, work->spec->seed.len), why);
}

/* Each shim is an exec, several for every test: from tmpfs that costs half of
 * what it does from the shared root. */
static int copy_ourselves(const char *path, struct why *why)
{
	fd_auto int from = fd_open("/proc/self/exe", O_RDONLY, 0);
	fd_auto int to = -1;
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0)
		return why_failed(why, -errno, "/proc/self/exe");
	to = fd_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (to < 0)
		return why_failed(why, to, "%s", path);
	for (off_t left = st.st_size; left > 0;) {
		ssize_t n = sendfile(to, from, NULL, (size_t)left);

		if (n <= 0)
			return why_failed(why, n < 0 ? -errno : -EIO,
					  "copying the agent to %s", path);
		left -= n;
	}
	return 0;
}

static int step_layout(struct work *work, struct why *why)
{
	char path[128];
	int rc = mounts_make_layout(why);

	(void)work;
	if (rc == 0)
		rc = copy_ourselves(LAYOUT_BIN "/fstvm-agent", why);
	for (size_t i = 0; rc == 0 && shim_names[i] != NULL; i++) {
		if (!shim_is_wanted(shim_names[i]))
			continue;
		snprintf(path, sizeof(path), LAYOUT_BIN "/%s", shim_names[i]);
		if (symlink("fstvm-agent", path) < 0 && errno != EEXIST)
			rc = why_failed(why, -errno, "link %s", path);
	}
	return rc;
}

/* Before any program is started: those are what it is about. */
static int step_warm(struct work *work, struct why *why)
{
	struct job_places *places = &work->job->places;
	int rc = 0;

	/* /usr of a machine that is not ours stays as it is. */
	if (!work->job->shared_machine)
		rc = warm_lay(work->spec, places, why);
	snprintf(work->detail, sizeof(work->detail), "%s%s%.400s", places->warm,
		 places->warm[0] && places->warm_why[0] ? "; " : "",
		 places->warm_why);
	return rc;
}

static int step_modules(struct work *work, struct why *why)
{
	struct modules modules;

	modules_of_spec(&modules, work->spec);
	return modules_load_all(&modules, work->spec->setup_timeout_ms, why);
}

static int step_tree(struct work *work, struct why *why)
{
	return mounts_make_tree(work->spec->tree_tag,
				work->spec->setup_timeout_ms, why);
}

static int step_system(struct work *work, struct why *why)
{
	char missing[256];

	(void)why;
	system_prepare(missing, sizeof(missing));
	if (!work->job->shared_machine)
		system_tune();
	if (missing[0] != '\0')
		snprintf(work->detail, sizeof(work->detail), "without %s",
			 missing);
	return 0;
}

static int step_accounts(struct work *work, struct why *why)
{
	(void)work;
	return accounts_install(why);
}

static int step_devices(struct work *work, struct why *why)
{
	return devices_make(&work->job->devices, work->spec, DEVICE_WAIT_MS,
			    why);
}

static int step_mkfs(struct work *work, struct why *why)
{
	return filesystem_make(&work->job->devices, work->spec,
			       work->spec->setup_timeout_ms, why);
}

static void copy_path(char *to, size_t cap, const struct devices *devices,
		      Pb__DeviceRole role)
{
	const char *path = devices_path(devices, role, 0);

	bytes_copy_string(to, cap, path != NULL ? path : "");
}

static void find_places(struct job *job)
{
	const struct devices *devices = &job->devices;
	struct job_places *places = &job->places;

	copy_path(places->test_dev, sizeof(places->test_dev), devices,
		  PB__DEVICE_ROLE__DEVICE_ROLE_TEST);
	copy_path(places->scratch_dev, sizeof(places->scratch_dev), devices,
		  PB__DEVICE_ROLE__DEVICE_ROLE_SCRATCH);
	copy_path(places->logwrites_dev, sizeof(places->logwrites_dev), devices,
		  PB__DEVICE_ROLE__DEVICE_ROLE_LOGWRITES);
	devices_list(devices, PB__DEVICE_ROLE__DEVICE_ROLE_POOL,
		     places->scratch_pool, sizeof(places->scratch_pool));
	bytes_copy_string(places->test_dir, sizeof(places->test_dir),
			  LAYOUT_TEST);
	bytes_copy_string(places->scratch_mnt, sizeof(places->scratch_mnt),
			  LAYOUT_SCRATCH);
}

static int step_config(struct work *work, struct why *why)
{
	static char text[FSTESTS_CONFIG_SIZE];
	const Pb__RunSpec *spec = work->spec;
	fd_auto int fd = -1;
	int len;

	find_places(work->job);
	len = fstests_config(text, sizeof(text), spec->fstype,
			     spec->mkfs_options, spec->mount_options,
			     &work->job->places);
	if (len < 0)
		return why_failed(why, len, "check's configuration");
	fd = fd_open(LAYOUT_CONFIG, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		return why_failed(why, fd, LAYOUT_CONFIG);
	len = fd_write_all(fd, text, (size_t)len);
	return len < 0 ? why_failed(why, len, LAYOUT_CONFIG) : 0;
}

struct step {
	const char *name;
	int (*run)(struct work *work, struct why *why);
};

static const struct step set_up_steps[] = {
	{"entropy", step_entropy},
	{"layout", step_layout},
	{"warm", step_warm},
	{"modules", step_modules},
	{"tree", step_tree},
	{"system", step_system},
	{"accounts", step_accounts},
	{"devices", step_devices},
	{"mkfs", step_mkfs},
	{"config", step_config},
	{NULL, NULL},
};

static int step_unmount(struct work *work, struct why *why)
{
	(void)work;
	return mounts_remove(TEAR_DOWN_MS, why);
}

static int step_detach(struct work *work, struct why *why)
{
	return devices_remove(&work->job->devices, why);
}

static const struct step tear_down_steps[] = {
	{"unmount", step_unmount}, {"detach", step_detach}, {NULL, NULL}};

static void report(const struct work *work, enum setup_report_kind kind,
		   const char *step, uint64_t started_ns, const char *text)
{
	struct setup_report report = {.kind = kind};

	if (started_ns > 0)
		report.duration_ns = clock_mono_ns() - started_ns;
	bytes_copy_string(report.step, sizeof(report.step), step);
	bytes_copy_string(report.text, sizeof(report.text), text);
	/* A pipe write of less than PIPE_BUF is whole or not at all. */
	(void)!write(work->report_fd, &report, sizeof(report));
}
static_assert(sizeof(struct setup_report) < 4096,
	      "a report is less than PIPE_BUF");

static _Noreturn void run_steps(struct work *work, const struct step *step)
{
	for (; step->name != NULL; step++) {
		uint64_t started_ns = clock_mono_ns();
		struct why why = {0};

		work->detail[0] = '\0';
		if (step->run(work, &why) < 0) {
			report(work, SETUP_STEP_FAILED, step->name, started_ns,
			       why.text);
			_exit(1);
		}
		report(work, SETUP_STEP_DONE, step->name, started_ns,
		       work->detail);
	}
	report(work, SETUP_ALL_DONE, "", 0, "");
	_exit(0);
}

/* ---- the agent's side ---- */

static void setup_is_over(struct setup *setup)
{
	struct setup_report report = {.kind = SETUP_STEP_FAILED};

	ev_io_stop(setup->loop, &setup->io);
	fd_close(&setup->fd);
	while (waitpid(setup->pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (setup->ended)
		return;
	bytes_copy_string(report.step, sizeof(report.step), "set-up");
	bytes_copy_string(report.text, sizeof(report.text), "its process died");
	setup->ended = true;
	setup->on_report(setup->context, &report);
}

static void on_setup_report(struct ev_loop *loop, ev_io *io, int events)
{
	struct setup *setup = io->data;
	struct setup_report report;
	ssize_t n = read(setup->fd, &report, sizeof(report));

	(void)loop;
	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != sizeof(report)) {
		setup_is_over(setup);
		return;
	}
	if (report.kind != SETUP_STEP_DONE)
		setup->ended = true;
	setup->on_report(setup->context, &report);
}

static int start(struct setup *setup, struct ev_loop *loop, struct work *work,
		 const struct step *steps)
{
	int pair[2];
	int rc = fd_pipe(pair);

	if (rc < 0)
		return rc;
	setup->loop = loop;
	setup->ended = false;
	setup->pid = fork();
	if (setup->pid == 0) {
		fd_close(&pair[0]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work->report_fd = pair[1];
		run_steps(work, steps);
	}
	fd_close(&pair[1]);
	if (setup->pid < 0) {
		rc = -errno;
		fd_close(&pair[0]);
		return rc;
	}
	setup->fd = pair[0];
	ev_io_init(&setup->io, on_setup_report, setup->fd, EV_READ);
	setup->io.data = setup;
	ev_io_start(loop, &setup->io);
	return 0;
}

int setup_start(struct setup *setup, struct ev_loop *loop, struct job *job,
		const Pb__RunSpec *spec,
		void (*on_report)(void *context,
				  const struct setup_report *report),
		void *context)
{
	struct work work = {.job = job, .spec = spec};

	setup->on_report = on_report;
	setup->context = context;
	return start(setup, loop, &work, set_up_steps);
}

int setup_tear_down(struct setup *setup, struct ev_loop *loop, struct job *job,
		    void (*on_report)(void *context,
				      const struct setup_report *report),
		    void *context)
{
	struct work work = {.job = job};

	setup->on_report = on_report;
	setup->context = context;
	return start(setup, loop, &work, tear_down_steps);
}
