/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prefix - what printk, a console or a syslog daemon puts before a message.
 *
 * Understood, in any sensible combination (kernel/printk/printk.c,
 * print_prefix()):
 *   <N>                       syslog level and facility, printed by /proc/kmsg
 *   [   12.345678]            time, CONFIG_PRINTK_TIME; see timestamp.h
 *   [  T123] [  C0]           caller, CONFIG_PRINTK_CALLER
 *   kern  :err   :            dmesg --decode
 *   Nov 23 17:17:00 host kernel:   a syslog file or journalctl
 *   3,1234,12345678,-;        a record as read from /dev/kmsg
 * Also skipped: terminal escapes, a reply's quotation marks, and what a getty
 * or a program left on the line before the kernel's output began
 * ("login: [   12.345678] BUG: …").
 */
#pragma once

#include "shared/bytes.h"

struct line_prefix {
	struct bytes text;   /* what the kernel said, one space removed */
	struct bytes caller; /* "T123", "C0"; empty when there is none */
	size_t begin;	     /* of text in the line */
	uint64_t time_us;
	bool has_time;
	/* A syslog daemon or journald kept it: what was printed while that did
	 * not run is missing. */
	bool logged;
	/* Someone other than the kernel said it: another tag in a syslog
	 * file, "name[123]: " as daemons write it to /dev/kmsg, a facility
	 * that is not the kernel's. */
	bool foreign;
	int level; /* 0 to 7, -1 when unknown */
};

/* The views in ret_prefix point into line. Any bytes are fine. */
void line_prefix_parse(struct bytes line, struct line_prefix *ret_prefix);
