/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kconfig - a kernel's .config: what is set, and what a run needs of it.
 *
 * The text is read into memory once and looked up by name; what is not
 * mentioned is off, as in the kernel's own tools.
 */
#pragma once

#include "shared/bytes.h"
#include "shared/limits.h"
#include "shared/must.h"

#include <stdbool.h>

enum {
	KCONFIG_BYTES = 4 * 1024 * 1024, /* of a file, at most */
	KCONFIG_MISSING = 512,
};

enum kconfig_value {
	KCONFIG_OFF,
	KCONFIG_MODULE,
	KCONFIG_ON, /* "=y", and any other value */
};

struct kconfig {
	char *text; /* owned; NULL: no configuration is known */
	size_t len;
};

/* Takes a copy. */
must_check int kconfig_parse(struct kconfig *config, struct bytes text);
must_check int kconfig_load(struct kconfig *config, const char *path);
void kconfig_free(struct kconfig *config);
bool kconfig_is_known(const struct kconfig *config);
/* name without "CONFIG_". */
enum kconfig_value kconfig_get(const struct kconfig *config, const char *name);

/* What decides which options are needed. */
struct kconfig_need {
	const char *machine; /* as uname -m */
	const char *fstype;  /* NULL: any */
	bool loop;	     /* devices are loop devices */
	bool virtio_blk;     /* devices are virtio-blk */
	bool elf;	     /* the image is an ELF file */
};

/* The names of what is missing, blank-separated, "CONFIG_TMPFS=y" when a
 * module does not do. Returns how many: 0 is good. */
size_t kconfig_missing(const struct kconfig *config,
		       const struct kconfig_need *need,
		       char ret_names[KCONFIG_MISSING]);
/* Whether something that the boot needs is a module: then vng makes an
 * initramfs, for which it needs a static busybox. */
bool kconfig_needs_initramfs(const struct kconfig *config);
/* Ticks a second: 100, 250, 300 or 1000; 0: unknown. */
unsigned int kconfig_hz(const struct kconfig *config);
/* Facts for the result: "CONFIG_KASAN=y" and the like, those that are set.
 * Each has static storage. Returns how many, at most LIMIT_CONFIG_FACTS. */
size_t kconfig_facts(const struct kconfig *config,
		     const char *ret_facts[LIMIT_CONFIG_FACTS]);
