/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench_classifier - finding kernel reports in a log against grep(1) with the
 * pattern of fstests' _check_dmesg, on the same file.
 *
 * Three logs: one without a report, as most are, one in which each of the
 * reports of tests/data/kernel stands among quiet lines, and one of nothing but
 * these reports. */
#include "host/kernel/report.h"
#include "shared/fd.h"
#include "shared/lines.h"
#include "tests/bench/figure.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1024 * 1024, READ = 64 * 1024 };

static const struct log_kind {
	const char *name;
	uint64_t bytes;
	bool reports;
	int quiet_lines; /* behind each report */
} kinds[] = {
	{"quiet", 256 * MIB, false, 0},
	{"mixed", 256 * MIB, true, 4000},
	{"reports only", 64 * MIB, true, 0},
};

#define PATTERN                                                              \
	"kernel BUG at|WARNING:|\\bBUG:|Oops:|possible recursive locking "   \
	"detected|(INFO|ERR): suspicious RCU usage|INFO: possible circular " \
	"locking dependency detected|general protection fault:|BUG .* "      \
	"remaining|oom-kill|UBSAN:"

static uint64_t write_quiet(FILE *to, uint64_t number)
{
	static const char *const lines[] = {
		"EXT4-fs (loop0): mounted filesystem with ordered data mode. "
		"Quota mode: none.",
		"EXT4-fs (loop1): unmounting filesystem.",
		"run fstests generic/001 at 2026-11-25 20:00:00",
		"XFS (dm-0): Ending clean mount",
		"loop1: detected capacity change from 0 to 1048576",
		"device-mapper: ioctl: 4.47.0-ioctl initialised: devel",
	};
	int n = fprintf(to, "[%12.6f] %s\n", (double)number / 100.0,
			lines[number % 6]);

	return n > 0 ? (uint64_t)n : 0;
}

static uint64_t write_file(FILE *to, int dirfd, const char *name)
{
	char text[64 * 1024];
	fd_auto int fd = fd_openat(dirfd, name, O_RDONLY, 0);
	ssize_t n;
	uint64_t written = 0;

	while (fd >= 0 && (n = read(fd, text, sizeof(text))) > 0)
		written += fwrite(text, 1, (size_t)n, to);
	return written;
}

/* All reports once, each followed by quiet lines. */
static uint64_t write_reports(FILE *to, int quiet_lines, uint64_t *number)
{
	DIR *directory = opendir(FSTVM_BENCH_KERNEL_LOGS);
	struct dirent *entry;
	uint64_t written = 0;

	figure_need(directory != NULL, FSTVM_BENCH_KERNEL_LOGS);
	while ((entry = readdir(directory)) != NULL) {
		if (strstr(entry->d_name, ".log") == NULL)
			continue;
		written += write_file(to, dirfd(directory), entry->d_name);
		for (int i = 0; i < quiet_lines; i++)
			written += write_quiet(to, (*number)++);
	}
	closedir(directory);
	return written;
}

static void make_log(const char *path, const struct log_kind *kind)
{
	FILE *to = fopen(path, "we");
	uint64_t number = 0;

	figure_need(to != NULL, path);
	for (uint64_t bytes = 0; bytes < kind->bytes;)
		bytes += kind->reports
				 ? write_reports(to, kind->quiet_lines, &number)
				 : write_quiet(to, number++);
	figure_need(fclose(to) == 0, path);
}

static uint64_t reports;

static void on_report(void *context, const struct report *report)
{
	(void)context;
	(void)report;
	reports++;
}

static void on_line(void *context, struct bytes line, uint64_t dropped)
{
	(void)dropped;
	report_scanner_line(context, line);
}

static uint64_t ns_of(struct timeval time)
{
	return ((uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec) *
	       1000;
}

/* Processor time: the machine may have other things to do. */
static uint64_t cpu_ns(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
}

/* by_line: as the console's lines go in while a VM runs. */
static uint64_t time_scan(const char *path, bool by_line)
{
	static uint8_t buffer[READ];
	static struct lines lines;
	struct report_sink sink = {.on_report = on_report};
	struct report_scanner *scanner;
	fd_auto int fd = fd_open(path, O_RDONLY, 0);
	uint64_t before_ns = cpu_ns(RUSAGE_SELF);
	ssize_t n;

	figure_need(fd >= 0 && report_scanner_create(sink, &scanner) == 0,
		    path);
	reports = 0;
	lines_init(&lines);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		struct bytes bytes = bytes_of(buffer, (size_t)n);

		if (by_line)
			lines_push(&lines, bytes, on_line, scanner);
		else
			report_scanner_push(scanner, bytes);
	}
	report_scanner_flush(scanner);
	report_scanner_destroy(scanner);
	return cpu_ns(RUSAGE_SELF) - before_ns;
}

/* Its output goes to a file: into /dev/null it would stop at the first
 * match. */
static uint64_t time_grep(const char *path, const char *locale)
{
	uint64_t before_ns = cpu_ns(RUSAGE_CHILDREN);
	char output[160];
	int status = 0;
	pid_t pid;

	snprintf(output, sizeof(output), "%s.count", path);
	pid = fork();
	if (pid == 0) {
		int out = open(output, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		setenv("LC_ALL", locale, 1);
		dup2(out, 1);
		execlp("grep", "grep", "-acE", PATTERN, path, (char *)NULL);
		_exit(127);
	}
	figure_need(pid > 0 && waitpid(pid, &status, 0) == pid &&
			    WIFEXITED(status) && WEXITSTATUS(status) < 2,
		    "grep");
	return cpu_ns(RUSAGE_CHILDREN) - before_ns;
}

static void print(const char *what, const char *log, uint64_t size, uint64_t ns)
{
	char name[96];

	snprintf(name, sizeof(name), "%s, %s log", what, log);
	figure_print(name, figure_speed(size, ns), "MB/s of CPU");
}

static void measure(const char *directory, const struct log_kind *kind)
{
	char path[128], name[64];
	struct stat st;
	uint64_t size;

	snprintf(path, sizeof(path), "%s/%s", directory, kind->name);
	make_log(path, kind);
	figure_need(stat(path, &st) == 0, path);
	size = (uint64_t)st.st_size;
	time_grep(path, "C"); /* into the page cache */
	print("grep -acE, LC_ALL=C", kind->name, size, time_grep(path, "C"));
	print("grep -acE, LC_ALL=C.UTF-8", kind->name, size,
	      time_grep(path, "C.UTF-8"));
	print("report_scanner_push", kind->name, size, time_scan(path, false));
	snprintf(name, sizeof(name), "reports in the %s log", kind->name);
	figure_print(name, (double)reports, "reports");
	print("report_scanner_line", kind->name, size, time_scan(path, true));
}

int main(void)
{
	char directory[64];

	figure_directory(directory, sizeof(directory));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		measure(directory, &kinds[i]);
	figure_remove(directory);
	return 0;
}
