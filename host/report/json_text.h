/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_text - values of unknown origin as JSON that is always valid.
 *
 * jansson refuses what is not UTF-8, so each malformed byte, and each NUL,
 * becomes U+FFFD. Control characters are escaped by jansson itself, and the
 * writer makes all output ASCII. NULL comes back only for want of memory.
 */
#pragma once

#include "shared/bytes.h"

#include <jansson.h>

/* NULL and "" are the empty string. */
json_t *json_text(const char *text);
json_t *json_text_bytes(struct bytes text);
/* null for NULL and "". */
json_t *json_text_or_null(const char *text);
/* An array of texts, as protobuf-c has them. */
json_t *json_text_list(char *const *texts, size_t count);
/* Numbers over jansson's range are cut to its largest. */
json_t *json_text_count(uint64_t number);
/* Seconds, exact to the microsecond. */
json_t *json_text_seconds(uint64_t ns);
/* "2025-01-22T14:30:22Z"; null for 0. */
json_t *json_text_time(uint64_t real_ns);
