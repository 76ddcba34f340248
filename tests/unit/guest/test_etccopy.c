/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On an overlay in a mount namespace of its own. */
#include "guest/etccopy.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include <cmocka.h>

#define OVERLAY "/run/overlay"

static bool prepare(void)
{
	static bool done;

	if (done)
		return true;
	if (!sandbox_enter())
		return false;
	assert_int_equal(mkdir("/run/lower", 0755), 0);
	assert_int_equal(mkdir("/run/upper", 0755), 0);
	assert_int_equal(mkdir("/run/work", 0755), 0);
	assert_int_equal(mkdir(OVERLAY, 0755), 0);
	sandbox_write("/run/lower/file", "contents", 8);
	assert_int_equal(chmod("/run/lower/file", 0640), 0);
	assert_int_equal(chown("/run/lower/file", 12, 34), 0);
	assert_int_equal(utimensat(AT_FDCWD, "/run/lower/file",
				   (struct timespec[]){{1000, 0}, {1000, 7}},
				   0),
			 0);
	assert_int_equal(symlink("nowhere", "/run/lower/link"), 0);
	if (mount("overlay", OVERLAY, "overlay", 0,
		  "lowerdir=/run/lower,upperdir=/run/upper,"
		  "workdir=/run/work") < 0) {
		fprintf(stderr, "needs overlayfs: %s\n", strerror(errno));
		return false;
	}
	done = true;
	return true;
}

static void test_file_has_no_origin(void **state)
{
	char text[16] = "";
	struct stat st;
	int fd;

	(void)state;
	if (!prepare())
		skip();
	etccopy_renew(OVERLAY "/file");
	assert_int_equal(stat(OVERLAY "/file", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_uid, 12);
	assert_int_equal(st.st_gid, 34);
	assert_int_equal(st.st_mtim.tv_sec, 1000);
	assert_int_equal(st.st_mtim.tv_nsec, 7);
	fd = open(OVERLAY "/file", O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, text, sizeof(text)), 8);
	close(fd);
	assert_string_equal(text, "contents");
	/* What a copy up would have left. */
	assert_int_equal(access("/run/upper/file", F_OK), 0);
	assert_int_equal(
		getxattr("/run/upper/file", "trusted.overlay.origin", NULL, 0),
		-1);
	assert_int_equal(access(OVERLAY "/file.fstvm-new", F_OK), -1);
}

static void test_link(void **state)
{
	char target[32] = "";

	(void)state;
	if (!prepare())
		skip();
	etccopy_renew(OVERLAY "/link");
	assert_int_equal(readlink("/run/upper/link", target, sizeof(target)),
			 7);
	assert_string_equal(target, "nowhere");
}

static void test_what_cannot_be_copied_stays(void **state)
{
	struct stat st;

	(void)state;
	if (!prepare())
		skip();
	etccopy_renew(OVERLAY "/none");
	assert_int_equal(mkdir(OVERLAY "/directory", 0755), 0);
	etccopy_renew(OVERLAY "/directory");
	assert_int_equal(access(OVERLAY "/directory", F_OK), 0);
	sandbox_write(OVERLAY "/large", "", 0);
	assert_int_equal(truncate(OVERLAY "/large", 1024 * 1024 + 1), 0);
	etccopy_renew(OVERLAY "/large");
	assert_int_equal(stat(OVERLAY "/large", &st), 0);
	assert_int_equal(st.st_size, 1024 * 1024 + 1);
	assert_int_equal(access(OVERLAY "/large.fstvm-new", F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_has_no_origin),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_what_cannot_be_copied_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
