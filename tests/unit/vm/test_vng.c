/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole command lines, as every vng from 1.21 on takes them, and what a shell
 * makes of the words that vng pastes into one. */
#include "host/vm/vng.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct vng_argv argv;
static struct vng_environ environment;

static const struct vng_spec plain = {
	.vng = "/usr/bin/vng",
	.kernel = "/boot/vmlinuz-6.1.0-56-amd64",
	.agent_dir = "/tmp/fstvm-abc123/agent",
	.channel = "/tmp/fstvm-abc123/ch.sock",
	.memory_mib = 4096,
	.cpus = 4,
	.kvm = true,
	.force_9p = true,
	.console = true,
};

static void expect_argv(const struct vng_spec *spec,
			const char *const *expected)
{
	size_t i = 0;

	assert_int_equal(vng_argv(&argv, spec), 0);
	for (; expected[i]; i++) {
		assert_non_null(argv.argv[i]);
		assert_string_equal(argv.argv[i], expected[i]);
	}
	assert_null(argv.argv[i]);
	assert_int_equal(argv.argc, i);
}

static void version_is_parsed(void **state)
{
	struct vng_version version = {9, 9};

	(void)state;
	assert_int_equal(vng_version_parse("virtme-ng 1.35", &version), 0);
	assert_int_equal(version.major, 1);
	assert_int_equal(version.minor, 35);
	assert_int_equal(
		vng_version_parse("virtme-ng 1.41+65.g4d9dc4d\n", &version), 0);
	assert_int_equal(version.minor, 41);
	assert_int_equal(vng_version_parse("virtme-ng 2.0.1", &version), 0);
	assert_int_equal(version.major, 2);
	assert_int_equal(version.minor, 0);
	assert_int_equal(vng_version_parse("virtme-ng 9999.9999", &version), 0);
	assert_int_equal(version.major, 9999);
}

static void other_text_is_no_version(void **state)
{
	static const char *const texts[] = {
		"",
		"virtme-ng",
		"virtme-ng ",
		"virtme-ng 1",
		"virtme-ng 1.",
		"virtme-ng .35",
		"vng 1.35",
		"virtme-ng v1.35",
		"virtme-ng 1.12345",
		"virtme-ng -1.3",
	};
	struct vng_version version = {7, 8};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(vng_version_parse(texts[i], &version),
				 -EINVAL);
	assert_int_equal(version.major, 7);
	assert_int_equal(version.minor, 8);
}

static void versions_are_ordered(void **state)
{
	const struct vng_version minimum = VNG_VERSION_MINIMUM;

	(void)state;
	assert_true(vng_version_compare((struct vng_version){1, 20}, minimum) <
		    0);
	assert_true(vng_version_compare((struct vng_version){1, 21}, minimum) ==
		    0);
	assert_true(vng_version_compare((struct vng_version){1, 22}, minimum) >
		    0);
	assert_true(vng_version_compare((struct vng_version){2, 0}, minimum) >
		    0);
	assert_true(vng_version_compare((struct vng_version){0, 99}, minimum) <
		    0);
}

static void least_with_kvm(void **state)
{
	static const char *const expected[] = {
		"/usr/bin/vng",
		"-v",
		"--disable-microvm",
		"--force-9p",
		"--run",
		"/boot/vmlinuz-6.1.0-56-amd64",
		"--cwd",
		"/",
		"--memory",
		"4096M",
		"--cpus",
		"4",
		"--rodir=/opt/fstvm=/tmp/fstvm-abc123/agent",
		"--append=loglevel=7 oops=panic panic=-1 log_buf_len=4M "
		"printk.devkmsg=on sysrq_always_enabled=1",
		"--qemu-opts=-chardev "
		"socket,id=fstvm,path=/tmp/fstvm-abc123/ch.sock "
		"-device virtserialport,chardev=fstvm,name=fstvm.0",
		"--exec",
		"exec /opt/fstvm/fstvm-agent",
		NULL,
	};

	(void)state;
	expect_argv(&plain, expected);
}

