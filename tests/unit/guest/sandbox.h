/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox - for tests that mount: a private mount namespace with a fresh tmpfs
 * on /run, so LAYOUT_RUN is real and all is gone when the test ends. */
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Returns false, with a reason on stderr, where it can't be made. */
static inline bool sandbox_enter(void)
{
	static bool entered;

	if (entered)
		return true;
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0) {
		fprintf(stderr, "needs root: a private mount namespace\n");
		return false;
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("sandbox", "/run", "tmpfs", 0, "mode=0755") < 0) {
		perror("sandbox");
		return false;
	}
	entered = true;
	return true;
}

static inline void sandbox_write(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	close(fd);
}
