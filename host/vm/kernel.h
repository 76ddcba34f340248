/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel - the kernel under test, from what the user said to what vng gets.
 *
 * The user names a built source tree, an image file, an installed version
 * ("6.1.0-56-amd64"), or nothing: then it is the newest installed one whose
 * configuration says that it can boot under vng. Configuration: the tree's
 * .config, or config-RELEASE beside the image, in /boot, or /lib/modules.
 *
 * vng finds a kernel's modules by the path that it is given: below a tree, or
 * in lib/modules of the first directory above an image that has one. A link
 * to an image would hide its version from vng before 1.4x (`file` does not
 * follow it), so paths here are real ones, and kernel_place() links
 * directories only.
 */
#pragma once

#include "host/vm/image.h"
#include "host/vm/kconfig.h"
#include "host/vm/sockdir.h"
#include "shared/limits.h"
#include "shared/must.h"

#include <limits.h>

enum { KERNEL_WHY = 3 * PATH_MAX };

enum kernel_kind { KERNEL_TREE, KERNEL_IMAGE, KERNEL_INSTALLED };

struct kernel {
	enum kernel_kind kind;
	enum image_kind image;
	char path[PATH_MAX];	/* the image */
	char tree[PATH_MAX];	/* that it was built in and that vng is to
				   know; or "" */
	char config[PATH_MAX];	/* "": unknown */
	char modules[PATH_MAX]; /* directory; "": none */
	char release[LIMIT_SHORT_TEXT + 1]; /* "": unknown */
	bool needs_initramfs;
	unsigned int hz; /* 0: unknown */
	size_t fact_count;
	const char *facts[LIMIT_CONFIG_FACTS]; /* "CONFIG_KASAN=y" */
};

struct kernel_search {
	const char *input; /* NULL: the newest that can boot */
	const char *root;  /* "", but in tests: before /boot, /lib/modules */
	struct kconfig_need need; /* machine and the rest; not elf */
};

/* On failure a negative errno, and one or two lines for a person. */
must_check int kernel_find(struct kernel *kernel,
			   const struct kernel_search *search,
			   char ret_why[KERNEL_WHY]);
/* "tree", "image", "installed" */
const char *kernel_kind_name(enum kernel_kind kind);
/* The path for vng's --run: the tree or the image itself, or through the link
 * "kernel" in the private directory when the path holds characters that vng
 * or the guest's init could stumble over. */
must_check int kernel_place(const struct kernel *kernel, struct sockdir *dir,
			    char *to, size_t cap);
