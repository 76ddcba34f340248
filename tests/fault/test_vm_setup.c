/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set-up of a VM's processes with the n-th call of the system failing, for
 * every n: an error comes back, and no descriptor, process or directory is
 * left. */
#include "host/vm/guard.h"
#include "host/vm/process.h"
#include "host/vm/sockdir.h"
#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static unsigned int calls; /* so far */
static unsigned int fails; /* the number of the one that fails; 0: none */
static bool injected;
static char last_dir[64]; /* that was made */

static bool is_hit(void)
{
	calls++;
	if (calls != fails)
		return false;
	injected = true;
	return true;
}

/* Replaced by the linker: fault/CMakeLists.txt. */
int __real_pipe2(int pair[2], int flags);
int __wrap_pipe2(int pair[2], int flags);
pid_t __real_fork(void);
pid_t __wrap_fork(void);
char *__real_mkdtemp(char *template);
char *__wrap_mkdtemp(char *template);
int __real_symlinkat(const char *target, int fd, const char *name);
int __wrap_symlinkat(const char *target, int fd, const char *name);
int __real_mkdirat(int fd, const char *name, mode_t mode);
int __wrap_mkdirat(int fd, const char *name, mode_t mode);
int __real_openat64(int fd, const char *name, int flags, mode_t mode);
int __wrap_openat64(int fd, const char *name, int flags, mode_t mode);
ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);

int __wrap_pipe2(int pair[2], int flags)
{
	if (!is_hit())
		return __real_pipe2(pair, flags);
	errno = EMFILE;
	return -1;
}

pid_t __wrap_fork(void)
{
	pid_t pid;

	if (is_hit()) {
		errno = EAGAIN;
		return -1;
	}
	pid = __real_fork();
	if (pid == 0)
		fails = 0; /* the parent's calls are counted */
	return pid;
}

char *__wrap_mkdtemp(char *template)
{
	if (is_hit()) {
		errno = ENOSPC;
		return NULL;
	}
	template = __real_mkdtemp(template);
	if (template)
		snprintf(last_dir, sizeof(last_dir), "%s", template);
	return template;
}

int __wrap_symlinkat(const char *target, int fd, const char *name)
{
	if (!is_hit())
		return __real_symlinkat(target, fd, name);
	errno = ENOSPC;
	return -1;
}

int __wrap_mkdirat(int fd, const char *name, mode_t mode)
{
	if (!is_hit())
		return __real_mkdirat(fd, name, mode);
	errno = ENOSPC;
	return -1;
}

int __wrap_openat64(int fd, const char *name, int flags, mode_t mode)
{
	if (!is_hit())
		return __real_openat64(fd, name, flags, mode);
	errno = EMFILE;
	return -1;
}

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	if (!is_hit())
		return __real_write(fd, data, len);
	errno = EIO;
	return -1;
}

struct set_up {
	struct sockdir dir;
	struct guard guard;
	struct process process;
};

static int start_process(struct set_up *set_up)
{
	const char *const argv[] = {"/bin/true", NULL};
	const char *const envp[] = {set_up->dir.mark, NULL};
	int error;

	error = process_spawn(&set_up->process, argv, envp);
	if (error)
		return error;
	error = guard_watch(&set_up->guard, set_up->process.pid);
	if (!error)
		error = process_release(&set_up->process);
	if (error) {
		process_close(&set_up->process);
		return error;
	}
	assert_int_equal(waitpid(set_up->process.pid, NULL, 0),
			 set_up->process.pid);
	assert_int_equal(process_reap(&set_up->process), 1);
	process_close(&set_up->process);
	return 0;
}

/* As the VM does it. On failure everything is given back. */
static int do_all(struct set_up *set_up)
{
	int error = sockdir_open(&set_up->dir, NULL);

	if (error)
		return error;
	error = sockdir_link(&set_up->dir, "tree", "/usr");
	if (!error)
		error = guard_open(&set_up->guard, set_up->dir.path,
				   set_up->dir.mark);
	if (!error) {
		error = start_process(set_up);
		fails = 0;
		guard_close(&set_up->guard);
	}
	fails = 0; /* cleaning up is not what this is about */
	assert_int_equal(sockdir_close(&set_up->dir), 0);
	return error;
}

static unsigned int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void every_call_may_fail(void **state)
{
	static struct set_up set_up;
	unsigned int descriptors = count_descriptors();

	(void)state;
	for (unsigned int n = 1;; n++) {
		int error;

		calls = 0;
		fails = n;
		injected = false;
		error = do_all(&set_up);
		fails = 0;
		assert_int_equal(count_descriptors(), descriptors);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		assert_int_equal(access(last_dir, F_OK), -1);
		if (!injected) {
			assert_int_equal(error, 0);
			assert_true(n > 10); /* it did inject */
			print_message("%u calls\n", n - 1);
			return;
		}
		assert_true(error < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_may_fail),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
