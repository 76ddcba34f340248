/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vng - virtme-ng's command line: see vng.h. */
#include "host/vm/vng.h"

#include "host/vm/capture.h"
#include "host/vm/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { VERSION_TIMEOUT_MS = 20000 };

/* What keeps QEMU's and the guest's names apart from vng's own. */
#define TREE_TAG   "fstvm.tree"
#define KERNEL_TAG "fstvm.kernel"
#define AGENT_DIR  "/opt/fstvm"
#define SCRIPT	   "exec " AGENT_DIR "/fstvm-agent"

/* loglevel: after vng's own "debug" (until 1.41) so that it wins. No panic on
 * warnings or lockups: a test that only warns must still end. */
#define PARAMETERS                                                         \
	"loglevel=7 oops=panic panic=-1 log_buf_len=4M printk.devkmsg=on " \
	"sysrq_always_enabled=1"

/* Interpreted, the guest is 20 times slower; its own watchdogs must not see
 * that as a lockup. 60 is the most that watchdog_thresh takes.
 *
 * norandmaps: the emulator translates code for the address at which it is, so a
 * program that is elsewhere at each start is translated at each start,
 * libraries and all. QEMU 7.2 did that at 50 MB a second, until its buffer
 * of 1 GiB was full and it threw all of it away, the kernel's too, every 20
 * seconds. */
#define PARAMETERS_SLOW                                          \
	" watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120" \
	" sysctl.kernel.hung_task_timeout_secs=480 norandmaps"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number of at most four digits; NULL when there is none. */
static const char *take_number(const char *text, unsigned int *ret_number)
{
	unsigned int number = 0;
	int digits = 0;

	for (; is_digit(*text) && digits <= 4; text++, digits++)
		number = number * 10 + (unsigned int)(*text - '0');
	if (digits == 0 || digits > 4)
		return NULL;
	*ret_number = number;
	return text;
}

int vng_version_parse(const char *text, struct vng_version *ret_version)
{
	static const char name[] = "virtme-ng ";
	struct vng_version version;

	if (strncmp(text, name, sizeof(name) - 1) != 0)
		return -EINVAL;
	text = take_number(text + sizeof(name) - 1, &version.major);
	if (!text || *text != '.')
		return -EINVAL;
	text = take_number(text + 1, &version.minor);
	if (!text)
		return -EINVAL;
	*ret_version = version;
	return 0;
}

int vng_version_compare(struct vng_version a, struct vng_version b)
{
	if (a.major != b.major)
		return a.major < b.major ? -1 : 1;
	if (a.minor != b.minor)
		return a.minor < b.minor ? -1 : 1;
	return 0;
}

static bool is_in(const char *text, const char *more)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789";

	for (; *text; text++)
		if (!strchr(plain, *text) && !strchr(more, *text))
			return false;
	return true;
}

/* Nothing that a shell, quoted or in double quotes, would change. */
static bool parameters_are_plain(const char *text)
{
	return strlen(text) <= VNG_PARAMETERS && is_in(text, " _+/.,:=%@-");
}

static bool path_is_absolute(const char *path)
{
	return path && path[0] == '/';
}

static bool drives_are_valid(const struct vng_spec *spec)
{
	if (spec->drive_count > VNG_DRIVES)
		return false;
	for (size_t i = 0; i < spec->drive_count; i++) {
		const struct vng_drive *drive = &spec->drives[i];

		if (!path_is_absolute(drive->path) ||
		    strlen(drive->serial) > VNG_SERIAL ||
		    !is_in(drive->serial, ".-"))
			return false;
	}
	return true;
}

static bool optional_is_absolute(const char *path)
{
	return !path || path_is_absolute(path);
}

static bool spec_is_valid(const struct vng_spec *spec)
{
	if (!path_is_absolute(spec->kernel) ||
	    !path_is_absolute(spec->agent_dir) ||
	    !path_is_absolute(spec->channel) ||
	    !optional_is_absolute(spec->qmp) ||
	    !optional_is_absolute(spec->unpacked) ||
	    !optional_is_absolute(spec->tree) ||
	    !optional_is_absolute(spec->warm) ||
	    !optional_is_absolute(spec->kernel_tree))
		return false;
	/* virtme-run's _SAFE_PATH_PATTERN */
	if (!is_in(spec->agent_dir, "_+ /.-"))
		return false;
	if (spec->start == VNG_START_INIT &&
	    (!path_is_absolute(spec->agent_init) ||
	     !is_in(spec->agent_init, "_+/.-")))
		return false;
	if (spec->parameters && !parameters_are_plain(spec->parameters))
		return false;
	if (spec->cpu && !is_in(spec->cpu, "-_.,+="))
		return false;
	if (spec->memory_mib < VNG_MEMORY_MIN_MIB || spec->cpus < 1 ||
	    spec->cpus > VNG_CPUS_MAX)
		return false;
	if (spec->shared_memory && !spec->force_9p)
		return false;
	return drives_are_valid(spec);
}

