/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_boot - the section "Kernel Boot with fstests" of the text report. */
#pragma once

#include "host/report/files.h"
#include "host/report/summary.h"

#include <stdio.h>

void text_boot_write(FILE *to, const struct result *result,
		     const struct files *files, const struct summary *summary);
