/* SPDX-License-Identifier: GPL-2.0-or-later */
/* initchoice - who is PID 1 in the guest: the agent, or vng's own init.
 *
 * The agent is up three to four times as fast. vng must know
 * --force-initramfs (1.22) and find a busybox for it. A kernel without
 * CONFIG_BLK_DEV_INITRD does not see the initramfs and starts vng's init: the
 * agent says which it was.
 */
#pragma once

#include "host/vm/preflight.h"

/* "auto", "agent", "vng"; NULL is auto. -EINVAL. */
must_check int initchoice_parse(const char *text,
				enum preflight_init *ret_init);
/* What becomes of it: adds the check "init", sets found->start and
 * ->init_may_change. After
 * preflight_vng(). */
void initchoice_check(struct preflight *list, const struct preflight_ask *ask,
		      struct preflight_found *found);
