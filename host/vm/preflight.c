/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preflight - what must be in place before anything is started: see
 * preflight.h. */
#include "host/vm/preflight.h"

#include "host/vm/busybox.h"
#include "host/vm/capture.h"
#include "host/vm/initchoice.h"
#include "host/vm/virtiofsd.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PROGRAM_TIMEOUT_MS = 20000,
	MIB_KIB = 1024,
};

#define MEMORY_MAX_MIB (UINT64_C(1) << 40)

static const char *const outcome_names[] = {
	[PREFLIGHT_OK] = "ok",
	[PREFLIGHT_WARN] = "warn",
	[PREFLIGHT_FAIL] = "fail",
};

static_assert(sizeof(outcome_names) / sizeof(outcome_names[0]) ==
		      PREFLIGHT_FAIL + 1,
	      "every outcome has a name");

void preflight_init(struct preflight *list)
{
	list->count = 0;
}

void preflight_add(struct preflight *list, const char *name,
		   enum preflight_outcome outcome, const char *remedy,
		   const char *format, ...)
{
	struct preflight_check *check = &list->checks[list->count];
	va_list arguments;

	must(list->count < PREFLIGHT_CHECKS);
	check->name = name;
	check->outcome = outcome;
	snprintf(check->remedy, sizeof(check->remedy), "%s",
		 remedy ? remedy : "");
	va_start(arguments, format);
	vsnprintf(check->text, sizeof(check->text), format, arguments);
	va_end(arguments);
	list->count++;
}

bool preflight_failed(const struct preflight *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->checks[i].outcome == PREFLIGHT_FAIL)
			return true;
	return false;
}

const char *preflight_outcome_name(enum preflight_outcome outcome)
{
	return outcome_names[outcome];
}

const char *preflight_search_path(const struct preflight_ask *ask)
{
	static const char name[] = "PATH=";

	for (const char *const *entry = ask->environ; entry && *entry; entry++)
		if (strncmp(*entry, name, sizeof(name) - 1) == 0)
			return *entry + sizeof(name) - 1;
	return NULL;
}

/* As vng has it: its own PATH, with what its environment adds. */
static int find_program(const struct preflight_ask *ask, const char *name,
			char to[PATH_MAX])
{
	int error =
		capture_find(name, preflight_search_path(ask), to, PATH_MAX);

	if (error)
		error = capture_find(name, "/usr/local/sbin:/usr/sbin:/sbin",
				     to, PATH_MAX);
	return error;
}

/* Runs PROGRAM --version. */
static int ask_version(const struct preflight_ask *ask, const char *program,
		       struct capture *capture)
{
	const char *const argv[] = {program, "--version", NULL};
	int error;

	error = capture_run(capture, argv, ask->environ, PROGRAM_TIMEOUT_MS);
	capture->out[strcspn(capture->out, "\n")] = '\0';
	return error;
}

static void add_vng_version(struct preflight *list,
			    const struct preflight_found *found)
{
	struct vng_version version = found->vng_version;

	if (vng_version_compare(version, VNG_VERSION_MINIMUM) >= 0)
		preflight_add(list, "vng", PREFLIGHT_OK, NULL,
			      "virtme-ng %u.%u (%s)", version.major,
			      version.minor, found->vng);
	else
		preflight_add(list, "vng", PREFLIGHT_FAIL,
			      "pip install --upgrade virtme-ng",
			      "virtme-ng %u.%u (%s) is too old: %u.%u or newer "
			      "is needed",
			      version.major, version.minor, found->vng,
			      VNG_VERSION_MINIMUM.major,
			      VNG_VERSION_MINIMUM.minor);
}

void preflight_vng(struct preflight *list, const struct preflight_ask *ask,
		   struct preflight_found *found)
{
	static struct vng_environ environ;
	int error;

	found->vng[0] = '\0';
	error = capture_find("vng", preflight_search_path(ask), found->vng,
			     sizeof(found->vng));
	if (error) {
		found->vng[0] = '\0';
		preflight_add(list, "vng", PREFLIGHT_FAIL, NULL,
			      "virtme-ng (vng) not found. Install with: pip "
			      "install virtme-ng");
		return;
	}
	error = vng_environ(&environ, ask->private_dir, ask->mark,
			    ask->environ);
	if (!error)
		error = vng_version_read(found->vng, environ.envp,
					 &found->vng_version);
	if (error)
		preflight_add(list, "vng", PREFLIGHT_FAIL,
			      "pip install --force-reinstall virtme-ng",
			      "%s --version does not tell its version: %s",
			      found->vng,
			      error == -EPROTO ? "unexpected output"
					       : strerror(-error));
	else
		add_vng_version(list, found);
}

