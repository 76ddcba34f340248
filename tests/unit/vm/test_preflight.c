/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks against programs of the test's own in a PATH of the test's own. */
#include "host/vm/preflight.h"

#include "shared/beneath.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char bin[64];
static char path_entry[80];
static const char *const environment[] = {path_entry, NULL};
static struct preflight list;
static struct preflight_found found;
static struct preflight_ask ask = {
	.kernel = {.root = "", .need = {.machine = "x86_64"}},
	.environ = environment,
	.private_dir = "/tmp",
	.mark = "FSTVM_VM=/tmp/none",
};

static int make_bin(void **state)
{
	(void)state;
	snprintf(bin, sizeof(bin), "/tmp/fstvm-bin-XXXXXX");
	if (!mkdtemp(bin))
		return -1;
	snprintf(path_entry, sizeof(path_entry), "PATH=%s", bin);
	preflight_init(&list);
	return 0;
}

static int remove_bin(void **state)
{
	fd_auto int tmp = fd_open("/tmp", O_RDONLY | O_DIRECTORY, 0);

	(void)state;
	return beneath_remove_tree(tmp, bin + strlen("/tmp/"));
}

/* A program that says this. */
static void put_program(const char *name, const char *says)
{
	char path[128];
	char script[512];
	int len;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", bin, name);
	len = snprintf(script, sizeof(script), "#!/bin/sh\necho '%s'\n", says);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, script, (size_t)len), 0);
	close(fd);
}

static void expect(const char *name, enum preflight_outcome outcome,
		   const char *part)
{
	const struct preflight_check *check = &list.checks[list.count - 1];

	assert_true(list.count > 0);
	assert_string_equal(check->name, name);
	assert_int_equal(check->outcome, outcome);
	assert_non_null(strstr(check->text, part));
}

static void vng_is_missing(void **state)
{
	(void)state;
	preflight_vng(&list, &ask, &found);
	expect("vng", PREFLIGHT_FAIL, "");
	assert_string_equal(list.checks[0].text,
			    "virtme-ng (vng) not found. Install with: pip "
			    "install virtme-ng");
	assert_true(preflight_failed(&list));
}

static void vng_of_version(const char *says, enum preflight_outcome outcome,
			   const char *part)
{
	put_program("vng", says);
	preflight_vng(&list, &ask, &found);
	expect("vng", outcome, part);
	assert_true((outcome == PREFLIGHT_OK) ==
		    (list.checks[list.count - 1].remedy[0] == '\0'));
}

static void vng_too_old(void **state)
{
	(void)state;
	vng_of_version("virtme-ng 1.20", PREFLIGHT_FAIL, "virtme-ng 1.20 (");
	expect("vng", PREFLIGHT_FAIL, "too old: 1.21 or newer");
}

static void vng_old_enough(void **state)
{
	(void)state;
	vng_of_version("virtme-ng 1.21", PREFLIGHT_OK, "virtme-ng 1.21");
	assert_int_equal(found.vng_version.minor, 21);
	assert_false(preflight_failed(&list));
}

static void vng_is_something_else(void **state)
{
	(void)state;
	vng_of_version("hello", PREFLIGHT_FAIL, "unexpected output");
}

static void vng_has_its_own_home(void **state)
{
	(void)state;
	/* says a version only with our environment */
	put_program("vng", "'$(test \"$HOME$FSTVM_VM\" = /tmp/home/tmp/none "
			   "&& echo virtme-ng 1.35)'");
	preflight_vng(&list, &ask, &found);
	expect("vng", PREFLIGHT_OK, "virtme-ng 1.35");
}

static void qemu_is_found(void **state)
{
	(void)state;
	ask.kernel.need.machine = "vax";
	preflight_qemu(&list, &ask);
	expect("qemu", PREFLIGHT_FAIL, "qemu-system-vax not found");
	put_program("qemu-system-vax", "QEMU emulator version 9.9");
	preflight_qemu(&list, &ask);
	expect("qemu", PREFLIGHT_OK, "QEMU emulator version 9.9 (/");
	ask.kernel.need.machine = "x86_64";
}

static void virtiofsd_decides(void **state)
{
	(void)state;
	put_program("virtiofsd", "virtiofsd 1.13.0");
	preflight_virtiofsd(&list, &ask, &found);
	expect("virtiofsd", PREFLIGHT_OK, "virtiofsd 1.13.0");
	assert_false(found.force_9p);
	put_program("virtiofsd", "virtiofsd version 7.2.22");
	preflight_virtiofsd(&list, &ask, &found);
	expect("virtiofsd", PREFLIGHT_OK, "9p");
	assert_true(found.force_9p);
}

static void kvm_can_be_chosen(void **state)
{
	(void)state;
	ask.kvm = PREFLIGHT_KVM_OFF;
	preflight_kvm(&list, &ask, &found);
	expect("kvm", PREFLIGHT_OK, "switched off");
	assert_false(found.kvm);
	ask.kvm = PREFLIGHT_KVM_ON;
	preflight_kvm(&list, &ask, &found);
	assert_true(found.kvm);
	ask.kvm = PREFLIGHT_KVM_AUTO;
}

