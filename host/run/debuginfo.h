/* SPDX-License-Identifier: GPL-2.0-or-later */
/* debuginfo - where the debug information of a kernel is.
 *
 * A vmlinux with DWARF: the one that is named, that of the tree that the
 * kernel was built in, or what a distribution's package has installed
 * (Debian: /usr/lib/debug/boot/vmlinux-RELEASE; Fedora and others:
 * /usr/lib/debug/lib/modules/RELEASE/vmlinux), or that of the tree that
 * /lib/modules/RELEASE/build leads to. And the directory in which its modules
 * lie. Whether it fits, and has debug information, is for symbols.h to find
 * out.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

struct debuginfo {
	char vmlinux[PATH_MAX];
	char modules[PATH_MAX]; /* "": not known */
};

struct debuginfo_search {
	const char *root;    /* "", but in tests: before the paths above */
	const char *vmlinux; /* named; or NULL */
	const char *tree;    /* of the kernel; or NULL or "" */
	const char *release; /* or NULL or "" */
};

/* False: there is none. One that is named is not looked for. */
bool debuginfo_find(const struct debuginfo_search *search,
		    struct debuginfo *ret_info);
