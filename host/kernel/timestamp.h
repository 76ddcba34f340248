/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timestamp - the ways in which logs of the kernel say when.
 *
 * By the kernel's clock (kernel/printk/printk.c; util-linux's dmesg -d):
 *   [   12.345678]   [   12.345678@1]   [   12.345678 <    0.000001>]
 * What dmesg makes of it (-T, -e, --time-format=iso):
 *   [Mon Nov 23 17:17:00 2026]   [Nov23 17:17]   [  +0.000001]
 *   2026-11-23T17:17:00,123456+01:00
 * Syslog daemons' and journalctl's:
 *   Nov 23 17:17:00   2026-11-23T17:17:00+0000   Mon 2026-11-23 17:17:00 UTC
 *   1795454220.123456
 * And what terminal programs and test labs put before: take_lab().
 */
#pragma once

#include "shared/bytes.h"

/* Each moves b behind the stamp, or returns false with b as it was. */
bool timestamp_take_printk(struct bytes *b, uint64_t *ret_us);
bool timestamp_take_dmesg(struct bytes *b);
/* "2026/11/23 17:17:00 ", "17:17:00.123 ", perhaps in brackets. */
bool timestamp_take_lab(struct bytes *b);

/* The length of a syslog daemon's date at b's start, or 0. */
size_t timestamp_syslog_length(struct bytes b);
