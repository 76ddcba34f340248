/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_bootfault - what a console's last words mean. */
#include "host/vm/bootfault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct lines {
	size_t count;
	const char *list[8];
};

static struct bytes line_of(const void *context, size_t i)
{
	const struct lines *lines = context;

	assert_true(i < lines->count);
	return bytes_of_string(lines->list[i]);
}

static const struct bootfault_facts booting = {
	.qemu_connected = true,
	.line_count = 100,
};

/* QEMU has not come up yet: any cause may be found. */
static const struct bootfault_facts starting = {.line_count = 1};

/* NULL: nothing is known. */
static void expect(const struct bootfault_facts *facts,
		   const struct lines *lines, const char *words)
{
	char text[BOOTFAULT_TEXT] = "";
	bool known =
		bootfault_explain(facts, line_of, lines, lines->count, text);

	assert_int_equal(known, words != NULL);
	if (words != NULL && strstr(text, words) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", words, text);
}

static void test_causes(void **state)
{
	static const struct {
		const char *line;
		const char *words;
	} rows[] = {
		{"qemu-system-x86_64: Could not access KVM kernel module: "
		 "Permission denied",
		 "QEMU did not start: qemu-system-x86_64: Could not access"},
		{"This kernel requires the following features not present on "
		 "the CPU: la57",
		 "another CPU than this VM's: This kernel requires"},
		{"[    0.9] Initramfs unpacking failed: write error",
		 "could not be unpacked"},
		{"[    2.0] VFS: Cannot open root device \"/dev/root\" or "
		 "unknown-block(0,0): error -19",
		 "found no root"},
		{"[    2.0] 9pnet_virtio: no channels available for device "
		 "/dev/root",
		 "CONFIG_VIRTIO_PCI"},
		{"[    2.0] 9pnet: Could not find request transport: virtio",
		 "CONFIG_NET_9P_VIRTIO"},
		{"mount: unknown filesystem type '9p'", "no 9p"},
		{"Failed to mount real root.  We are stuck.", "9p"},
		{"virtme-init: cannot find script I/O ports; make sure "
		 "virtio-serial is available",
		 "no virtio console"},
		{"fstvm-agent: no channel to the host: no virtio port is "
		 "named fstvm.0",
		 "no virtio console"},
		{"[    1.0] Kernel panic - not syncing: Requested init "
		 "/x/fstvm-agent failed (error -2).",
		 "not there"},
		{"[    1.0] Kernel panic - not syncing: Attempted to kill "
		 "init! exitcode=0x00000100",
		 "init died in boot: Kernel panic - not syncing: Attempted "
		 "to kill init! exitcode=0x00000100"},
		{"[    1.0][  T1] Kernel panic - not syncing: Fatal exception",
		 "the kernel panicked in boot: Kernel panic - not syncing: "
		 "Fatal exception"},
		{"Booting the kernel (entry_offset: 0x0000000000000000).",
		 "said nothing"},
		{"[    1.0] Run /init as init process", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct lines lines = {
			3, {"[    0.1] Linux version 6.1", rows[i].line, ""}};

		bool started = rows[i].words == NULL ||
			       strstr(rows[i].words, "not start") == NULL;

		expect(started ? &booting : &starting, &lines, rows[i].words);
	}
}

/* A kernel without 9p panics for want of a root, and then of init. */
static void test_first_cause(void **state)
{
	const struct lines lines = {
		5,
		{"9pnet_virtio: no channels available for device /dev/root",
		 "Failed to mount real root.  We are stuck.",
		 "Kernel panic - not syncing: Attempted to kill init! "
		 "exitcode=0x00000100",
		 "CPU: 0 PID: 1 Comm: init Not tainted",
		 "---[ end Kernel panic - not syncing: Attempted ]---"}};

	(void)state;
	expect(&booting, &lines, "CONFIG_VIRTIO_PCI");
}

static void test_nothing_said(void **state)
{
	const struct lines none = {0};
	const struct lines rom = {
		3, {"SeaBIOS (version 1.16)", "Booting from ROM..", ""}};
	struct bootfault_facts facts = {.qemu_connected = true};

	(void)state;
	expect(&facts, &none, "the console stayed empty");
	facts.line_count = 3;
	expect(&facts, &rom, "said nothing");
	facts.qemu_connected = false;
	expect(&facts, &none, "QEMU never started");
}

static void test_agent_as_init(void **state)
{
	const struct lines lines = {1, {"[    3.0] Run /x as init process"}};
	struct bootfault_facts facts = booting;

	(void)state;
	expect(&facts, &lines, NULL);
	facts.agent_init = true;
	expect(&facts, &lines, "--init=vng");
}

/* One that came up says on its end who has ended it. */
static void test_qemu_that_was_ended(void **state)
{
	static const struct lines lines = {
		1, {"qemu-system-x86_64: terminating on signal 15 from pid 7"}};

	(void)state;
	expect(&booting, &lines, NULL);
	expect(&starting, &lines, "QEMU did not start");
}

/* Its own words are not said again; what it died of is. */
static void test_known_death(void **state)
{
	static const struct bootfault_facts dead = {
		.qemu_connected = true,
		.death_is_known = true,
	};
	static const struct lines silent = {0};
	static const struct lines panic = {
		1, {"[    1.0] Kernel panic - not syncing: by a ghost"}};
	static const struct lines rootless = {
		2,
		{"[    1.0] VFS: Unable to mount root fs on unknown-block(0,0)",
		 "[    1.1] Kernel panic - not syncing: VFS: Unable"}};

	(void)state;
	expect(&dead, &silent, NULL);
	expect(&dead, &panic, NULL);
	expect(&dead, &rootless, "found no root");
}

/* Bytes, and lines longer than the answer. */
static void test_any_bytes(void **state)
{
	static char longest[5000];
	struct lines lines = {2, {"\xff\x01Kernel panic\x02", longest}};

	(void)state;
	expect(&starting, &lines, "the kernel panicked in boot");
	memset(longest, 'x', sizeof(longest) - 1);
	memcpy(longest, "qemu-system: ", 13);
	expect(&starting, &lines, "QEMU did not start: qemu-system: xxxx");
}

static void expect_log(const char *log, const char *words)
{
	char text[BOOTFAULT_TEXT] = "";

	assert_int_equal(
		bootfault_explain_log(&booting, bytes_of_string(log), text),
		words != NULL);
	if (words != NULL)
		assert_string_equal(text, words);
}

static void test_log(void **state)
{
	static const char line[] = "<6>[    1.0] [T1] one more\n";
	static char log[BOOTFAULT_LOG_LINES * sizeof(line) + 256];
	size_t at;

	(void)state;
	expect_log("", NULL);
	expect_log("\n", NULL);
	expect_log(line, NULL);
	expect_log("<0>[    1.0] [T1] Kernel panic - not syncing: x",
		   "the kernel panicked in boot: Kernel panic - not syncing: "
		   "x");
	/* on every boot of some distributions */
	expect_log("virtme initramfs: initramfs does not have module "
		   "crypto-hmac(sha256)\n"
		   "VFS: Unable to mount root fs on unknown-block(0,0)\n",
		   "the kernel found no root: 9p or virtiofs, and virtio-pci, "
		   "must be built in, or be modules that vng finds");
	/* the last ones, and no more */
	at = (size_t)snprintf(log, sizeof(log), "Oops: 0000\n");
	for (size_t i = 0; i < BOOTFAULT_LOG_LINES - 1; i++)
		at += (size_t)snprintf(log + at, sizeof(log) - at, "%s", line);
	expect_log(log, "the kernel crashed in boot: Oops: 0000");
	snprintf(log + at, sizeof(log) - at, "%s", line);
	expect_log(log, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_causes),
		cmocka_unit_test(test_first_cause),
		cmocka_unit_test(test_nothing_said),
		cmocka_unit_test(test_agent_as_init),
		cmocka_unit_test(test_qemu_that_was_ended),
		cmocka_unit_test(test_known_death),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
