/* SPDX-License-Identifier: GPL-2.0-or-later */
/* accounts - the users and groups of fstests in the guest's own /etc.
 *
 * fsgqa, fsgqa2 and 123456-fsgqa, each with a group of its name, /bin/bash and
 * a home. The guest's /etc is the host's, behind an overlay or read-only, and
 * /etc/shadow may be unreadable: so new versions of passwd, group, shadow and
 * gshadow are written below LAYOUT_ETC and bound over the old ones. Where
 * shadow can't be read, a new one has a locked entry for every user of passwd.
 * Lines that /etc has already for our names are replaced; their ids stay.
 */
#pragma once

#include "guest/why.h"
#include "shared/bytes.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	ACCOUNTS_COUNT = 3,
	/* Where free ids are looked for: above people, below systemd's. */
	ACCOUNTS_FIRST_ID = 31000,
	/* A file of /etc that is larger is refused. */
	ACCOUNTS_FILE_MAX = 256 * 1024,
};

enum accounts_file {
	ACCOUNTS_PASSWD,
	ACCOUNTS_GROUP,
	ACCOUNTS_SHADOW,
	ACCOUNTS_GSHADOW,
};

struct accounts {
	struct {
		const char *name;
		uint32_t uid;
		uint32_t gid;
	} entry[ACCOUNTS_COUNT];
};

/* Their ids: as passwd and group have them, else free in both (pure). */
void accounts_choose(struct accounts *ret_accounts, struct bytes passwd,
		     struct bytes group);
/* text, without its lines of our names, with our lines at its end (pure).
 * Returns the length, or -EFBIG when it does not fit. */
must_check ssize_t accounts_add(const struct accounts *accounts,
				enum accounts_file file, struct bytes text,
				char *to, size_t cap);
/* A shadow or gshadow file with a locked entry per line of passwd or group
 * (pure). Returns the length, or -EFBIG. */
must_check ssize_t accounts_lock_all(enum accounts_file file, struct bytes text,
				     char *to, size_t cap);
/* Does it. */
must_check int accounts_install(struct why *why);
