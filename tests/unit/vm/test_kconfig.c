/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/kconfig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOOTS                                                                  \
	"CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\nCONFIG_NET_9P=y\n"      \
	"CONFIG_NET_9P_VIRTIO=y\nCONFIG_9P_FS=y\nCONFIG_OVERLAY_FS=y\n"        \
	"CONFIG_UNIX=y\nCONFIG_TMPFS=y\nCONFIG_DEVTMPFS=y\nCONFIG_PROC_FS=y\n" \
	"CONFIG_SYSFS=y\nCONFIG_BINFMT_ELF=y\nCONFIG_BINFMT_SCRIPT=y\n"        \
	"CONFIG_SERIAL_8250_CONSOLE=y\n"

static const struct kconfig_need any = {.machine = "x86_64"};
static char missing[KCONFIG_MISSING];

static size_t missing_of(const char *text, const struct kconfig_need *need)
{
	struct kconfig config;
	size_t count;

	assert_int_equal(kconfig_parse(&config, bytes_of_string(text)), 0);
	count = kconfig_missing(&config, need, missing);
	kconfig_free(&config);
	return count;
}

static void values(void **state)
{
	struct kconfig config;

	(void)state;
	assert_int_equal(
		kconfig_parse(&config,
			      bytes_of_string("CONFIG_FIRST=y\nCONFIG_MOD=m\n"
					      "# CONFIG_NOT is not set\n"
					      "CONFIG_NO=n\nCONFIG_N=200\n"
					      "XCONFIG_HIDDEN=y\n"
					      "CONFIG_EMPTY=\nCONFIG_LAST=y")),
		0);
	assert_true(kconfig_is_known(&config));
	assert_int_equal(kconfig_get(&config, "FIRST"), KCONFIG_ON);
	assert_int_equal(kconfig_get(&config, "MOD"), KCONFIG_MODULE);
	assert_int_equal(kconfig_get(&config, "NOT"), KCONFIG_OFF);
	assert_int_equal(kconfig_get(&config, "NO"), KCONFIG_OFF);
	assert_int_equal(kconfig_get(&config, "N"), KCONFIG_ON);
	assert_int_equal(kconfig_get(&config, "HIDDEN"), KCONFIG_OFF);
	assert_int_equal(kconfig_get(&config, "EMPTY"), KCONFIG_OFF);
	assert_int_equal(kconfig_get(&config, "LAST"), KCONFIG_ON);
	assert_int_equal(kconfig_get(&config, "LAS"), KCONFIG_OFF);
	kconfig_free(&config);
	assert_false(kconfig_is_known(&config));
	assert_int_equal(kconfig_get(&config, "FIRST"), KCONFIG_OFF);
}

static void enough_is_enough(void **state)
{
	(void)state;
	assert_int_equal(missing_of(BOOTS, &any), 0);
	assert_string_equal(missing, "");
}

static void missing_ones_are_named(void **state)
{
	struct kconfig_need need = any;

	(void)state;
	need.loop = need.virtio_blk = need.elf = true;
	need.fstype = "btrfs";
	assert_int_equal(missing_of(BOOTS, &need), 4);
	assert_string_equal(missing, "CONFIG_BLK_DEV_LOOP CONFIG_VIRTIO_BLK "
				     "CONFIG_PVH=y CONFIG_BTRFS_FS");
	assert_int_equal(missing_of(BOOTS "CONFIG_BLK_DEV_LOOP=y\n"
					  "CONFIG_VIRTIO_BLK=y\nCONFIG_PVH=y\n"
					  "CONFIG_BTRFS_FS=m\n",
				    &need),
			 0);
}

static void modules_where_they_do(void **state)
{
	(void)state;
	assert_int_equal(missing_of("CONFIG_TMPFS=m\nCONFIG_9P_FS=m\n", &any),
			 14);
	assert_non_null(strstr(missing, "CONFIG_TMPFS=y"));
	assert_null(strstr(missing, "CONFIG_9P_FS"));
	assert_non_null(strstr(missing, "CONFIG_BLK_DEV_INITRD=y"));
}