static void put_switches(struct words *words, const struct vng_spec *spec)
{
	words_add(words, spec->vng);
	if (spec->console)
		words_add(words, "-v");
	if (!spec->kvm)
		words_add(words, "--disable-kvm");
	/* One machine, with a PCI bus and an NMI, whatever the host has. */
	words_add(words, "--disable-microvm");
	if (spec->force_9p)
		words_add(words, "--force-9p");
	if (spec->start == VNG_START_INIT)
		words_add(words, "--force-initramfs");
}

static void put_machine(struct words *words, const struct vng_spec *spec)
{
	words_add(words, "--run");
	words_begin(words);
	words_shell(words, spec->kernel);
	words_end(words);
	words_add(words, "--cwd");
	words_add(words, "/");
	words_add(words, "--memory");
	words_format(words, "%lluM", (unsigned long long)spec->memory_mib);
	words_add(words, "--cpus");
	words_format(words, "%u", spec->cpus);
	words_begin(words);
	words_raw(words, "--rodir=" AGENT_DIR "=");
	words_shell(words, spec->agent_dir);
	words_end(words);
}

/* All CPUs have the host's own counter. A kernel that thinks that it might
 * differ between them reads the HPET for the time, which is emulated under
 * QEMU's big lock: starting programs took 1.4 to 1.8 times as long. Its speed
 * is told, for on a busy host the kernel measures it wrong, and so is that of
 * its delay loop, the measuring of which takes 0.3 s for each CPU. */
static void put_tsc(struct words *words, const struct vng_spec *spec)
{
	char text[96];

	snprintf(text, sizeof(text), " tsc=reliable tsc_early_khz=%u",
		 spec->tsc_khz);
	words_raw(words, text);
	if (spec->hz == 0)
		return;
	snprintf(text, sizeof(text), " lpj=%llu",
		 (unsigned long long)spec->tsc_khz * 1000 / spec->hz);
	words_raw(words, text);
}

static void put_parameters(struct words *words, const struct vng_spec *spec)
{
	words_begin(words);
	words_raw(words, "--append=" PARAMETERS);
	if (!spec->kvm)
		words_raw(words, PARAMETERS_SLOW);
	if (spec->tsc_khz > 0)
		put_tsc(words, spec);
	if (spec->parameters && spec->parameters[0]) {
		words_raw(words, " ");
		words_raw(words, spec->parameters);
	}
	if (spec->start == VNG_START_INIT) {
		words_raw(words, " init=");
		words_raw(words, spec->agent_init);
	}
	words_end(words);
}

static void put_share(struct words *words, const char *id, const char *path,
		      const char *tag)
{
	words_raw(words, " -fsdev local,id=");
	words_raw(words, id);
	words_raw(words, ",path=");
	words_option(words, path);
	words_raw(words, ",security_model=none,readonly=on,multidevs=remap"
			 " -device virtio-9p-pci,fsdev=");
	words_raw(words, id);
	words_raw(words, ",mount_tag=");
	words_raw(words, tag);
}

static void put_drive(struct words *words, size_t index,
		      const struct vng_drive *drive)
{
	char number[24];

	snprintf(number, sizeof(number), "%zu", index);
	words_raw(words, " -drive if=none,id=fstvm-d");
	words_raw(words, number);
	words_raw(words, ",format=raw,file=");
	words_option(words, drive->path);
	/* The host's page cache outlives any crash of the guest. */
	words_raw(words, ",cache=unsafe,discard=unmap"
			 " -device virtio-blk-pci,drive=fstvm-d");
	words_raw(words, number);
	words_raw(words, ",serial=");
	words_raw(words, drive->serial);
}

static void put_shared_memory(struct words *words, uint64_t mib)
{
	char text[128];

	snprintf(text, sizeof(text),
		 " -object memory-backend-memfd,id=mem,size=%lluM,share=on"
		 " -machine memory-backend=mem",
		 (unsigned long long)mib);
	words_raw(words, text);
}

