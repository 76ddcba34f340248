/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registers - what QEMU's "info registers -a" says of each CPU (x86).
 *
 *   CPU#0
 *   RIP=ffffffffa40592eb RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1
 *
 * EIP and EFL in 32-bit mode. What has no such line is no CPU: for another
 * machine the text has none. Pure.
 */
#pragma once

#include "host/link/liveness.h"
#include "shared/bytes.h"

enum { REGISTERS_CPUS = 256 };

/* Returns how many there are; more than REGISTERS_CPUS are left out. */
size_t registers_parse(struct bytes text,
		       struct liveness_cpu ret_cpus[REGISTERS_CPUS]);
/* The next line without its end and without CR; false at the end of text. */
bool registers_line(struct bytes *text, struct bytes *ret_line);
/* Whether it is one of those that people want to see: no floating point. */
bool registers_is_shown(struct bytes line);
