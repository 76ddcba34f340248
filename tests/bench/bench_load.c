/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench_load - the real controller under load that no VM can make: the program
 * fstvm, with a synthetic guest (synthetic.h) in vng's place.
 *
 * bench_load FSTVM. The bundled suite over and over: what a test is matters
 * nothing here. Measured are the controller's processor time and its largest
 * memory, beside what the guest sees of it. */
#include "shared/clock.h"
#include "shared/fd.h"
#include "tests/bench/figure.h"
#include "tests/bench/synthetic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 20, MIB = 1024 * 1024 };

struct load {
	const char *name;
	const char *iterations; /* of 4 tests each */
	struct synthetic_scene scene;
};

static const struct load loads[] = {
	{"10 tests, idle", "3", {.idle_ms = 20000}},
	{"4,000 tests", "1000", {0}},
	{"1,000 tests, 100 messages each", "250", {.messages = 100}},
	{"1,000 tests, 100 MiB console, artifacts",
	 "250",
	 {.console_bytes = 100ULL * MIB,
	  .messages = 2,
	  .artifact_bytes = 1000000,
	  .report_every = 1000}},
	{"10,000 tests, 1 GiB console, artifacts",
	 "2500",
	 {.console_bytes = 1024ULL * MIB,
	  .messages = 2,
	  .artifact_bytes = 1000000,
	  .report_every = 1000}},
};

struct usage {
	unsigned long long ticks; /* of its own */
	unsigned int peak_kib;
};

static unsigned int peak_kib(pid_t pid)
{
	char path[64];
	char text[4096];
	const char *line;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (fd_read_text(AT_FDCWD, path, text, sizeof(text)) < 0)
		return 0;
	line = strstr(text, "\nVmHWM:");
	return line != NULL ? (unsigned int)strtoul(line + 7, NULL, 10) : 0;
}

static unsigned long long own_ticks(pid_t pid)
{
	unsigned long long user = 0, system = 0;
	char path[64];
	char text[4096];
	const char *after;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (fd_read_text(AT_FDCWD, path, text, sizeof(text)) < 0)
		return 0;
	after = strrchr(text, ')');
	if (after == NULL ||
	    sscanf(after + 1,
		   " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
		   &user, &system) != 2)
		return 0;
	return user + system;
}

/* Until it is a zombie, which still knows its times. */
static void watch(pid_t pid, struct usage *usage)
{
	siginfo_t info = {0};

	for (;;) {
		unsigned int peak = peak_kib(pid);

		if (peak > usage->peak_kib)
			usage->peak_kib = peak;
		if (waitid(P_PID, (id_t)pid, &info,
			   WEXITED | WNOWAIT | WNOHANG) < 0 ||
		    info.si_pid == pid)
			break;
		usleep(POLL_MS * 1000);
	}
	usage->ticks = own_ticks(pid);
}

static _Noreturn void exec_fstvm(const char *fstvm, const char *directory,
				 const struct load *load)
{
	char path[4096];
	char run_dir[128];
	int out;

	snprintf(path, sizeof(path), "%s/output", directory);
	out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	dup2(out, 1);
	dup2(out, 2);
	snprintf(path, sizeof(path), "%s:%s", directory, getenv("PATH"));
	setenv("PATH", path, 1);
	snprintf(run_dir, sizeof(run_dir), "%s/run", directory);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execl(fstvm, fstvm, "run", "--kvm", "off", "--unpack", "off",
	      "--run-dir", run_dir, "--", "-i", load->iterations, "generic/001",
	      "generic/002", "generic/003", "generic/004", (char *)NULL);
	_exit(127);
}

static void show_output(const char *directory)
{
	char command[256];

	snprintf(command, sizeof(command), "tail -n 20 %s/output >&2",
		 directory);
	(void)!system(command);
}

static void print(const char *load, const char *what, double value,
		  const char *unit)
{
	char name[128];

	snprintf(name, sizeof(name), "%s: %s", load, what);
	figure_print(name, value, unit);
}

static void run_load(const char *fstvm, const char *directory,
		     const struct load *load)
{
	struct usage usage = {0};
	uint64_t began_ns = clock_mono_ns();
	double seconds, cpu;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		exec_fstvm(fstvm, directory, load);
	figure_need(pid > 0, "fork");
	watch(pid, &usage);
	waitpid(pid, &status, 0);
	seconds = (double)(clock_mono_ns() - began_ns) / 1e9;
	cpu = (double)usage.ticks / (double)sysconf(_SC_CLK_TCK);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		show_output(directory);
	figure_need(WIFEXITED(status) && WEXITSTATUS(status) <= 1, load->name);
	synthetic_print(directory, load->name);
	print(load->name, "wall time", seconds, "s");
	print(load->name, "controller's CPU", cpu, "s");
	print(load->name, "controller's CPU of the time", cpu * 100.0 / seconds,
	      "%");
	print(load->name, "controller's largest memory",
	      (double)usage.peak_kib / 1024.0, "MiB");
}

static void make_scene(const char *directory, const struct load *load)
{
	char path[256];
	char program[4096];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	figure_need(n > 0, "/proc/self/exe");
	program[n] = '\0';
	snprintf(path, sizeof(path), "%s/vng", directory);
	figure_need(symlink(program, path) == 0, path);
	snprintf(path, sizeof(path), "%s/scene", directory);
	figure_need(synthetic_write(path, &load->scene) == 0, path);
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *only = argc > 2 ? argv[2] : "";

	if (strcmp(slash != NULL ? slash + 1 : argv[0], "vng") == 0)
		return synthetic_main(argc, argv);
	if (argc < 2)
		return 2;
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		char directory[64];

		if (strstr(loads[i].name, only) == NULL)
			continue;
		figure_directory(directory, sizeof(directory));
		make_scene(directory, &loads[i]);
		run_load(argv[1], directory, &loads[i]);
		figure_remove(directory);
	}
	return 0;
}
