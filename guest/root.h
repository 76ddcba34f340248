/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root - the guest's tree of files, as vng's own init would leave it.
 *
 * The root that vng shares is the host's, read-only, by 9p or virtiofs. What
 * tests and tools write to lies in tmpfs: /run, and overlays on the
 * directories that vng names on the kernel's command line
 * (virtme_rw_overlayN=/usr; /tmp is among them since 1.23). Their upper parts
 * are in /run/tmp, as with vng, so all of them share one tmpfs.
 *
 * A few directories are hidden by an empty tmpfs: a host user who is not root
 * can't read what they hold, and an overlay of them fails on use.
 */
#pragma once

#include "guest/why.h"
#include "shared/bytes.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	ROOT_OVERLAYS = 24,	/* at most; vng 1.35 names 8 */
	ROOT_OVERLAY_PATH = 64, /* bytes of one's path, with the NUL */
};

struct root_overlays {
	size_t count;
	char path[ROOT_OVERLAYS][ROOT_OVERLAY_PATH];
};

/* /proc, /sys and /dev: without them there is no guest. */
must_check int root_mount_kernel(struct why *why);
/* What vng wants writable; the usual ones where it says nothing. Pure. */
void root_list_overlays(struct root_overlays *ret_overlays,
			struct bytes command_line);
/* Whether path is one of them or below one. Pure. */
bool root_is_overlaid(const struct root_overlays *overlays, const char *path);
/* /run, then the overlays, then what is hidden. An overlay that fails is
 * logged: a guest can do without most of them. */
must_check int root_make_writable(const struct root_overlays *overlays,
				  struct why *why);
