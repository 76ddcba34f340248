/* SPDX-License-Identifier: GPL-2.0-or-later */
/* logger - what syslog daemons and journald put before a kernel message.
 *
 * A date (timestamp.h), the host, and the tag that tells the kernel's lines,
 * "kernel: ", from those of others, which are foreign.
 */
#pragma once

#include "host/kernel/prefix.h"

/* Each moves b behind what it knows, and notes in prefix what that says. */

/* "Nov 23 17:17:00 host kern.warn kernel: ", "… host kernel - - - ". */
void logger_take_syslog(struct bytes *b, struct line_prefix *prefix);
/* " host kernel:" behind a printk time stamp, or " kernel:". */
void logger_take_journal(struct bytes *b, struct line_prefix *prefix);

/* Did a daemon write this to /dev/kmsg? */
bool logger_is_daemon(struct bytes text);
