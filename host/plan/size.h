/* SPDX-License-Identifier: GPL-2.0-or-later */
/* size - bytes as people write them: 512M, 10G.
 *
 * K, M, G and T are powers of 1024; a number alone is bytes. No fractions.
 */
#pragma once

#include "host/plan/complaint.h"

#include <stdint.h>

enum { SIZE_TEXT = 24 };

/* option: where the text is from, for the complaint, as "--test-size". Zero
 * and what does not fit 63 bits are refused. */
must_check int size_parse(const char *option, const char *text,
			  uint64_t *ret_bytes, struct complaint *complaint);
/* In the largest unit that divides bytes. Returns to. */
const char *size_format(uint64_t bytes, char to[SIZE_TEXT]);
