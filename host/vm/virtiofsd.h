/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtiofsd - which one vng would take.
 *
 * There are two: the one in Rust, which vng needs, and QEMU's own in C
 * (until QEMU 8, Debian 12 has it). The latter passes vng's test, which is
 * `--version`, and then fails at every start of a VM, 3 s later.
 */
#pragma once

#include <limits.h>

enum virtiofsd_kind { VIRTIOFSD_NONE, VIRTIOFSD_OLD, VIRTIOFSD_RUST };

struct virtiofsd {
	enum virtiofsd_kind kind;
	char path[PATH_MAX];
	char version[128]; /* its first line */
};

/* Of the first line of its --version: "virtiofsd 1.10.0", against
 * "virtiofsd version 7.2.22 (Debian …)" of the old one. Pure. */
enum virtiofsd_kind virtiofsd_identify(const char *version);
/* In vng's places, in its order. path: as in $PATH, or NULL. */
void virtiofsd_find(struct virtiofsd *virtiofsd, const char *path,
		    const char *const *envp);