static void console_is_only_of_x86(void **state)
{
	struct kconfig_need arm = {.machine = "aarch64"};

	(void)state;
	assert_int_equal(missing_of("CONFIG_UNIX=y\n", &any), 13);
	assert_non_null(strstr(missing, "SERIAL_8250"));
	assert_int_equal(missing_of("CONFIG_UNIX=y\n", &arm), 12);
	assert_null(strstr(missing, "SERIAL_8250"));
}

static void filesystems(void **state)
{
	struct kconfig_need need = any;

	(void)state;
	need.fstype = "ext2";
	assert_int_equal(missing_of(BOOTS, &need), 1);
	assert_string_equal(missing, "CONFIG_EXT2_FS");
	assert_int_equal(
		missing_of(BOOTS "CONFIG_EXT4_USE_FOR_EXT2=y\n", &need), 0);
	need.fstype = "neverheard";
	assert_int_equal(missing_of(BOOTS, &need), 0);
}

static void initramfs_for_modules(void **state)
{
	struct kconfig config;

	(void)state;
	assert_int_equal(kconfig_parse(&config, bytes_of_string(BOOTS)), 0);
	assert_false(kconfig_needs_initramfs(&config));
	kconfig_free(&config);
	assert_int_equal(
		kconfig_parse(&config, bytes_of_string("CONFIG_9P_FS=m\n")), 0);
	assert_true(kconfig_needs_initramfs(&config));
	kconfig_free(&config);
}

static void hz_is_the_one_chosen(void **state)
{
	static const struct {
		const char *text;
		unsigned int hz;
	} rows[] = {
		{"# CONFIG_HZ_100 is not set\nCONFIG_HZ_250=y\nCONFIG_HZ=250\n",
		 250},
		{"CONFIG_HZ_1000=y\n", 1000},
		{"CONFIG_HZ_100=n\n", 0},
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kconfig config;

		assert_int_equal(
			kconfig_parse(&config, bytes_of_string(rows[i].text)),
			0);
		assert_int_equal(kconfig_hz(&config), rows[i].hz);
		kconfig_free(&config);
	}
}

static void facts_are_those_set(void **state)
{
	const char *facts[LIMIT_CONFIG_FACTS];
	struct kconfig config;

	(void)state;
	assert_int_equal(
		kconfig_parse(&config,
			      bytes_of_string("CONFIG_KASAN=y\n"
					      "CONFIG_DM_FLAKEY=m\n"
					      "# CONFIG_LOCKDEP is not set\n"
					      "CONFIG_WHATEVER=y\n")),
		0);
	assert_int_equal(kconfig_facts(&config, facts), 2);
	assert_string_equal(facts[0], "CONFIG_KASAN=y");
	assert_string_equal(facts[1], "CONFIG_DM_FLAKEY=m");
	kconfig_free(&config);
	assert_int_equal(kconfig_facts(&config, facts), 0);
}

static void size_limit(void **state)
{
	uint8_t *text = calloc(1, KCONFIG_BYTES + 1);
	struct kconfig config;

	(void)state;
	assert_non_null(text);
	assert_int_equal(kconfig_parse(&config, bytes_of(text, KCONFIG_BYTES)),
			 0);
	kconfig_free(&config);
	assert_int_equal(
		kconfig_parse(&config, bytes_of(text, KCONFIG_BYTES + 1)),
		-EFBIG);
	assert_false(kconfig_is_known(&config));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(enough_is_enough),
		cmocka_unit_test(missing_ones_are_named),
		cmocka_unit_test(modules_where_they_do),
		cmocka_unit_test(console_is_only_of_x86),
		cmocka_unit_test(filesystems),
		cmocka_unit_test(initramfs_for_modules),
		cmocka_unit_test(hz_is_the_one_chosen),
		cmocka_unit_test(facts_are_those_set),
		cmocka_unit_test(size_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