/* One word that vng pastes as it is: blanks separate QEMU's arguments. */
static void put_qemu_options(struct words *words, const struct vng_spec *spec)
{
	words_begin(words);
	words_raw(words, "--qemu-opts=-chardev socket,id=fstvm,path=");
	words_option(words, spec->channel);
	words_raw(words, " -device virtserialport,chardev=fstvm,name=fstvm.0");
	if (spec->qmp) {
		words_raw(words, " -chardev socket,id=fstvmq,path=");
		words_option(words, spec->qmp);
		words_raw(words, " -mon chardev=fstvmq,mode=control");
	}
	/* Of two the last one counts; the first is vng's. */
	if (spec->cpu) {
		words_raw(words, " -cpu ");
		words_raw(words, spec->cpu);
	}
	if (spec->unpacked) {
		words_raw(words, " -kernel ");
		words_shell(words, spec->unpacked);
	}
	if (spec->tree)
		put_share(words, "fstvmtree", spec->tree, TREE_TAG);
	if (spec->warm)
		put_share(words, "fstvmwarm", spec->warm, VNG_WARM_TAG);
	if (spec->kernel_tree)
		put_share(words, "fstvmkernel", spec->kernel_tree, KERNEL_TAG);
	for (size_t i = 0; i < spec->drive_count; i++)
		put_drive(words, i, &spec->drives[i]);
	if (spec->shared_memory)
		put_shared_memory(words, spec->memory_mib);
	words_end(words);
}

int vng_argv(struct vng_argv *argv, const struct vng_spec *spec)
{
	struct words words;
	int error;

	if (!spec_is_valid(spec))
		return -EINVAL;
	words_init(&words, argv->argv, VNG_ARGUMENTS, argv->storage,
		   sizeof(argv->storage));
	put_switches(&words, spec);
	put_machine(&words, spec);
	put_parameters(&words, spec);
	put_qemu_options(&words, spec);
	words_add(&words, "--exec");
	words_add(&words, SCRIPT);
	error = words_finish(&words);
	if (error)
		return error;
	argv->argc = words.count;
	argv->used = words.used;
	return 0;
}

/* The value of NAME in an environment, or NULL. */
static const char *value_of(const char *const *environ, const char *name)
{
	size_t len = strlen(name);

	for (; environ && *environ; environ++)
		if (strncmp(*environ, name, len) == 0 && (*environ)[len] == '=')
			return *environ + len + 1;
	return NULL;
}

static void keep(struct words *words, const char *const *user, const char *name)
{
	const char *value = value_of(user, name);

	if (value)
		words_format(words, "%s=%s", name, value);
}

int vng_environ(struct vng_environ *environ, const char *private_dir,
		const char *mark, const char *const *user_environ)
{
	const char *path = value_of(user_environ, "PATH");
	const char *home = value_of(user_environ, "HOME");
	struct words words;
	int error;

	words_init(&words, environ->envp, VNG_ENVIRONMENT, environ->storage,
		   sizeof(environ->storage));
	words_add(&words, mark);
	words_format(&words, "HOME=%s/home", private_dir);
	words_format(&words, "TMPDIR=%s/tmp", private_dir);
	/* modprobe and depmod, for a user whose PATH lacks sbin */
	words_format(&words, "PATH=%s:/usr/local/sbin:/usr/sbin:/sbin",
		     path ? path : "/usr/local/bin:/usr/bin:/bin");
	/* or Python would trip over paths that are not ASCII */
	words_add(&words, "LC_ALL=C.UTF-8");
	if (value_of(user_environ, "PYTHONUSERBASE"))
		keep(&words, user_environ, "PYTHONUSERBASE");
	else if (home)
		words_format(&words, "PYTHONUSERBASE=%s/.local", home);
	keep(&words, user_environ, "PYTHONPATH");
	keep(&words, user_environ, "PYTHONHOME");
	keep(&words, user_environ, "USER");
	keep(&words, user_environ, "LOGNAME");
	error = words_finish(&words);
	if (error)
		return error;
	environ->count = words.count;
	environ->used = words.used;
	return 0;
}

int vng_version_read(const char *vng, const char *const *envp,
		     struct vng_version *ret_version)
{
	const char *const argv[] = {vng, "--version", NULL};
	struct capture capture;
	int error;

	error = capture_run(&capture, argv, envp, VERSION_TIMEOUT_MS);
	if (error)
		return error;
	if (vng_version_parse(capture.out, ret_version))
		return -EPROTO;
	return 0;
}
