/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree - a small fstests tree in a temporary directory, for tests.
 *
 * Made like a built upstream one: check, ltp/, src/, and
 *
 *   generic  001 quick auto   002 auto rw   003 quick rw   010-named auto
 *   shared   001 quick auto (only searched after tree_set_sources())
 *   btrfs    001 quick auto raid   002 auto
 *   xfs      001 quick auto
 *   ext4     001 auto
 */
#pragma once

struct tree {
	char path[64];
	int fd;
};

void tree_make(struct tree *tree);
void tree_remove(struct tree *tree);
/* Makes the directories of path and the file, mode 0755. */
void tree_write(const struct tree *tree, const char *path, const char *text);
void tree_unlink(const struct tree *tree, const char *path);
void tree_set_sources(const struct tree *tree, const char *sources);