static void everything_without_kvm(void **state)
{
	static const struct vng_drive drives[] = {
		{"/tmp/fstvm-abc123/d0", "fstvm-d0"},
		{"/tmp/fstvm-abc123/d1", "fstvm-d1"},
	};
	static const char *const expected[] = {
		"/usr/bin/vng",
		"-v",
		"--disable-kvm",
		"--disable-microvm",
		"--force-9p",
		"--force-initramfs",
		"--run",
		"/home/u/linux",
		"--cwd",
		"/",
		"--memory",
		"4096M",
		"--cpus",
		"4",
		"--rodir=/opt/fstvm=/tmp/fstvm-abc123/agent",
		"--append=loglevel=7 oops=panic panic=-1 log_buf_len=4M "
		"printk.devkmsg=on sysrq_always_enabled=1 watchdog_thresh=60 "
		"rcupdate.rcu_cpu_stall_timeout=120 "
		"sysctl.kernel.hung_task_timeout_secs=480 norandmaps "
		"tsc=reliable tsc_early_khz=2596000 lpj=10384000 "
		"no_hash_pointers "
		"init=/usr/libexec/fstvm/fstvm-agent",
		"--qemu-opts=-chardev "
		"socket,id=fstvm,path=/tmp/fstvm-abc123/ch.sock "
		"-device virtserialport,chardev=fstvm,name=fstvm.0 "
		"-chardev socket,id=fstvmq,path=/tmp/fstvm-abc123/qmp.sock "
		"-mon chardev=fstvmq,mode=control "
		"-cpu qemu64 -kernel '/tmp/a b/vmlinux' "
		"-fsdev local,id=fstvmtree,path=/tmp/fstvm-abc123/tree,"
		"security_model=none,readonly=on,multidevs=remap "
		"-device virtio-9p-pci,fsdev=fstvmtree,mount_tag=fstvm.tree "
		"-fsdev local,id=fstvmkernel,path=/home/u/linux,"
		"security_model=none,readonly=on,multidevs=remap "
		"-device virtio-9p-pci,fsdev=fstvmkernel,"
		"mount_tag=fstvm.kernel "
		"-drive if=none,id=fstvm-d0,format=raw,"
		"file=/tmp/fstvm-abc123/d0,cache=unsafe,discard=unmap "
		"-device virtio-blk-pci,drive=fstvm-d0,serial=fstvm-d0 "
		"-drive if=none,id=fstvm-d1,format=raw,"
		"file=/tmp/fstvm-abc123/d1,cache=unsafe,discard=unmap "
		"-device virtio-blk-pci,drive=fstvm-d1,serial=fstvm-d1 "
		"-object memory-backend-memfd,id=mem,size=4096M,share=on "
		"-machine memory-backend=mem",
		"--exec",
		"exec /opt/fstvm/fstvm-agent",
		NULL,
	};
	struct vng_spec spec = plain;

	(void)state;
	spec.kernel = spec.kernel_tree = "/home/u/linux";
	spec.agent_init = "/usr/libexec/fstvm/fstvm-agent";
	spec.start = VNG_START_INIT;
	spec.qmp = "/tmp/fstvm-abc123/qmp.sock";
	spec.tree = "/tmp/fstvm-abc123/tree";
	spec.drives = drives;
	spec.drive_count = 2;
	spec.parameters = "no_hash_pointers";
	spec.cpu = "qemu64";
	spec.tsc_khz = 2596000;
	spec.hz = 250;
	spec.unpacked = "/tmp/a b/vmlinux";
	spec.kvm = false;
	spec.shared_memory = true;
	expect_argv(&spec, expected);
}

static void virtiofs_and_no_console(void **state)
{
	struct vng_spec spec = plain;

	(void)state;
	spec.force_9p = false;
	spec.console = false;
	assert_int_equal(vng_argv(&argv, &spec), 0);
	assert_string_equal(argv.argv[1], "--disable-microvm");
	assert_string_equal(argv.argv[2], "--run");
	spec.shared_memory = true; /* virtiofs brings its own */
	assert_int_equal(vng_argv(&argv, &spec), -EINVAL);
}

/* What the shell that vng starts makes of one pasted word. */
static void shell_reads(const char *pasted, char *to, size_t cap)
{
	char command[8192];
	FILE *shell;
	size_t len;

	snprintf(command, sizeof(command), "printf '[%%s]' %s", pasted);
	shell = popen(command, "r");
	assert_non_null(shell);
	len = fread(to, 1, cap - 1, shell);
	to[len] = '\0';
	assert_int_equal(pclose(shell), 0);
}

static const char *word_after(const char *before)
{
	for (size_t i = 0; i + 1 < argv.argc; i++)
		if (strcmp(argv.argv[i], before) == 0)
			return argv.argv[i + 1];
	fail();
	return NULL;
}

