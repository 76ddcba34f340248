/* SPDX-License-Identifier: GPL-2.0-or-later */
/* detail - CPU, task, taint, kernel, age: what a report's lines say beside
 * the problem itself. */
#pragma once

#include "host/kernel/report.h"

/* Fills cpu, pid, comm, taint, kernel, age_s and source where header or text
 * tell them; leaves the others. */
void detail_fill(struct report *report, struct bytes header, struct bytes text);
