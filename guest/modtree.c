/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modtree - /lib/modules/RELEASE of the kernel under test. */
#include "guest/modtree.h"

#include "guest/cmdline.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MODULES "/lib/modules"
#define BOUND	"/run/fstvm-kernel"
/* vng's directory in a tree */
#define LINKS "/.virtme_mods"

/* Cuts the tree's path off that of its modules. */
static bool split(struct modtree *modtree)
{
	char *links = strstr(modtree->tree, LINKS "/");

	if (modtree->tree[0] != '/' || links == NULL || links == modtree->tree)
		return false;
	(void)bytes_copy_string(modtree->rest, sizeof(modtree->rest),
				links + 1);
	*links = '\0';
	return true;
}

void modtree_init(struct modtree *ret_modtree, struct bytes command_line)
{
	struct modtree *modtree = ret_modtree;
	char flag[8];

	modtree->tree_fd = -1;
	modtree->rest[0] = '\0';
	if (cmdline_find(command_line, "virtme_root_mods", flag, sizeof(flag)) >
	    0)
		modtree->kind = MODTREE_INSTALLED;
	else if (cmdline_find(command_line, "virtme_link_mods", modtree->tree,
			      sizeof(modtree->tree)) > 0)
		modtree->kind = MODTREE_BUILT;
	else
		modtree->kind = MODTREE_NONE;
	/* Modules beside an image: no links, so the tree is the modules. */
	if (modtree->kind == MODTREE_BUILT)
		(void)split(modtree);
}

void modtree_hold(struct modtree *modtree)
{
	if (modtree->kind != MODTREE_BUILT)
		return;
	modtree->tree_fd = fd_open(modtree->tree, O_PATH | O_DIRECTORY, 0);
	if (modtree->tree_fd < 0)
		log_warning("the kernel's modules in %s: %s", modtree->tree,
			    strerror(-modtree->tree_fd));
}

static int bind_tree(struct modtree *modtree)
{
	char from[64];

	(void)snprintf(from, sizeof(from), "/proc/self/fd/%d",
		       modtree->tree_fd);
	if (mkdir(BOUND, 0755) < 0 && errno != EEXIST)
		return -errno;
	return mount(from, BOUND, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

/* A tmpfs of its own: below /lib the view may be read-only. */
static int link_modules(const struct modtree *modtree, const char *to)
{
	char target[PATH_MAX + sizeof(BOUND) + 1];

	(void)snprintf(target, sizeof(target), BOUND "/%s", modtree->rest);
	if (mount("tmpfs", MODULES, "tmpfs", MS_NOSUID | MS_NODEV,
		  "mode=0755") < 0)
		return -errno;
	return symlink(target, to) < 0 ? -errno : 0;
}

static int hide_modules(const char *path)
{
	if (access(path, F_OK) < 0)
		return 0;
	return mount("tmpfs", path, "tmpfs", MS_RDONLY, "mode=0000") < 0
		       ? -errno
		       : 0;
}

void modtree_mount(struct modtree *modtree)
{
	struct utsname name;
	char path[sizeof(MODULES) + sizeof(name.release) + 1];
	int rc = 0;

	(void)uname(&name);
	(void)snprintf(path, sizeof(path), MODULES "/%s", name.release);
	(void)mkdir(MODULES, 0755);
	switch (modtree->kind) {
	case MODTREE_INSTALLED:
		break;
	case MODTREE_BUILT:
		if (modtree->tree_fd >= 0)
			rc = bind_tree(modtree);
		if (rc == 0)
			rc = link_modules(modtree, path);
		break;
	case MODTREE_NONE:
		rc = hide_modules(path);
		break;
	}
	if (rc < 0)
		log_warning("%s: %s", path, strerror(-rc));
	fd_close(&modtree->tree_fd);
}