static const char *word_with(const char *prefix)
{
	for (size_t i = 0; i < argv.argc; i++)
		if (strncmp(argv.argv[i], prefix, strlen(prefix)) == 0)
			return argv.argv[i] + strlen(prefix);
	fail();
	return NULL;
}

static void double_commas(const char *from, char *to)
{
	for (; *from; from++) {
		*to++ = *from;
		if (*from == ',')
			*to++ = ',';
	}
	*to = '\0';
}

static void check_path(const char *path)
{
	const struct vng_drive drive = {path, "d0"};
	struct vng_spec spec = plain;
	char doubled[1024];
	char expected[16384];
	char seen[16384];

	spec.kernel = spec.channel = spec.qmp = spec.tree = path;
	spec.kernel_tree = path;
	spec.drives = &drive;
	spec.drive_count = 1;
	assert_int_equal(vng_argv(&argv, &spec), 0);

	shell_reads(word_after("--run"), seen, sizeof(seen));
	snprintf(expected, sizeof(expected), "[%s]", path);
	assert_string_equal(seen, expected);

	double_commas(path, doubled);
	shell_reads(word_with("--qemu-opts="), seen, sizeof(seen));
	snprintf(expected, sizeof(expected),
		 "[-chardev][socket,id=fstvm,path=%s]"
		 "[-device][virtserialport,chardev=fstvm,name=fstvm.0]"
		 "[-chardev][socket,id=fstvmq,path=%s]"
		 "[-mon][chardev=fstvmq,mode=control]"
		 "[-fsdev][local,id=fstvmtree,path=%s,security_model=none,"
		 "readonly=on,multidevs=remap]"
		 "[-device][virtio-9p-pci,fsdev=fstvmtree,"
		 "mount_tag=fstvm.tree]"
		 "[-fsdev][local,id=fstvmkernel,path=%s,security_model=none,"
		 "readonly=on,multidevs=remap]"
		 "[-device][virtio-9p-pci,fsdev=fstvmkernel,"
		 "mount_tag=fstvm.kernel]"
		 "[-drive][if=none,id=fstvm-d0,format=raw,file=%s,"
		 "cache=unsafe,discard=unmap]"
		 "[-device][virtio-blk-pci,drive=fstvm-d0,serial=d0]",
		 doubled, doubled, doubled, doubled, doubled);
	assert_string_equal(seen, expected);
}

static void any_path_survives_the_shell(void **state)
{
	static const char *const paths[] = {
		"/a path/with  blanks",
		"/it's/a \"quote\"",
		"/$HOME/`id`/$(id)/\\back",
		"/a,b,,c",
		"/-rf/--help",
		"/a;b&c|d>e<f(g)h{i}j*k?l[m]n~o#p!q^r",
		"/\xc3\xbc\xe6\xbc\xa2/\xff",
		"/line\nbreak\ttab",
		"/'",
	};
	char longest[301];

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		check_path(paths[i]);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	longest[300] = '\0';
	check_path(longest);
}

static void expect_refusal(const struct vng_spec *spec)
{
	assert_int_equal(vng_argv(&argv, spec), -EINVAL);
}

static void bad_specs_are_refused(void **state)
{
	struct vng_spec spec = plain;

	(void)state;
	spec.kernel = "bzImage"; /* vng might look for a version of the name */
	expect_refusal(&spec);
	spec = plain;
	spec.kernel = NULL;
	expect_refusal(&spec);
	spec = plain;
	spec.agent_dir = "/tmp/a,b";
	expect_refusal(&spec);
	spec = plain;
	spec.tree = "relative";
	expect_refusal(&spec);
	spec = plain;
	spec.start = VNG_START_INIT; /* without agent_init */
	expect_refusal(&spec);
	spec.agent_init = "/tmp/a b/agent";
	expect_refusal(&spec);
	spec = plain;
	spec.unpacked = "vmlinux";
	expect_refusal(&spec);
	spec = plain;
	spec.cpu = "max -device x";
	expect_refusal(&spec);
	spec = plain;
	spec.parameters = "dyndbg=\"+p\"";
	expect_refusal(&spec);
	spec.parameters = "a=$HOME";
	expect_refusal(&spec);
}

