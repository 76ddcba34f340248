/* SPDX-License-Identifier: GPL-2.0-or-later */
/* citation - a kernel's log as mails and bug reports cite it.
 *
 * With the marks of a reply before each line: "> ", ">>> ", "> > ", "| ".
 */
#pragma once

#include "shared/bytes.h"

/* Moves line behind the marks of a reply. */
void citation_skip_quotes(struct bytes *line);
