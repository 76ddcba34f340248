/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text - the report for people: requirements.md, "Output Format". */
#pragma once

#include "host/record/result.h"
#include "host/report/files.h"

#include <stdio.h>

/* Entries of the lists that say little more than names. */
enum { TEXT_LONG_LIST = 20 };

/* -EIO when the stream could not take it all. */
must_check int text_write(FILE *to, const struct result *result,
			  const struct files *files);
