/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_started - a run's first record, and the options that ask for it
 * again. */
#include "host/cli/started.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct prepared *prepared;
static struct started started;
static struct options asked;
static struct plan_test tests[] = {
	{.name = "generic/001"},
	{.name = "generic/002", .iteration = 1, .excluded = true},
};
static char *argv[] = {"run"};

static void prepare(void)
{
	prepared = prepare_create();
	assert_non_null(prepared);
	strcpy(prepared->found.kernel.path, "/boot/vmlinuz-1");
	strcpy(prepared->found.kernel.release, "6.1.0");
	strcpy(prepared->kernel_checksum, "9 bytes, crc32 cbf43926");
	prepared->found.memory_mib = 2048;
	prepared->found.cpus = 3;
	prepared->tree.path = "/srv/xfstests";
	strcpy(prepared->config.fstype, "xfs");
	strcpy(prepared->config.name, "xfs");
	prepared->config.mkfs_options = "-m crc=1";
	prepared->config.mount_options = "";
	prepared->plan.tests = tests;
	prepared->plan.count = 2;
	prepared->timeout_ms = 90000;
	prepared->test_timeout_ms = 1500;
	prepared->boot_timeout_ms = 60000;
	prepared->setup_timeout_ms = 300000;
	prepared->silence_ms = 20000;
	prepared->retries = 2;
	prepared->max_crashes = 7;
}

static void make(void)
{
	assert_int_equal(
		started_make(&started, prepared, &asked, "mine", 1, argv), 0);
}

static int begin(void **state)
{
	(void)state;
	asked = (struct options){0};
	prepare();
	return 0;
}

static int end(void **state)
{
	(void)state;
	started_deinit(&started);
	/* What is borrowed here is not to be freed. */
	prepared->plan = (struct plan){0};
	prepare_destroy(prepared);
	return 0;
}

static void test_record(void **state)
{
	(void)state;
	asked.unpack = "off";
	asked.environment[0] = "A=1";
	preflight_add(&prepared->list, "kvm", PREFLIGHT_WARN, NULL, "slow");
	preflight_add(&prepared->list, "vng", PREFLIGHT_OK, NULL, "fine");
	make();
	assert_string_equal(started.event.name, "mine");
	assert_string_equal(started.event.kernel_checksum,
			    "9 bytes, crc32 cbf43926");
	assert_int_equal(started.event.n_tests, 2);
	assert_string_equal(started.event.tests[1]->name, "generic/002");
	assert_int_equal(started.event.tests[1]->iteration, 1);
	assert_true(started.event.tests[1]->excluded);
	assert_int_equal(started.event.n_warnings, 1);
	assert_string_equal(started.event.warnings[0], "kvm: slow");
	assert_true(started.event.keep_packed);
	assert_int_equal(started.event.n_environment, 1);
	assert_true(started.event.setup_timeout_ms == 300000);
}

/* As a journal gives it: packed, and unpacked by another controller. */
static Pb__RunStarted *reread(void)
{
	uint8_t packed[4096];
	size_t len = pb__run_started__get_packed_size(&started.event);
	Pb__RunStarted *event;

	assert_true(len <= sizeof(packed));
	pb__run_started__pack(&started.event, packed);
	event = pb__run_started__unpack(NULL, len, packed);
	assert_non_null(event);
	return event;
}

static void test_back_to_options(void **state)
{
	struct started_words words;
	struct options options = {0};
	Pb__RunStarted *event;

	(void)state;
	asked.environment[0] = "SOAK_DURATION=60";
	asked.environment[1] = "B=";
	asked.kernel_parameters = "foo=1 bar";
	asked.init = "vng";
	asked.vmlinux = "/dev/../dev/null";
	make();
	event = reread();
	started_options(event, &words, &options);
	assert_string_equal(options.kernel, "/boot/vmlinuz-1");
	assert_string_equal(options.fstests, "/srv/xfstests");
	assert_string_equal(options.fstype, "xfs");
	assert_string_equal(options.mkfs_options, "-m crc=1");
	assert_null(options.mount_options);
	assert_string_equal(options.memory, "2048M");
	assert_string_equal(options.cpus, "3");
	assert_string_equal(options.kvm, "off");
	assert_string_equal(options.init, "vng");
	assert_string_equal(options.vmlinux, "/dev/null");
	assert_null(options.unpack);
	assert_string_equal(options.timeout, "90000ms");
	assert_string_equal(options.test_timeout, "1500ms");
	assert_string_equal(options.boot_timeout, "60000ms");
	assert_string_equal(options.hang_timeout, "20000ms");
	assert_string_equal(options.retries, "2");
	assert_string_equal(options.max_crashes, "7");
	assert_string_equal(options.kernel_parameters, "foo=1 bar");
	assert_string_equal(options.environment[0], "SOAK_DURATION=60");
	assert_string_equal(options.environment[1], "B=");
	assert_null(options.environment[2]);
	pb__run_started__free_unpacked(event, NULL);
}

/* The times are of their unit: what one writes the other reads. */
static void test_times_are_read_again(void **state)
{
	struct started_words words;
	struct options options = {0};
	uint64_t ms = 0;

	(void)state;
	make();
	started_options(&started.event, &words, &options);
	assert_int_equal(options_duration_ms(options.test_timeout, &ms), 0);
	assert_true(ms == 1500);
}

static void test_what_is_asked_now_stays(void **state)
{
	struct started_words words;
	struct options options = {.timeout = "5h"};

	(void)state;
	prepared->found.kvm = true;
	make();
	started_options(&started.event, &words, &options);
	assert_string_equal(options.timeout, "5h");
	assert_string_equal(options.kvm, "auto");
	/* There was none, and there is none. */
	options.timeout = NULL;
	started.event.timeout_ms = 0;
	options.hang_timeout = NULL;
	started.event.hang_timeout_ms = 0;
	started_options(&started.event, &words, &options);
	assert_null(options.timeout);
	assert_null(options.hang_timeout);
}

int main(void)
{
#define BOXED(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest all[] = {
		BOXED(test_record),
		BOXED(test_back_to_options),
		BOXED(test_times_are_read_again),
		BOXED(test_what_is_asked_now_stays),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
