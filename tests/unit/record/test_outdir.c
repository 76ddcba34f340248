/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_outdir - making a run's directory, finding one, and saying why not. */
#include "host/record/journal.h"
#include "host/record/outdir.h"
#include "host/record/statedir.h"
#include "tests/unit/record/rundir.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <cmocka.h>

/* 2025-01-22 14:30:22 UTC */
#define NOW UINT64_C(1737556222000000000)

static struct outdir outdir;

static void make_journal(const char *dir)
{
	char path[256];
	fd_auto int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", dir, JOURNAL_NAME);
	fd = fd_open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
}

static void expect_mode(const char *path, mode_t want)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, want);
}

static void expect_path(const char *below)
{
	char want[256];

	snprintf(want, sizeof(want), "%s/%s", rundir, below);
	assert_string_equal(outdir.path, want);
}

static void test_own_directory(void **state)
{
	(void)state;
	umask(0);
	assert_int_equal(outdir_create(&outdir, NULL, "ext4-quick", NOW), 0);
	expect_path("state/fstvm/runs/20250122-143022-ext4-quick");
	expect_mode(outdir.path, 0700);
	outdir_close(&outdir);
	/* Another in the same second. */
	assert_int_equal(outdir_create(&outdir, NULL, "ext4-quick", NOW), 0);
	expect_path("state/fstvm/runs/20250122-143022-ext4-quick-2");
	outdir_close(&outdir);
}

static void expect_name(const char *name, const char *want)
{
	assert_int_equal(outdir_create(&outdir, NULL, name, NOW), 0);
	assert_string_equal(strrchr(outdir.path, '/') + 1, want);
	outdir_discard(&outdir);
}

