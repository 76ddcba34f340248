/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recordlog - the kernel's records of one test, as text, while it runs.
 *
 * A bounded buffer of lines "<level>[  12.345678] [caller] text", the last
 * ones when there are more. The text is the guest's, escaped here. Pure.
 */
#pragma once

#include "fstvm.pb-c.h"
#include "shared/bytes.h"
#include "shared/must.h"

struct recordlog {
	char *text;
	size_t cap_bytes;
	size_t used_bytes;
	uint64_t dropped_bytes;
	uint64_t from_sequence;
};

/* -ENOMEM. A recordlog that is zero holds nothing and takes nothing. */
must_check int recordlog_init(struct recordlog *log, size_t cap_bytes);
void recordlog_deinit(struct recordlog *log);
/* A test begins: what was before is forgotten, and records before this
 * sequence number, which may come yet, are not its own. */
void recordlog_begin(struct recordlog *log, uint64_t from_sequence);
void recordlog_add(struct recordlog *log, const Pb__KernelRecord *record);
struct bytes recordlog_text(const struct recordlog *log);