void preflight_qemu(struct preflight *list, const struct preflight_ask *ask)
{
	struct capture capture;
	char name[64];
	char path[PATH_MAX];

	snprintf(name, sizeof(name), "qemu-system-%s",
		 ask->kernel.need.machine);
	if (find_program(ask, name, path) &&
	    find_program(ask, "qemu-kvm", path))
		preflight_add(list, "qemu", PREFLIGHT_FAIL,
			      "install it (Debian: qemu-system-x86, Fedora: "
			      "qemu-kvm)",
			      "%s not found", name);
	else if (ask_version(ask, path, &capture) || capture.exit_status)
		preflight_add(list, "qemu", PREFLIGHT_FAIL, "reinstall QEMU",
			      "%s --version fails", path);
	else
		preflight_add(list, "qemu", PREFLIGHT_OK, NULL, "%s (%s)",
			      capture.out, path);
}

void preflight_kvm(struct preflight *list, const struct preflight_ask *ask,
		   struct preflight_found *found)
{
	struct kvm_answer answer = {.reason = "switched off"};

	if (ask->kvm != PREFLIGHT_KVM_OFF)
		kvm_probe(&answer, "/dev/kvm");
	found->kvm = answer.usable || ask->kvm == PREFLIGHT_KVM_ON;
	memcpy(found->kvm_reason, answer.reason, sizeof(found->kvm_reason));
	if (answer.usable)
		preflight_add(list, "kvm", PREFLIGHT_OK, NULL, "usable: %s",
			      answer.reason);
	else if (ask->kvm == PREFLIGHT_KVM_ON)
		preflight_add(list, "kvm", PREFLIGHT_WARN, NULL,
			      "used as asked, though %s", answer.reason);
	else
		preflight_add(list, "kvm",
			      ask->kvm == PREFLIGHT_KVM_OFF ? PREFLIGHT_OK
							    : PREFLIGHT_WARN,
			      NULL,
			      "not used, the guest is emulated (some 10 times "
			      "slower): %s",
			      answer.reason);
}

void preflight_kernel(struct preflight *list, const struct preflight_ask *ask,
		      struct preflight_found *found)
{
	static char why[KERNEL_WHY];
	struct kernel *kernel = &found->kernel;
	char *remedy;

	if (kernel_find(kernel, &ask->kernel, why)) {
		/* the second line is what to do */
		remedy = strchr(why, '\n');
		if (remedy)
			*remedy++ = '\0';
		preflight_add(list, "kernel", PREFLIGHT_FAIL, remedy, "%s",
			      why);
		return;
	}
	if (kernel->config[0])
		preflight_add(list, "kernel", PREFLIGHT_OK, NULL, "%s %s (%s)",
			      kernel_kind_name(kernel->kind), kernel->release,
			      kernel->path);
	else
		preflight_add(list, "kernel", PREFLIGHT_WARN, NULL,
			      "%s %s (%s): no configuration found, so nobody "
			      "knows whether it can boot under vng",
			      kernel_kind_name(kernel->kind), kernel->release,
			      kernel->path);
}

static void check_busybox(struct preflight *list,
			  const struct preflight_ask *ask)
{
	char path[PATH_MAX];
	int error = busybox_find(preflight_search_path(ask), path);

	if (!error)
		preflight_add(list, "busybox", PREFLIGHT_OK, NULL, "%s", path);
	else
		preflight_add(
			list, "busybox", PREFLIGHT_FAIL,
			"install a static one (Debian: busybox-static, "
			"Fedora: busybox)",
			"this kernel's drivers are modules, for which vng "
			"needs a statically linked busybox; %s",
			error == -ENOEXEC ? "the installed one is not"
					  : "there is none");
}

static void check_program(struct preflight *list,
			  const struct preflight_ask *ask, const char *name,
			  const char *package, const char *use)
{
	char path[PATH_MAX];
	char remedy[128];

	snprintf(remedy, sizeof(remedy), "install it (Debian: %s)", package);
	if (find_program(ask, name, path))
		preflight_add(list, name, PREFLIGHT_FAIL, remedy,
			      "%s not found: vng needs it %s", name, use);
	else
		preflight_add(list, name, PREFLIGHT_OK, NULL, "%s", path);
}

void preflight_tools(struct preflight *list, const struct preflight_ask *ask,
		     const struct preflight_found *found)
{
	check_program(list, ask, "file", "file",
		      "to find out a kernel's version");
	if (!found->kernel.needs_initramfs)
		return;
	check_busybox(list, ask);
	check_program(list, ask, "modprobe", "kmod",
		      "to find a kernel's modules");
}

void preflight_virtiofsd(struct preflight *list,
			 const struct preflight_ask *ask,
			 struct preflight_found *found)
{
	struct virtiofsd virtiofsd;

