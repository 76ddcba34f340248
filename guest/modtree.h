/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modtree - /lib/modules/RELEASE of the kernel under test.
 *
 * vng says where its modules are: where they are installed, in a tree that it
 * was built in (a directory of links into that tree, which vng makes), or
 * nowhere. A tree below /run or /tmp is about to be hidden, so it is bound
 * where it stays in sight, as a whole, for the links in it are relative.
 */
#pragma once

#include "shared/bytes.h"

#include <limits.h>
#include <stddef.h>

enum modtree_kind {
	MODTREE_INSTALLED, /* all is in place */
	MODTREE_BUILT,
	MODTREE_NONE, /* what may be there belongs to another kernel */
};

struct modtree {
	enum modtree_kind kind;
	char tree[PATH_MAX]; /* the built one, absolute */
	char rest[PATH_MAX]; /* its modules, relative to the tree */
	int tree_fd;
};

/* From what vng has said. Pure; tree_fd is -1. */
void modtree_init(struct modtree *ret_modtree, struct bytes command_line);
/* While everything is in sight: takes hold of the tree. */
void modtree_hold(struct modtree *modtree);
/* When /lib is writable: makes /lib/modules. What fails is logged. */
void modtree_mount(struct modtree *modtree);
