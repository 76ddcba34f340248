/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_evidence - where the files kept of a bad end are, for people. */
#pragma once

#include "host/record/evidence_list.h"
#include "host/report/files.h"

#include <stdio.h>

/* "evidence: DIRECTORY (console-tail.log, ended.txt)", with `before` before
 * it and a newline behind; nothing when there is none. */
void text_evidence_put(FILE *to, const struct evidence_list *list,
		       const struct files *files, const char *before);