	virtiofsd_find(&virtiofsd, preflight_search_path(ask), ask->environ);
	found->force_9p = virtiofsd.kind != VIRTIOFSD_RUST;
	switch (virtiofsd.kind) {
	case VIRTIOFSD_NONE:
		preflight_add(list, "virtiofsd", PREFLIGHT_OK, NULL,
			      "none: the guest's root is shared by 9p");
		break;
	case VIRTIOFSD_OLD:
		preflight_add(list, "virtiofsd", PREFLIGHT_OK, NULL,
			      "%s is QEMU's old one, which vng can't use: the "
			      "guest's root is shared by 9p",
			      virtiofsd.path);
		break;
	case VIRTIOFSD_RUST:
		preflight_add(list, "virtiofsd", PREFLIGHT_OK, NULL, "%s (%s)",
			      virtiofsd.version, virtiofsd.path);
		break;
	}
}

int preflight_parse_memory(const char *text, uint64_t *ret_mib)
{
	unsigned long long number;
	char *unit;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &unit, 10);
	if (errno)
		return -ERANGE;
	if (unit[0] == '\0' || unit[1] != '\0')
		return -EINVAL;
	switch (unit[0]) {
	case 'K':
	case 'k':
		number /= MIB_KIB;
		break;
	case 'M':
	case 'm':
		break;
	case 'G':
	case 'g':
		if (number > MEMORY_MAX_MIB)
			return -ERANGE;
		number *= MIB_KIB;
		break;
	default:
		return -EINVAL;
	}
	if (number > MEMORY_MAX_MIB)
		return -ERANGE;
	*ret_mib = number;
	return 0;
}

static uint64_t host_memory_mib(void)
{
	long pages = sysconf(_SC_PHYS_PAGES);
	long page = sysconf(_SC_PAGESIZE);

	if (pages <= 0 || page <= 0)
		return UINT64_MAX;
	return (uint64_t)pages * (uint64_t)page >> 20;
}

void preflight_memory(struct preflight *list, const struct preflight_ask *ask,
		      struct preflight_found *found)
{
	uint64_t host = host_memory_mib();
	uint64_t mib = 0;
	static const char remedy[] = "give a number with K, M or G, as in "
				     "--memory 4G";

	found->memory_mib = 0;
	if (preflight_parse_memory(ask->memory, &mib))
		preflight_add(list, "memory", PREFLIGHT_FAIL, remedy,
			      "\"%s\" is not a size of memory", ask->memory);
	else if (mib < VNG_MEMORY_MIN_MIB)
		preflight_add(list, "memory", PREFLIGHT_FAIL, remedy,
			      "%s is too little for a VM: %dM is the least",
			      ask->memory, VNG_MEMORY_MIN_MIB);
	else if (mib > host)
		preflight_add(list, "memory", PREFLIGHT_FAIL, remedy,
			      "%s is more than this machine's %lluM",
			      ask->memory, (unsigned long long)host);
	else {
		found->memory_mib = mib;
		preflight_add(list, "memory", PREFLIGHT_OK, NULL,
			      "%lluM of this machine's %lluM",
			      (unsigned long long)mib,
			      (unsigned long long)host);
	}
}

void preflight_cpus(struct preflight *list, const struct preflight_ask *ask,
		    struct preflight_found *found)
{
	long host = sysconf(_SC_NPROCESSORS_ONLN);

	found->cpus = 0;
	if (ask->cpus < 1 || ask->cpus > VNG_CPUS_MAX) {
		preflight_add(list, "cpus", PREFLIGHT_FAIL, "give --cpus N",
			      "%ld CPUs: a VM can have 1 to %d", ask->cpus,
			      VNG_CPUS_MAX);
		return;
	}
	found->cpus = (unsigned int)ask->cpus;
	/* The default is the same everywhere, and does no harm. */
	preflight_add(list, "cpus",
		      ask->cpus > host && ask->cpus_chosen ? PREFLIGHT_WARN
							   : PREFLIGHT_OK,
		      NULL, "%ld%s%ld", ask->cpus,
		      ask->cpus > host ? ", more than this machine's "
				       : " of this machine's ",
		      host);
}

void preflight_run(struct preflight *list, const struct preflight_ask *ask,
		   struct preflight_found *ret_found)
{
	*ret_found = (struct preflight_found){0};
	preflight_vng(list, ask, ret_found);
	preflight_qemu(list, ask);
	preflight_virtiofsd(list, ask, ret_found);
	preflight_kvm(list, ask, ret_found);
	preflight_kernel(list, ask, ret_found);
	preflight_tools(list, ask, ret_found);
	initchoice_check(list, ask, ret_found);
	preflight_memory(list, ask, ret_found);
	preflight_cpus(list, ask, ret_found);
}
