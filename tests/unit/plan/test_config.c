/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_config - one configuration to test. */
#include "host/plan/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#define MIB ((uint64_t)1024 * 1024)
#define GIB (1024 * MIB)

static struct config make(const char *fstype)
{
	struct complaint complaint = {0};
	struct config config;

	assert_int_equal(config_init(&config, fstype, &complaint), 0);
	return config;
}

static void refuse(const struct config *config, const char *what)
{
	struct complaint complaint = {0};

	assert_true(config_check(config, &complaint) < 0);
	assert_non_null(strstr(complaint.text, what));
}

static void accept(const struct config *config)
{
	struct complaint complaint = {0};

	assert_int_equal(config_check(config, &complaint), 0);
	assert_string_equal(complaint.text, "");
}

static void test_defaults(void **state)
{
	struct complaint complaint = {0};
	struct config config = make("xfs");

	(void)state;
	assert_string_equal(config.name, "xfs");
	assert_string_equal(config.fstype, "xfs");
	assert_int_equal(config.test_bytes, 512 * MIB);
	assert_int_equal(config.scratch_bytes, 512 * MIB);
	assert_int_equal(config.backing, CONFIG_AUTO);
	accept(&config);
	assert_int_equal(config_init(&config, "nfs", &complaint), -ENOTSUP);
	assert_string_equal(config.name, "xfs");
}

static void test_least_sizes(void **state)
{
	static const struct {
		const char *fstype;
		uint64_t least;
	} cases[] = {{"ext4", 16 * MIB},
		     {"xfs", 300 * MIB},
		     {"btrfs", 114294784},
		     {"f2fs", 128 * MIB}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct config config = make(cases[i].fstype);

		config.test_bytes = cases[i].least;
		accept(&config);
		config.test_bytes += 4096;
		accept(&config);
		config.test_bytes += 1;
		refuse(&config, "not a multiple of 4096");
		config.test_bytes = cases[i].least - 1;
		refuse(&config, "--test-size");
		config.test_bytes = GIB;
		config.scratch_bytes = cases[i].least - 4096;
		refuse(&config, "--scratch-size");
	}
}

static void test_the_complaint_names_the_least_size(void **state)
{
	struct config config = make("btrfs");

	(void)state;
	config.test_bytes = 100 * MIB;
	refuse(&config,
	       "--test-size 100M is too small for btrfs, which needs 109M");
}

static void test_options(void **state)
{
	struct config config = make("ext4");
	char text[LIMIT_TEXT + 2];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[LIMIT_TEXT] = '\0';
	config.mkfs_options = text;
	config.mount_options = "-o 'a b',$HOME,ü";
	accept(&config);
	text[LIMIT_TEXT] = 'a';
	text[LIMIT_TEXT + 1] = '\0';
	refuse(&config, "--mkfs-options is longer");
	config.mkfs_options = "";
	config.mount_options = "-o\nnoatime";
	refuse(&config, "--mount-options has a control character");
	config.mount_options = "\x7f";
	refuse(&config, "--mount-options has a control character");
}

static void test_the_warning(void **state)
{
	struct config config = make("ext4");

	(void)state;
	assert_non_null(strstr(config_warning(&config), "--test-size"));
	config.test_bytes = 10 * GIB;
	assert_non_null(config_warning(&config));
	config.scratch_bytes = 10 * GIB;
	assert_null(config_warning(&config));
	config.test_bytes -= 4096;
	assert_non_null(strstr(config_warning(&config), "--scratch-size"));
}

static void test_backing(void **state)
{
	struct complaint complaint = {0};
	enum config_backing backing = CONFIG_AUTO;

	(void)state;
	assert_int_equal(config_parse_backing("virtio", &backing, &complaint),
			 0);
	assert_int_equal(backing, CONFIG_VIRTIO);
	assert_int_equal(config_parse_backing("loop", &backing, &complaint), 0);
	assert_int_equal(backing, CONFIG_LOOP);
	assert_int_equal(config_parse_backing("auto", &backing, &complaint), 0);
	assert_int_equal(backing, CONFIG_AUTO);
	assert_int_equal(config_parse_backing("Loop", &backing, &complaint),
			 -EINVAL);
	assert_non_null(strstr(complaint.text, "auto, loop, virtio"));
}

static void test_pool(void **state)
{
	static const char *const bad[] = {"1", "15", "0",  "",
					  "x", "-2", "2x", "4294967298"};
	uint32_t count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct complaint complaint = {0};

		assert_int_equal(config_parse_pool(bad[i], &count, &complaint),
				 -EINVAL);
		assert_non_null(strstr(complaint.text, "2 to 14"));
	}
	{
		struct complaint complaint = {0};

		assert_int_equal(config_parse_pool("2", &count, &complaint), 0);
		assert_int_equal(count, 2);
		assert_int_equal(config_parse_pool("14", &count, &complaint),
				 0);
		assert_int_equal(count, 14);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_least_sizes),
		cmocka_unit_test(test_the_complaint_names_the_least_size),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_the_warning),
		cmocka_unit_test(test_backing),
		cmocka_unit_test(test_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