static void kernel_says_why_and_what_to_do(void **state)
{
	(void)state;
	ask.kernel.input = bin;
	preflight_kernel(&list, &ask, &found);
	expect("kernel", PREFLIGHT_FAIL,
	       "Kernel not built. vmlinux not found at ");
	put_program("vmlinux", "");
	preflight_kernel(&list, &ask, &found);
	expect("kernel", PREFLIGHT_FAIL, "Kernel image not built");
	assert_null(strchr(list.checks[1].text, '\n'));
	assert_int_equal(strncmp(list.checks[1].remedy, "Build it with: ", 15),
			 0);
	ask.kernel.input = NULL;
}

static void busybox_is_for_modules_only(void **state)
{
	(void)state;
	found.kernel.needs_initramfs = false;
	preflight_tools(&list, &ask, &found);
	assert_int_equal(list.count, 1);
	found.kernel.needs_initramfs = true;
	put_program("busybox-static", "no ELF file");
	preflight_tools(&list, &ask, &found);
	assert_int_equal(list.count, 4);
	assert_string_equal(list.checks[2].name, "busybox");
	assert_int_equal(list.checks[2].outcome, PREFLIGHT_FAIL);
	assert_non_null(strstr(list.checks[2].text, "the installed one"));
}

static void memory_sizes(void **state)
{
	uint64_t mib = 7;

	(void)state;
	assert_int_equal(preflight_parse_memory("4G", &mib), 0);
	assert_int_equal(mib, 4096);
	assert_int_equal(preflight_parse_memory("512m", &mib), 0);
	assert_int_equal(mib, 512);
	assert_int_equal(preflight_parse_memory("1048576K", &mib), 0);
	assert_int_equal(mib, 1024);
	assert_int_equal(preflight_parse_memory("1073741823G", &mib), 0);
	assert_int_equal(preflight_parse_memory("1073741824G", &mib), 0);
	assert_int_equal(preflight_parse_memory("1073741825G", &mib), -ERANGE);
	assert_int_equal(preflight_parse_memory("99999999999999999999G", &mib),
			 -ERANGE);
}

static void no_memory_sizes(void **state)
{
	static const char *const texts[] = {"",	   "4",	   "G",	 "-4G", "4GB",
					    "4 G", "4.5G", "4T", " 4G", "0x4G"};
	uint64_t mib = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(preflight_parse_memory(texts[i], &mib),
				 -EINVAL);
	assert_int_equal(mib, 7);
}

static void memory_of(const char *text, enum preflight_outcome outcome,
		      uint64_t mib)
{
	ask.memory = text;
	preflight_memory(&list, &ask, &found);
	assert_int_equal(list.checks[list.count - 1].outcome, outcome);
	assert_int_equal(found.memory_mib, mib);
}

static void memory_is_sane(void **state)
{
	(void)state;
	memory_of("255M", PREFLIGHT_FAIL, 0);
	memory_of("256M", PREFLIGHT_OK, 256);
	memory_of("257M", PREFLIGHT_OK, 257);
	memory_of("1000000G", PREFLIGHT_FAIL, 0);
	memory_of("lots", PREFLIGHT_FAIL, 0);
	expect("memory", PREFLIGHT_FAIL, "\"lots\" is not a size");
}

static void cpus_of(long cpus, enum preflight_outcome outcome,
		    unsigned int taken)
{
	ask.cpus = cpus;
	preflight_cpus(&list, &ask, &found);
	assert_int_equal(list.checks[list.count - 1].outcome, outcome);
	assert_int_equal(found.cpus, taken);
}

static void cpus_are_sane(void **state)
{
	long host = sysconf(_SC_NPROCESSORS_ONLN);

	(void)state;
	cpus_of(-1, PREFLIGHT_FAIL, 0);
	cpus_of(0, PREFLIGHT_FAIL, 0);
	cpus_of(1, PREFLIGHT_OK, 1);
	if (host < VNG_CPUS_MAX) {
		cpus_of(host + 1, PREFLIGHT_OK, (unsigned int)host + 1);
		ask.cpus_chosen = true;
		cpus_of(host + 1, PREFLIGHT_WARN, (unsigned int)host + 1);
	}
	cpus_of(VNG_CPUS_MAX + 1, PREFLIGHT_FAIL, 0);
}

static void texts_are_cut(void **state)
{
	static char text[2 * PREFLIGHT_TEXT];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	preflight_add(&list, "long", PREFLIGHT_WARN, text, "%s", text);
	assert_int_equal(strlen(list.checks[0].text), PREFLIGHT_TEXT - 1);
	assert_int_equal(strlen(list.checks[0].remedy), PREFLIGHT_TEXT / 2 - 1);
	assert_false(preflight_failed(&list));
	assert_string_equal(preflight_outcome_name(PREFLIGHT_WARN), "warn");
}

#define with_bin(test) \
	cmocka_unit_test_setup_teardown(test, make_bin, remove_bin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_bin(vng_is_missing),
		with_bin(vng_too_old),
		with_bin(vng_old_enough),
		with_bin(vng_is_something_else),
		with_bin(vng_has_its_own_home),
		with_bin(qemu_is_found),
		with_bin(virtiofsd_decides),
		with_bin(kvm_can_be_chosen),
		with_bin(kernel_says_why_and_what_to_do),
		with_bin(busybox_is_for_modules_only),
		with_bin(memory_sizes),
		with_bin(no_memory_sizes),
		with_bin(memory_is_sane),
		with_bin(cpus_are_sane),
		with_bin(texts_are_cut),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
