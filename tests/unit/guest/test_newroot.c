/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In a child with a mount namespace of its own: a new root is for good. */
#include "guest/newroot.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/wait.h>

#include <cmocka.h>

static struct stat usr_before;
static char lib_before[256];

/* Returns the line that is wrong; 0: none. */
static int look_around(void)
{
	char lib[sizeof(lib_before)] = "";
	struct statfs fs;
	struct stat st;

	if (statfs("/", &fs) < 0 || fs.f_type != TMPFS_MAGIC)
		return __LINE__;
	if (stat("/usr", &st) < 0 || st.st_ino != usr_before.st_ino ||
	    st.st_dev != usr_before.st_dev || st.st_mode != usr_before.st_mode)
		return __LINE__;
	(void)!readlink("/lib", lib, sizeof(lib) - 1);
	if (strcmp(lib, lib_before) != 0)
		return __LINE__;
	/* Empty, for the kernel to fill. */
	if (rmdir("/proc") < 0 || rmdir("/sys") < 0 || rmdir("/dev") < 0)
		return __LINE__;
	if (system("/usr/bin/env true") != 0)
		return __LINE__;
	return open("/written", O_CREAT | O_WRONLY | O_CLOEXEC, 0600) < 0
		       ? __LINE__
		       : 0;
}

static void test_the_same_in_memory(void **state)
{
	int status = 0;
	pid_t pid;

	(void)state;
	assert_int_equal(stat("/usr", &usr_before), 0);
	(void)!readlink("/lib", lib_before, sizeof(lib_before) - 1);
	if (!sandbox_enter())
		skip();
	pid = fork();
	if (pid == 0) {
		struct why why = {.text = ""};
		int line = newroot_enter(&why) < 0 ? __LINE__ : look_around();

		if (line != 0)
			fprintf(stderr, "line %d: %s\n", line, why.text);
		_exit(line != 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(access("/written", F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_in_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
