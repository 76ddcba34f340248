/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtiofsd - which one vng would take: see virtiofsd.h. */
#include "host/vm/virtiofsd.h"

#include "host/vm/capture.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { VERSION_TIMEOUT_MS = 5000 };

enum virtiofsd_kind virtiofsd_identify(const char *version)
{
	static const char name[] = "virtiofsd ";

	if (strncmp(version, name, sizeof(name) - 1) != 0)
		return VIRTIOFSD_OLD;
	version += sizeof(name) - 1;
	return version[0] >= '0' && version[0] <= '9' ? VIRTIOFSD_RUST
						      : VIRTIOFSD_OLD;
}

/* vng takes any that says its version and exits with 0. */
static bool try(struct virtiofsd *virtiofsd, const char *const *envp)
{
	const char *const argv[] = {virtiofsd->path, "--version", NULL};
	struct capture capture;

	if (access(virtiofsd->path, X_OK) ||
	    capture_run(&capture, argv, envp, VERSION_TIMEOUT_MS) ||
	    capture.exit_status)
		return false;
	snprintf(virtiofsd->version, sizeof(virtiofsd->version), "%.*s",
		 (int)strcspn(capture.out, "\n"), capture.out);
	virtiofsd->kind = virtiofsd_identify(virtiofsd->version);
	return true;
}

void virtiofsd_find(struct virtiofsd *virtiofsd, const char *path,
		    const char *const *envp)
{
	static const char *const places[] = {
		"/usr/libexec/virtiofsd",
		"/usr/lib/virtiofsd/virtiofsd",
		"/usr/lib/virtiofsd",
		"/usr/lib/qemu/virtiofsd",
	};

	*virtiofsd = (struct virtiofsd){.kind = VIRTIOFSD_NONE};
	if (capture_find("virtiofsd", path, virtiofsd->path,
			 sizeof(virtiofsd->path)) == 0 &&
	    try(virtiofsd, envp))
		return;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(virtiofsd->path, sizeof(virtiofsd->path), "%s",
			 places[i]);
		if (try(virtiofsd, envp))
			return;
	}
}