static void limits_of_numbers(void **state)
{
	struct vng_spec spec = plain;

	(void)state;
	spec.memory_mib = VNG_MEMORY_MIN_MIB - 1;
	expect_refusal(&spec);
	spec.memory_mib = VNG_MEMORY_MIN_MIB;
	assert_int_equal(vng_argv(&argv, &spec), 0);
	spec.cpus = 0;
	expect_refusal(&spec);
	spec.cpus = VNG_CPUS_MAX;
	assert_int_equal(vng_argv(&argv, &spec), 0);
	spec.cpus = VNG_CPUS_MAX + 1;
	expect_refusal(&spec);
}

static void limits_of_drives(void **state)
{
	struct vng_drive drives[VNG_DRIVES + 1];
	struct vng_spec spec = plain;

	(void)state;
	for (size_t i = 0; i < VNG_DRIVES + 1; i++)
		drives[i] = (struct vng_drive){"/d", "12345678901234567890"};
	spec.drives = drives;
	spec.drive_count = VNG_DRIVES;
	assert_int_equal(vng_argv(&argv, &spec), 0);
	spec.drive_count = VNG_DRIVES + 1;
	expect_refusal(&spec);
	spec.drive_count = 1;
	drives[0].serial = "123456789012345678901";
	expect_refusal(&spec);
	drives[0].serial = "a,b";
	expect_refusal(&spec);
}

static void limits_of_parameters(void **state)
{
	char text[VNG_PARAMETERS + 2];
	struct vng_spec spec = plain;

	(void)state;
	memset(text, 'x', sizeof(text));
	spec.parameters = text;
	text[VNG_PARAMETERS] = '\0';
	assert_int_equal(vng_argv(&argv, &spec), 0);
	text[VNG_PARAMETERS] = 'x';
	text[VNG_PARAMETERS + 1] = '\0';
	expect_refusal(&spec);
}

static void too_long_is_told(void **state)
{
	static char path[VNG_STORAGE];
	struct vng_spec spec = plain;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	spec.tree = path;
	assert_int_equal(vng_argv(&argv, &spec), -E2BIG);
}

static void expect_environment(const char *const *user,
			       const char *const *expected)
{
	size_t i = 0;

	assert_int_equal(vng_environ(&environment, "/tmp/fstvm-x",
				     "FSTVM_VM=/tmp/fstvm-x", user),
			 0);
	for (; expected[i]; i++) {
		assert_non_null(environment.envp[i]);
		assert_string_equal(environment.envp[i], expected[i]);
	}
	assert_null(environment.envp[i]);
}

static void environment_is_small(void **state)
{
	static const char *const user[] = {
		"PATH=/opt/bin:/usr/bin",
		"HOME=/home/u",
		"USER=u",
		"KBUILD_OUTPUT=/x",
		"LD_PRELOAD=evil",
		"LC_ALL=tr_TR",
		"HOMEPAGE=no",
		"TMPDIR=/elsewhere",
		NULL,
	};
	static const char *const expected[] = {
		"FSTVM_VM=/tmp/fstvm-x",
		"HOME=/tmp/fstvm-x/home",
		"TMPDIR=/tmp/fstvm-x/tmp",
		"PATH=/opt/bin:/usr/bin:/usr/local/sbin:/usr/sbin:/sbin",
		"LC_ALL=C.UTF-8",
		"PYTHONUSERBASE=/home/u/.local",
		"USER=u",
		NULL,
	};

	(void)state;
	expect_environment(user, expected);
}

static void environment_of_nothing(void **state)
{
	static const char *const user[] = {"PYTHONUSERBASE=/p", NULL};
	static const char *const expected[] = {
		"FSTVM_VM=/tmp/fstvm-x",
		"HOME=/tmp/fstvm-x/home",
		"TMPDIR=/tmp/fstvm-x/tmp",
		"PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:"
		"/sbin",
		"LC_ALL=C.UTF-8",
		"PYTHONUSERBASE=/p",
		NULL,
	};

	(void)state;
	expect_environment(user, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_is_parsed),
		cmocka_unit_test(other_text_is_no_version),
		cmocka_unit_test(versions_are_ordered),
		cmocka_unit_test(least_with_kvm),
		cmocka_unit_test(everything_without_kvm),
		cmocka_unit_test(virtiofs_and_no_console),
		cmocka_unit_test(any_path_survives_the_shell),
		cmocka_unit_test(bad_specs_are_refused),
		cmocka_unit_test(limits_of_numbers),
		cmocka_unit_test(limits_of_drives),
		cmocka_unit_test(limits_of_parameters),
		cmocka_unit_test(too_long_is_told),
		cmocka_unit_test(environment_is_small),
		cmocka_unit_test(environment_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
