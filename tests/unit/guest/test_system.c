/* SPDX-License-Identifier: GPL-2.0-or-later */
/* system and entropy, in namespaces of their own. */
#include "guest/system.h"

#include "guest/entropy.h"
#include "guest/mounts.h"
#include "shared/limits.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include <cmocka.h>

static void test_prepare(void **state)
{
	struct utsname name;
	char missing[256] = "unset";

	(void)state;
	if (!sandbox_enter() || unshare(CLONE_NEWUTS) < 0 ||
	    mount("none", "/proc", "proc", MS_RDONLY, NULL) < 0) {
		fprintf(stderr, "needs root and a host name of its own\n");
		skip();
	}
	assert_int_equal(sethostname("localhost", 9), 0);
	system_prepare(missing, sizeof(missing));
	assert_int_equal(uname(&name), 0);
	assert_string_equal(name.nodename, "localhost");
	system_tune();
	assert_int_equal(uname(&name), 0);
	assert_string_equal(name.nodename, "fstvm");
	assert_null(strstr(missing, "debugfs"));
	assert_null(strstr(missing, "cgroup2"));
	assert_true(mounts_is_mounted("/sys/kernel/debug"));
	assert_true(mounts_is_mounted("/dev/shm"));
	assert_int_equal(access("/dev/fd/0", F_OK), 0);
	assert_int_equal(sethostname("mine", 4), 0);
	system_prepare(missing, sizeof(missing));
	system_tune();
	assert_int_equal(uname(&name), 0);
	assert_string_equal(name.nodename, "mine");
}

static void test_entropy(void **state)
{
	static uint8_t seed[LIMIT_SEED + 1];
	struct why why;

	(void)state;
	assert_int_equal(entropy_add(bytes_of(seed, 0), &why), 0);
	assert_int_equal(entropy_add(bytes_of(seed, sizeof(seed)), &why),
			 -EINVAL);
	if (geteuid() != 0) {
		fprintf(stderr, "needs root: RNDADDENTROPY\n");
		skip();
	}
	/* Zeros add nothing to a pool that has been ready for long. */
	if (entropy_add(bytes_of(seed, LIMIT_SEED), &why) < 0)
		fail_msg("%s", why.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prepare),
		cmocka_unit_test(test_entropy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
