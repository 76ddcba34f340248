/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine - the virtual machine that the command line asks for. */
#include "host/cli/machine.h"

#include "host/cli/deadlines.h"
#include "host/kernel/symbols.h"
#include "host/vm/checksum.h"
#include "host/vm/initchoice.h"
#include "host/vm/sockdir.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static bool take_kvm(struct prepared *prepared, const struct options *options,
		     enum preflight_kvm *ret_kvm)
{
	static const char *const words[] = {
		[PREFLIGHT_KVM_AUTO] = "auto",
		[PREFLIGHT_KVM_ON] = "on",
		[PREFLIGHT_KVM_OFF] = "off",
	};

	*ret_kvm = PREFLIGHT_KVM_AUTO;
	if (options->kvm == NULL)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(options->kvm, words[i]) == 0) {
			*ret_kvm = (enum preflight_kvm)i;
			return true;
		}
	}
	preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
		      "--kvm: \"%s\" is not on, off or auto", options->kvm);
	return false;
}

static bool take_init(struct prepared *prepared, const struct options *options,
		      enum preflight_init *ret_init)
{
	if (initchoice_parse(options->init, ret_init) == 0)
		return true;
	preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
		      "--init: \"%s\" is not auto, agent or vng",
		      options->init);
	return false;
}

/* vng since 1.41 would take QEMU's "max", which an emulator is a third slower
 * with; before, it is this one too. */
static void choose_cpu(struct prepared *prepared)
{
	struct tsc_mark now;
	struct utsname name;

	if (prepared->found.kvm || uname(&name) < 0 ||
	    strcmp(name.machine, "x86_64") != 0)
		return;
	prepared->cpu = "qemu64";
	tsc_take(&now);
	if (tsc_can_be_told(prepared->found.kernel.release))
		prepared->tsc_khz = tsc_khz(&prepared->began, &now);
}

static void take_unpack(struct prepared *prepared,
			const struct options *options)
{
	prepared->may_unpack = !prepared->found.kvm;
	if (options->unpack == NULL || strcmp(options->unpack, "auto") == 0)
		return;
	prepared->may_unpack = false;
	if (strcmp(options->unpack, "off") != 0)
		preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
			      "--unpack: \"%s\" is not auto or off",
			      options->unpack);
}

static void take_warm(struct prepared *prepared, const struct options *options)
{
	prepared->warm =
		options->warm == NULL || strcmp(options->warm, "auto") == 0;
	if (!prepared->warm && strcmp(options->warm, "off") != 0)
		preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
			      "--warm: \"%s\" is not auto or off",
			      options->warm);
}

static void check_machine(struct prepared *prepared,
			  const struct options *options)
{
	struct preflight_ask ask = {
		.memory = options->memory != NULL ? options->memory : "4G",
		.cpus = 4,
		.environ = (const char *const *)environ,
	};
	struct sockdir dir = {.fd = -1};
	struct utsname name;
	uint32_t cpus = 4;

	deadlines_number(prepared, "--cpus", options->cpus, &cpus);
	if (!take_kvm(prepared, options, &ask.kvm) ||
	    !take_init(prepared, options, &ask.init))
		return;
	uname(&name);
	ask.cpus = cpus;
	ask.cpus_chosen = options->cpus != NULL;
	ask.kernel.input = options->kernel;
	ask.kernel.root = "";
	ask.kernel.need.machine = name.machine;
	ask.kernel.need.fstype = prepared->config.fstype;
	ask.kernel.need.loop = true; /* the tests' own use of it */
	ask.kernel.need.virtio_blk =
		prepared->devices.backing ==
			PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO ||
		(options->devices != NULL &&
		 strcmp(options->devices, "virtio") == 0);
	if (sockdir_open(&dir, getenv("XDG_RUNTIME_DIR")) < 0) {
		preflight_add(&prepared->list, "private directory",
			      PREFLIGHT_FAIL, "make room in /tmp",
			      "can't make a directory in /tmp");
		return;
	}
	ask.private_dir = dir.path;
	ask.mark = dir.mark;
	preflight_run(&prepared->list, &ask, &prepared->found);
	(void)!sockdir_close(&dir);
}

/* vng hands them to a shell, and some of its versions don't quote them. */
void machine_check_parameters(struct prepared *prepared,
			      const struct options *options)
{
	static struct vng_argv argv;
	struct vng_spec spec = {
		.vng = "/vng",
		.kernel = "/kernel",
		.agent_dir = "/agent",
		.channel = "/channel",
		.parameters = options->kernel_parameters,
		.memory_mib = VNG_MEMORY_MIN_MIB,
		.cpus = 1,
	};

	if (vng_argv(&argv, &spec) < 0)
		preflight_add(&prepared->list, "append", PREFLIGHT_FAIL, NULL,
			      "--append can't be given to vng: leave out "
			      "quotes and what else a shell knows, and keep "
			      "it below %d bytes",
			      VNG_PARAMETERS);
}

static void take_policy(struct prepared *prepared,
			const struct options *options)
{
	if (policy_parse(options->kernel_problems, prepared->found.kvm,
			 &prepared->policy) < 0)
		preflight_add(&prepared->list, "options", PREFLIGHT_FAIL, NULL,
			      "--kernel-problems: \"%s\" is not fail, report "
			      "or ignore",
			      options->kernel_problems);
}

/* Where it can't be made, nobody can tell later that the image has changed. */
static void take_checksum(struct prepared *prepared)
{
	if (prepared->found.kernel.path[0] == '\0' ||
	    checksum_file(prepared->found.kernel.path,
			  prepared->kernel_checksum) < 0)
		prepared->kernel_checksum[0] = '\0';
}

static void check_vmlinux(struct prepared *prepared,
			  const struct options *options)
{
	struct symbols_source source = {.vmlinux = options->vmlinux};
	struct symbols *symbols;
	char why[SYMBOLS_WHY];

	if (options->vmlinux == NULL)
		return;
	if (symbols_open(&source, &symbols, why) == 0)
		symbols_close(symbols);
	else
		preflight_add(
			&prepared->list, "vmlinux", PREFLIGHT_FAIL,
			"name the vmlinux of the kernel's build, or leave "
			"--vmlinux out",
			"--vmlinux: %s", why);
}

void machine_prepare(struct prepared *prepared, const struct options *options)
{
	check_machine(prepared, options);
	choose_cpu(prepared);
	take_unpack(prepared, options);
	take_warm(prepared, options);
	take_checksum(prepared);
	take_policy(prepared, options);
	check_vmlinux(prepared, options);
	deadlines_take(prepared, options);
}
