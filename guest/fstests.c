/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstests - starting check, and what it leaves as evidence of a pass. */
#include "guest/fstests.h"

#include "fstvm.pb-c.h"
#include "guest/layout.h"
#include "guest/mounts.h"
#include "guest/output.h"
#include "guest/udev.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct text {
	char *to;
	size_t cap;
	size_t len;
	bool full;
};

static void put(struct text *text, const char *piece)
{
	size_t len = strlen(piece);

	if (text->len + len >= text->cap) {
		text->full = true;
		return;
	}
	memcpy(text->to + text->len, piece, len + 1);
	text->len += len;
}

/* export NAME='value', where a ' becomes '\'' */
static void put_export(struct text *text, const char *name, const char *value)
{
	if (value[0] == '\0')
		return;
	put(text, "export ");
	put(text, name);
	put(text, "='");
	for (const char *c = value; *c != '\0'; c++) {
		char one[2] = {*c, '\0'};

		put(text, *c == '\'' ? "'\\''" : one);
	}
	put(text, "'\n");
}

int fstests_config(char *to, size_t cap, const char *fstype,
		   const char *mkfs_options, const char *mount_options,
		   const struct job_places *places)
{
	struct text text = {.to = to, .cap = cap};

	put(&text, "# made by fstvm-agent\n");
	put_export(&text, "FSTYP", fstype);
	put_export(&text, "TEST_DEV", places->test_dev);
	put_export(&text, "TEST_DIR", places->test_dir);
	/* check wants one of the two (common/config:863) */
	if (places->scratch_pool[0] != '\0')
		put_export(&text, "SCRATCH_DEV_POOL", places->scratch_pool);
	else
		put_export(&text, "SCRATCH_DEV", places->scratch_dev);
	put_export(&text, "SCRATCH_MNT", places->scratch_mnt);
	put_export(&text, "LOGWRITES_DEV", places->logwrites_dev);
	put_export(&text, "MKFS_OPTIONS", mkfs_options);
	put_export(&text, "MOUNT_OPTIONS", mount_options);
	put_export(&text, "LOGGER_PROG", LAYOUT_BIN "/logger");
	return text.full ? -EMSGSIZE : (int)text.len;
}

void fstests_result_base(char *to, size_t cap, const struct job *job)
{
	snprintf(to, cap, "%s/%u", LAYOUT_RESULTS, job->invocation);
}

/* check and the tests expect the signals as a login shell has them: a blocked
 * SIGTERM or an ignored SIGPIPE is inherited through bash and breaks tests. */
static void reset_process(void)
{
	struct rlimit core = {64 * 1024 * 1024, 64 * 1024 * 1024};
	struct rlimit files = {1024, 1024 * 1024};
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	umask(022);
	setrlimit(RLIMIT_CORE, &core);
	setrlimit(RLIMIT_NOFILE, &files);
	if (fd_write_text(AT_FDCWD, "/proc/self/oom_score_adj", "0") < 0)
		fprintf(stderr, "fstvm-agent: can't reset oom_score_adj\n");
}

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "fstvm-agent: %s: %s\n", what, strerror(errno));
	_exit(126);
}

