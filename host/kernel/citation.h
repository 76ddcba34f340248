/* SPDX-License-Identifier: GPL-2.0-or-later */
/* citation - a kernel's log as mails and bug reports cite it.
 *
 * With the marks of a reply before each line: "> ", ">>> ", "> > ", "| "; or
 * indented, as Markdown has it; or with U+00A0 for blanks, as mail programs
 * write what HTML had.
 */
#pragma once

#include "shared/bytes.h"

#include <stdbool.h>

/* Moves line behind the marks of a reply and what stands before them. */
void citation_skip_quotes(struct bytes *line);

/* How many blanks and tabs line begins with. */
size_t citation_indent(struct bytes line);
/* Moves line behind its first blanks, limit of them at most. */
void citation_skip_indent(struct bytes *line, size_t limit);

/* Has line a U+00A0 (in UTF-8)? */
bool citation_has_hard_blank(struct bytes line);
/* Copies what room has place for, with blanks instead; returns its length. */
size_t citation_soften(struct bytes line, uint8_t *room, size_t cap);
