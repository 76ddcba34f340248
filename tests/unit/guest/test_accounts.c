/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/accounts.h"

#include "guest/layout.h"
#include "shared/fd.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char text[4096];

static struct accounts choose(const char *passwd, const char *group)
{
	struct accounts accounts;

	accounts_choose(&accounts, bytes_of_string(passwd),
			bytes_of_string(group));
	return accounts;
}

static void test_free_ids(void **state)
{
	struct accounts accounts = choose("root:x:0:0::/:/bin/sh\n"
					  "a:x:31000:1::/:/bin/sh\n",
					  "root:x:0:\nb:x:31002:\n");

	(void)state;
	assert_int_equal(accounts.entry[0].uid, 31001);
	assert_int_equal(accounts.entry[0].gid, 31001);
	assert_int_equal(accounts.entry[1].uid, 31003);
	assert_int_equal(accounts.entry[2].uid, 31004);
	assert_string_equal(accounts.entry[2].name, "123456-fsgqa");
}

static void test_ids_that_are_there_stay(void **state)
{
	struct accounts accounts =
		choose("fsgqa2:x:1500:100::/:/bin/false\nfsgqa:x:bad:1::/:\n",
		       "fsgqa2:x:31000:\n");

	(void)state;
	assert_int_equal(accounts.entry[0].uid, 31001);
	assert_int_equal(accounts.entry[1].uid, 1500);
	assert_int_equal(accounts.entry[1].gid, 31000);
}

static void test_add_to_passwd(void **state)
{
	struct accounts accounts = choose("", "");
	ssize_t len;

	(void)state;
	/* Ours is replaced, blank lines go, a last line without its newline
	 * gets it. */
	len = accounts_add(&accounts, ACCOUNTS_PASSWD,
			   bytes_of_string("root:x:0:0::/root:/bin/sh\n\n"
					   "fsgqa:x:7:7::/:/bin/false\n"
					   "fsgqa3:x:8:8::/:/bin/sh"),
			   text, sizeof(text));
	assert_int_equal(len, strlen(text));
	assert_string_equal(text,
			    "root:x:0:0::/root:/bin/sh\n"
			    "fsgqa3:x:8:8::/:/bin/sh\n"
			    "fsgqa:x:31000:31000:fstests:" LAYOUT_HOME
			    "/fsgqa:/bin/bash\n"
			    "fsgqa2:x:31001:31001:fstests:" LAYOUT_HOME
			    "/fsgqa2:/bin/bash\n"
			    "123456-fsgqa:x:31002:31002:fstests:" LAYOUT_HOME
			    "/123456-fsgqa:/bin/bash\n");
}

static void test_add_to_the_others(void **state)
{
	struct accounts accounts = choose("", "");

	(void)state;
	assert_true(accounts_add(&accounts, ACCOUNTS_GROUP, bytes_of_string(""),
				 text, sizeof(text)) > 0);
	assert_string_equal(text, "fsgqa:x:31000:\nfsgqa2:x:31001:\n"
				  "123456-fsgqa:x:31002:\n");
	assert_true(accounts_add(&accounts, ACCOUNTS_SHADOW,
				 bytes_of_string("root:$y$x:1::::::\n"), text,
				 sizeof(text)) > 0);
	assert_string_equal(text, "root:$y$x:1::::::\nfsgqa:*:::::::\n"
				  "fsgqa2:*:::::::\n123456-fsgqa:*:::::::\n");
	assert_true(accounts_add(&accounts, ACCOUNTS_GSHADOW,
				 bytes_of_string(""), text, sizeof(text)) > 0);
	assert_string_equal(text, "fsgqa:*::\nfsgqa2:*::\n123456-fsgqa:*::\n");
}