static void test_names_are_made_safe(void **state)
{
	(void)state;
	expect_name("../../etc", "20250122-143022--.-..-etc");
	expect_name("a b/c\n\x1b$;é", "20250122-143022-a-b-c------");
	expect_name("", "20250122-143022-default");
	expect_name("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		    "xxxxxxxxxxxxxxxxxxxx",
		    "20250122-143022-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		    "xxxxxxxxxxxxxxxxxxxxxxxx");
}

static void test_state_directory(void **state)
{
	char path[256], want[256];
	char *empty = path;

	(void)state;
	assert_int_equal(statedir_path(path, sizeof(path)), 0);
	snprintf(want, sizeof(want), "%s/state/fstvm/runs", rundir);
	assert_string_equal(path, want);
	assert_int_equal(statedir_path(path, strlen(want) + 1), 0);
	assert_int_equal(statedir_path(path, strlen(want)), -ENAMETOOLONG);
	/* A relative one is ignored. */
	setenv("XDG_STATE_HOME", "relative", 1);
	snprintf(want, sizeof(want), "%s/home/.local/state/fstvm/runs", rundir);
	assert_int_equal(statedir_path(path, sizeof(path)), 0);
	assert_string_equal(path, want);
	unsetenv("XDG_STATE_HOME");
	empty[0] = '\0';
	assert_int_equal(statedir_path(path, sizeof(path)), 0);
	assert_string_equal(path, want);
	/* Without HOME there is the user's entry. */
	unsetenv("HOME");
	assert_int_equal(statedir_path(path, sizeof(path)), 0);
	assert_int_equal(path[0], '/');
}

static void test_given_directory(void **state)
{
	(void)state;
	umask(0);
	assert_int_equal(outdir_create(&outdir, "a/b dir//", "x", NOW), 0);
	expect_path("a/b dir");
	expect_mode("a/b dir", 0700);
	outdir_close(&outdir);
	/* It may be there when it holds no journal; its mode is its owner's. */
	assert_int_equal(mkdir("there", 0755), 0);
	assert_int_equal(outdir_create(&outdir, "there", "x", NOW), 0);
	expect_mode("there", 0755);
	outdir_close(&outdir);
	make_journal("there");
	assert_int_equal(outdir_create(&outdir, "there", "x", NOW), -EEXIST);
	assert_non_null(strstr(outdir.why, "fstvm resume"));
	assert_non_null(strstr(outdir.why, "there holds an earlier run"));
	assert_int_equal(outdir.fd, -1);
}

static void test_strange_names_work(void **state)
{
	char long_name[260] = "d/";

	(void)state;
	memset(long_name + 2, 'n', 256);
	long_name[2 + 255] = '\0';
	assert_int_equal(outdir_create(&outdir, "-r 'q\"$x,é\n", "x", NOW), 0);
	assert_true(rundir_has("-r 'q\"$x,é\n"));
	outdir_close(&outdir);
	assert_int_equal(outdir_create(&outdir, long_name, "x", NOW), 0);
	outdir_close(&outdir);
	long_name[2 + 255] = 'n';
	assert_int_equal(outdir_create(&outdir, long_name, "x", NOW),
			 -ENAMETOOLONG);
	assert_int_equal(outdir_create(&outdir, "", "x", NOW), -EINVAL);
}

static void test_messages_are_escaped(void **state)
{
	(void)state;
	assert_int_equal(mkdir("d\x1b[31m", 0700), 0);
	make_journal("d\x1b[31m");
	assert_int_equal(outdir_create(&outdir, "d\x1b[31m", "x", NOW),
			 -EEXIST);
	assert_non_null(strstr(outdir.why, "d\\x1b[31m holds"));
}

static void test_not_a_directory(void **state)
{
	fd_auto int fd = fd_open("file", O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(outdir_create(&outdir, "file", "x", NOW), -ENOTDIR);
	assert_non_null(strstr(outdir.why, "Not a directory"));
	assert_int_equal(outdir_create(&outdir, "file/x", "x", NOW), -ENOTDIR);
}

/* In a child that is no longer root: 0 when what it was told is right. */
static int as_nobody(int want, const char *want_why)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int r = 0;

		if (getuid() == 0 && setresuid(65534, 65534, 65534) < 0)
			_exit(2);
		r = outdir_create(&outdir, "closed/run", "x", NOW);
		if (r != want || !strstr(outdir.why, want_why))
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_not_writable(void **state)
{
	(void)state;
	assert_int_equal(chmod(rundir, 0755), 0);
	assert_int_equal(mkdir("closed", 0555), 0);
	assert_int_equal(as_nobody(-EACCES, "not writable"), 0);
	assert_false(rundir_has("closed/run"));
	/* It is there, but nothing can be made in it. */
	assert_int_equal(chmod("closed", 0755), 0);
	assert_int_equal(mkdir("closed/run", 0555), 0);
	assert_int_equal(as_nobody(-EACCES, "not writable"), 0);
}

/* A mount namespace, and a user namespace in which this user is root. */
static bool enter_namespaces(void)
{
	char uids[32], gids[32];

	snprintf(uids, sizeof(uids), "0 %u 1", getuid());
	snprintf(gids, sizeof(gids), "0 %u 1", getgid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       fd_write_text(AT_FDCWD, "/proc/self/setgroups", "deny") == 0 &&
	       fd_write_text(AT_FDCWD, "/proc/self/uid_map", uids) == 0 &&
	       fd_write_text(AT_FDCWD, "/proc/self/gid_map", gids) == 0;
}

/* On a tmpfs of one page, in a mount namespace of its own: 3 = there are no
 * such namespaces here. */
static int on_a_full_disk(void)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (!enter_namespaces() ||
		    mount("none", "small", "tmpfs", 0, "size=4096") < 0)
			_exit(3);
		if (outdir_create(&outdir, "small/run", "x", NOW) != -ENOSPC ||
		    !strstr(outdir.why, "the disk is full"))
			_exit(1);
		_exit(rundir_has("small/run") ? 2 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_disk_full(void **state)
{
	int r = 0;

	(void)state;
	assert_int_equal(mkdir("small", 0700), 0);
	r = on_a_full_disk();
	if (r == 3) {
		print_message("no mount namespaces for this user\n");
		skip();
	}
	assert_int_equal(r, 0);
}

static void test_discard(void **state)
{
	fd_auto int fd = -1;

	(void)state;
	assert_int_equal(outdir_create(&outdir, "a/b/c", "x", NOW), 0);
	fd = outdir_open_file(&outdir, "devices/d0", O_WRONLY | O_CREAT);
	assert_true(fd >= 0);
	outdir_discard(&outdir);
	assert_false(rundir_has("a"));
	/* What was there before stays, with what is in it. */
	assert_int_equal(mkdir("a", 0700), 0);
	assert_int_equal(mkdir("a/mine", 0700), 0);
	assert_int_equal(outdir_create(&outdir, "a/b", "x", NOW), 0);
	outdir_discard(&outdir);
	assert_false(rundir_has("a/b"));
	assert_true(rundir_has("a/mine"));
	assert_int_equal(outdir_create(&outdir, "a", "x", NOW), 0);
	outdir_discard(&outdir);
	assert_true(rundir_has("a/mine"));
	/* A run that has begun is not thrown away. */
	assert_int_equal(outdir_create(&outdir, "run", "x", NOW), 0);
	make_journal("run");
	outdir_discard(&outdir);
	assert_true(rundir_has("run/" JOURNAL_NAME));
	outdir_discard(&outdir);
}

static void make_run(const char *name, bool has_journal)
{
	char path[256];

	snprintf(path, sizeof(path), "state/fstvm/runs/%s", name);
	assert_int_equal(mkdir(path, 0700), 0);
	if (has_journal)
		make_journal(path);
}

static void make_runs(void)
{
	assert_int_equal(mkdir("state", 0700), 0);
	assert_int_equal(mkdir("state/fstvm", 0700), 0);
	assert_int_equal(mkdir("state/fstvm/runs", 0700), 0);
	make_run("20250101-000000-a", true);
	make_run("20250102-000000-a", true);
	make_run("20250102-000000-a-2", true);
	make_run("20250103-000000-c", true);
	make_run("20250104-000000-none", false);
}

static void expect_found(const char *run, const char *want)
{
	assert_int_equal(outdir_find(&outdir, run), 0);
	expect_path(want);
	assert_true(outdir.fd >= 0);
	outdir_close(&outdir);
}

static void test_find(void **state)
{
	(void)state;
	make_runs();
	expect_found("latest", "state/fstvm/runs/20250103-000000-c");
	expect_found("20250101", "state/fstvm/runs/20250101-000000-a");
	/* A whole name, though another begins with it. */
	expect_found("20250102-000000-a", "state/fstvm/runs/20250102-000000-a");
	assert_int_equal(mkdir("here", 0700), 0);
	make_journal("here");
	expect_found("here", "here");
	expect_found("./here/", "./here");
	assert_int_equal(chdir("here"), 0);
	assert_int_equal(outdir_find(&outdir, "."), 0);
	outdir_close(&outdir);
}

static void expect_not_found(const char *run, int want, const char *why)
{
	assert_int_equal(outdir_find(&outdir, run), want);
	assert_non_null(strstr(outdir.why, why));
	assert_int_equal(outdir.fd, -1);
}

static void test_find_nothing(void **state)
{
	(void)state;
	expect_not_found("latest", -ENOENT, "no such run");
	make_runs();
	expect_not_found("20250102", -ENOTUNIQ, "2 runs");
	expect_not_found("20250104-000000-none", -ENOENT, "no such run");
	expect_not_found("2026", -ENOENT, "no such run");
	expect_not_found("./20250101-000000-a", -ENOENT, "no such run");
	assert_int_equal(mkdir("here", 0700), 0);
	expect_not_found("here", -ENOENT, "a directory with a journal");
	assert_int_equal(outdir_find(&outdir, ""), -EINVAL);
}

static void test_files_stay_inside(void **state)
{
	fd_auto int fd = -1;

	(void)state;
	umask(0);
	assert_int_equal(outdir_create(&outdir, "run", "x", NOW), 0);
	fd = outdir_open_file(&outdir, "results/a/b.full", O_WRONLY | O_CREAT);
	assert_true(fd >= 0);
	expect_mode("run/results/a/b.full", 0600);
	expect_mode("run/results/a", 0700);
	assert_int_equal(outdir_open_file(&outdir, "missing", O_RDONLY),
			 -ENOENT);
	assert_int_equal(outdir_open_file(&outdir, "../x", O_WRONLY | O_CREAT),
			 -EXDEV);
	assert_int_equal(symlink("..", "run/up"), 0);
	assert_int_equal(outdir_open_file(&outdir, "up/x", O_WRONLY | O_CREAT),
			 -ELOOP);
	assert_false(rundir_has("x"));
	outdir_close(&outdir);
}

static int write_text(void *context, FILE *to)
{
	return fputs(context, to) < 0 ? -EIO : 0;
}

static int write_half(void *context, FILE *to)
{
	(void)context;
	fputs("half", to);
	return -ENOMEM;
}

static void test_write_file(void **state)
{
	char one[] = "one", second[] = "second";
	char text[32];

	(void)state;
	assert_int_equal(outdir_create(&outdir, "run", "x", NOW), 0);
	assert_int_equal(
		outdir_write_file(&outdir, OUTDIR_RESULT, write_text, one), 0);
	assert_int_equal(
		outdir_write_file(&outdir, OUTDIR_RESULT, write_text, second),
		0);
	assert_int_equal(
		fd_read_text(AT_FDCWD, "run/result.json", text, sizeof(text)),
		6);
	assert_string_equal(text, "second");
	assert_int_equal(
		outdir_write_file(&outdir, OUTDIR_RESULT, write_half, NULL),
		-ENOMEM);
	assert_int_equal(
		fd_read_text(AT_FDCWD, "run/result.json", text, sizeof(text)),
		6);
	assert_false(rundir_has("run/result.json.new"));
	/* Where it can't be put, nothing is left behind. */
	assert_int_equal(mkdir("run/taken", 0700), 0);
	assert_int_equal(outdir_write_file(&outdir, "taken", write_text, one),
			 -EISDIR);
	assert_false(rundir_has("run/taken.new"));
	outdir_close(&outdir);
}

int main(void)
{
#define BOXED(test) \
	cmocka_unit_test_setup_teardown(test, rundir_set_up, rundir_tear_down)
	const struct CMUnitTest tests[] = {
		BOXED(test_own_directory),
		BOXED(test_names_are_made_safe),
		BOXED(test_state_directory),
		BOXED(test_given_directory),
		BOXED(test_strange_names_work),
		BOXED(test_messages_are_escaped),
		BOXED(test_not_a_directory),
		BOXED(test_not_writable),
		BOXED(test_disk_full),
		BOXED(test_discard),
		BOXED(test_find),
		BOXED(test_find_nothing),
		BOXED(test_files_stay_inside),
		BOXED(test_write_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
