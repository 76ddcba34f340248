/* SPDX-License-Identifier: GPL-2.0-or-later */
/* escape - text of unknown origin made safe for a terminal or a log line.
 *
 * Control characters, DEL, C1 controls and invalid UTF-8 become \xNN; LF and
 * TAB are kept only when asked for. Printable UTF-8 passes.
 */
#pragma once

#include "shared/bytes.h"

/* Writes the escaped form, NUL-terminated, at most cap - 1 bytes, never half
 * an escape. Returns the length written. */
size_t escape_text(char *to, size_t cap, struct bytes text, bool keep_newlines);
/* The longest prefix of text that is well-formed UTF-8. */
size_t escape_utf8_prefix(struct bytes text);