static void test_adding_twice_changes_nothing(void **state)
{
	static const struct bytes nothing;
	static char group[1024];
	static char again[sizeof(text)];
	struct accounts accounts = choose("root:x:0:0::/:/bin/sh\n", "");
	ssize_t len = accounts_add(&accounts, ACCOUNTS_PASSWD,
				   bytes_of_string("root:x:0:0::/:/bin/sh\n"),
				   text, sizeof(text));

	(void)state;
	assert_true(accounts_add(&accounts, ACCOUNTS_GROUP, nothing, group,
				 sizeof(group)) > 0);
	accounts_choose(&accounts, bytes_of(text, (size_t)len),
			bytes_of_string(group));
	assert_int_equal(accounts_add(&accounts, ACCOUNTS_PASSWD,
				      bytes_of(text, (size_t)len), again,
				      sizeof(again)),
			 len);
	assert_string_equal(again, text);
}

static void test_room(void **state)
{
	struct accounts accounts = choose("", "");
	ssize_t need =
		accounts_add(&accounts, ACCOUNTS_GROUP,
			     bytes_of_string("a:x:1:\n"), text, sizeof(text));

	(void)state;
	assert_int_equal(accounts_add(&accounts, ACCOUNTS_GROUP,
				      bytes_of_string("a:x:1:\n"), text,
				      (size_t)need + 1),
			 need);
	assert_int_equal(accounts_add(&accounts, ACCOUNTS_GROUP,
				      bytes_of_string("a:x:1:\n"), text,
				      (size_t)need),
			 -EFBIG);
}

static void test_lock_all(void **state)
{
	(void)state;
	assert_true(
		accounts_lock_all(ACCOUNTS_SHADOW,
				  bytes_of_string("root:x:0:0\n\nbin\n:x\n"),
				  text, sizeof(text)) > 0);
	assert_string_equal(text, "root:*:::::::\nbin:*:::::::\n");
	assert_true(accounts_lock_all(ACCOUNTS_GSHADOW,
				      bytes_of_string("root:x:0:\n"), text,
				      sizeof(text)) > 0);
	assert_string_equal(text, "root:*::\n");
	assert_int_equal(accounts_lock_all(ACCOUNTS_SHADOW,
					   bytes_of_string("root:x"), text, 13),
			 -EFBIG);
}

static void check_users(void)
{
	assert_int_equal(system("test \"$(id -gn fsgqa2)\" = fsgqa2"), 0);
	assert_int_equal(system("echo /bin/true | su fsgqa"), 0);
	assert_int_equal(system("test \"$(su 123456-fsgqa -c 'id -un; pwd; cd; "
				"pwd' | tr '\\n' ' ')\" = \"123456-fsgqa "
				"$(pwd) " LAYOUT_HOME "/123456-fsgqa \""),
			 0);
}

static void test_install(void **state)
{
	struct stat before, after;
	struct why why = {.text = ""};

	(void)state;
	if (!sandbox_enter())
		skip();
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(mkdir(LAYOUT_RUN, 0755), 0);
	assert_int_equal(mkdir(LAYOUT_ETC, 0755), 0);
	assert_int_equal(mkdir(LAYOUT_HOME, 0755), 0);
	if (accounts_install(&why) < 0)
		fail_msg("%s", why.text);
	check_users();
	assert_int_equal(stat("/etc/shadow", &before), 0);
	assert_int_equal(before.st_mode & 07777, 0600);
	/* Again: the same files stay. */
	assert_int_equal(accounts_install(&why), 0);
	assert_int_equal(stat("/etc/shadow", &after), 0);
	assert_true(before.st_ino == after.st_ino);
	check_users();
}

/* As vng leaves it for an ordinary host user: an empty file in the way. Its
 * lines are all that is kept, so only our users can log in, which is enough. */
static void test_install_with_an_empty_shadow(void **state)
{
	struct why why = {.text = ""};

	(void)state;
	if (!sandbox_enter())
		skip();
	sandbox_write("/run/nothing", "", 0);
	assert_int_equal(
		mount("/run/nothing", "/etc/shadow", NULL, MS_BIND, NULL), 0);
	if (accounts_install(&why) < 0)
		fail_msg("%s", why.text);
	check_users();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_free_ids),
		cmocka_unit_test(test_ids_that_are_there_stay),
		cmocka_unit_test(test_add_to_passwd),
		cmocka_unit_test(test_add_to_the_others),
		cmocka_unit_test(test_adding_twice_changes_nothing),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_lock_all),
		cmocka_unit_test(test_install),
		cmocka_unit_test(test_install_with_an_empty_shadow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
