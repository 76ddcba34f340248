/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vng - virtme-ng's command line: its version, its environment, its arguments.
 *
 * vng builds a string for a host shell out of most of its arguments and quotes
 * nothing but --exec (since 1.33) and --append (since 1.34). So every path
 * given here is quoted for that shell, and the two that some versions quote
 * and others don't hold no character that a shell knows: -EINVAL else.
 * Within QEMU's options a comma is doubled.
 *
 * All of it is pure but vng_version_read().
 */
#pragma once

#include "shared/must.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vng_version {
	unsigned int major;
	unsigned int minor;
};

/* The first version that passes on the script's exit status. */
#define VNG_VERSION_MINIMUM ((struct vng_version){1, 21})

enum {
	VNG_DRIVES = 16,	  /* at most */
	VNG_SERIAL = 20,	  /* bytes; virtio-blk's limit */
	VNG_PARAMETERS = 1000,	  /* bytes of kernel parameters; x86 has 2048,
				      vng takes some 600 */
	VNG_ARGUMENTS = 32,	  /* words of the argv, at most */
	VNG_STORAGE = 64 * 1024,  /* bytes of all words */
	VNG_ENVIRONMENT = 16,	  /* entries, at most */
	VNG_MEMORY_MIN_MIB = 256, /* less does not boot */
	VNG_CPUS_MAX = 255,	  /* of QEMU's default machine types */
};

/* Of "virtme-ng 1.35" or "virtme-ng 1.41+65.g4d9dc4d"; -EINVAL for else. */
must_check int vng_version_parse(const char *text,
				 struct vng_version *ret_version);
/* < 0, 0, > 0 as strcmp(). */
int vng_version_compare(struct vng_version a, struct vng_version b);

/* The mount tag of struct vng_spec's warm. */
#define VNG_WARM_TAG "fstvm.warm"

/* Who is the process that gives the VM its work? */
enum vng_start {
	VNG_START_EXEC, /* vng's own init runs the agent as its script */
	VNG_START_INIT, /* the agent is PID 1 where vng's initramfs allows it,
			   else as above: facts differ by version, the agent
			   tells by its pid */
};

struct vng_drive {
	const char *path;   /* raw image */
	const char *serial; /* [a-zA-Z0-9.-], at most VNG_SERIAL bytes */
};

/* What one boot needs. Paths are absolute. agent_dir must consist of
 * characters that vng allows in --rodir, which the names in the private
 * directory do; so are all others best given through links there. */
struct vng_spec {
	const char *vng;	/* the program */
	const char *kernel;	/* an image, or a built tree */
	const char *unpacked;	/* the same kernel as QEMU is to start it; or
				    NULL */
	const char *cpu;	/* QEMU's model; NULL: vng's choice */
	const char *agent_dir;	/* holds fstvm-agent */
	const char *agent_init; /* VNG_START_INIT: the agent's path in the root
				    that the guest shares */
	const char *channel;	/* unix socket on which the host listens */
	const char *qmp;  /* the same for QEMU's machine protocol; or NULL */
	const char *tree; /* of fstests: 9p tag "fstvm.tree"; or NULL */
	const char *warm; /* of bundles: 9p tag VNG_WARM_TAG; or NULL */
	const char *kernel_tree; /* 9p tag "fstvm.kernel", for its modules; or
				    NULL */
	const struct vng_drive *drives; /* -device virtio-blk, in this order */
	size_t drive_count;
	const char *parameters; /* further ones for the kernel; or NULL */
	uint32_t tsc_khz;	/* of an emulated x86 (tsc.h); 0: unknown */
	unsigned int hz;	/* the kernel's; 0: unknown */
	uint64_t memory_mib;
	unsigned int cpus;
	enum vng_start start;
	bool kvm;
	bool force_9p;	    /* no virtiofsd, or one that can't be used */
	bool shared_memory; /* guest RAM in a memfd; only with force_9p, since
			       virtiofs brings its own */
	bool console;	    /* the kernel's messages on stderr */
	bool may_unpack;    /* see unpacked.h; of the kernel that is placed */
};

/* A command line with the storage of its words. */
struct vng_argv {
	const char *argv[VNG_ARGUMENTS + 1]; /* NULL-terminated */
	size_t argc;
	size_t used;
	char storage[VNG_STORAGE];
};

/* -EINVAL: a word that can't be given to vng; -E2BIG: too long. */
must_check int vng_argv(struct vng_argv *argv, const struct vng_spec *spec);

/* vng's environment: little of the user's, HOME and TMPDIR in the private
 * directory (private_dir/home, private_dir/tmp), and the entry `mark` by which
 * all descendants are known (stray.h). user_environ is only read. A vng that
 * was installed with `pip install --user` finds its modules through HOME, so
 * PYTHONUSERBASE is kept or set. */
struct vng_environ {
	const char *envp[VNG_ENVIRONMENT + 1];
	size_t count;
	size_t used;
	char storage[VNG_STORAGE];
};

must_check int vng_environ(struct vng_environ *environ, const char *private_dir,
			   const char *mark, const char *const *user_environ);

/* Runs `vng --version`. -ETIMEDOUT, -EPROTO when it says something else, or
 * what starting it failed with. */
must_check int vng_version_read(const char *vng, const char *const *envp,
				struct vng_version *ret_version);