static void redirect(const struct job *job)
{
	int null_fd = open("/dev/null", O_RDONLY);
	int out, err;

	if (null_fd < 0 || output_open(job, &out, &err) < 0)
		give_up("check's output files");
	if (dup2(null_fd, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		give_up("dup2");
	close_range(3, ~0U, 0);
}

static void make_places(const struct job *job)
{
	struct why why = {0};
	char path[64];
	int fd;

	if (mounts_fresh_tmp(&why) < 0 ||
	    mounts_make_results(job->invocation, &why) < 0) {
		fprintf(stderr, "fstvm-agent: %s\n", why.text);
		_exit(126);
	}
	snprintf(path, sizeof(path), "/tmp/%d.time", getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || link(path, FSTESTS_TIME_LINK) < 0)
		give_up(path);
	fd_close(&fd);
	if (chdir(LAYOUT_TESTS) < 0)
		give_up(LAYOUT_TESTS);
}

/* A fresh child may allocate as it likes. */
static char **check_argv(const struct job *job, const Pb__RunSpec *spec)
{
	char **argv = calloc(spec->n_tests + 8, sizeof(*argv));
	static char loop[16];
	size_t n = 0;

	if (argv == NULL)
		give_up("memory");
	argv[n++] = (char *)(uintptr_t) "./check";
	argv[n++] = (char *)(uintptr_t) "--exact-order";
	if (spec->loop_failures > 0) {
		snprintf(loop, sizeof(loop), "%u", spec->loop_failures);
		argv[n++] = (char *)(uintptr_t) "-L";
		argv[n++] = loop;
	}
	for (size_t i = job->check_first; i < spec->n_tests; i++)
		argv[n++] = spec->tests[i];
	return argv;
}

static char **check_environment(const struct job *job, const Pb__RunSpec *spec)
{
	static const char *const fixed[] = {
		"PATH=" LAYOUT_BIN ":/usr/local/sbin:/usr/local/bin:/usr/sbin:"
		"/usr/bin:/sbin:/bin",
		"HOME=" LAYOUT_HOME,
		"USER=root",
		"LOGNAME=root",
		"SHELL=/bin/bash",
		"TERM=dumb",
		"LC_ALL=C",
		"TMPDIR=/tmp",
		"HOST_OPTIONS=" LAYOUT_CONFIG,
	};
	enum { FIXED = sizeof(fixed) / sizeof(fixed[0]) };
	static char without_udev[] = "DM_DISABLE_UDEV=1";
	static char result_base[LIMIT_PATH + 16] = "RESULT_BASE=";
	char **env = calloc(FIXED + spec->n_environment + 3, sizeof(*env));
	size_t n = 0;

	if (env == NULL)
		give_up("memory");
	for (; n < FIXED; n++)
		env[n] = (char *)(uintptr_t)fixed[n];
	fstests_result_base(result_base + strlen(result_base), LIMIT_PATH, job);
	env[n++] = result_base;
	if (!udev_is_running())
		env[n++] = without_udev;
	for (size_t i = 0; i < spec->n_environment; i++)
		env[n++] = spec->environment[i];
	return env;
}

void fstests_exec_check(const struct job *job)
{
	Pb__RunSpec *spec =
		pb__run_spec__unpack(NULL, job->spec_len, job->spec);

	if (spec == NULL)
		_exit(126);
	reset_process();
	redirect(job);
	make_places(job);
	execve("./check", check_argv(job, spec), check_environment(job, spec));
	give_up("./check");
}

static bool is_pass_line(struct bytes line, const char *name)
{
	struct bytes first = bytes_take(&line, strlen(name));
	bool digits = false;

	if (!bytes_equal_string(first, name) || line.len < 2 ||
	    line.data[0] != ' ')
		return false;
	for (size_t i = 1; i < line.len; i++) {
		if (line.data[i] == '-' && i == 1)
			continue; /* the clock was set back */
		if (line.data[i] < '0' || line.data[i] > '9')
			return false;
		digits = true;
	}
	return digits;
}

bool fstests_time_has(struct bytes text, const char *name, size_t *ret_used)
{
	bool found = false;
	size_t used = 0;

	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len;

		if (end == NULL)
			break;
		len = (size_t)(end - text.data);
		found = is_pass_line(bytes_take(&text, len), name) || found;
		bytes_take(&text, 1);
		used += len + 1;
	}
	*ret_used = used;
	return found;
}

bool fstests_has_pass(const struct job *job, const char *name,
		      uint64_t *ret_offset)
{
	/* One test adds one line; more is what an odd check might add. */
	static uint8_t text[4096];
	uint64_t offset = job->time_offset;
	fd_auto int fd = -1;
	bool found = false;
	bool more = true;
	ssize_t n;
	size_t used;

	*ret_offset = offset;
	fd = fd_open(FSTESTS_TIME_LINK, O_RDONLY | O_NOFOLLOW, 0);
	if (fd < 0)
		return false;
	while (more && (n = pread(fd, text, sizeof(text), (off_t)offset)) > 0) {
		found = fstests_time_has(bytes_of(text, (size_t)n), name,
					 &used) ||
			found;
		offset += used;
		more = used > 0 && (size_t)n == sizeof(text);
	}
	*ret_offset = offset;
	return found;
}
