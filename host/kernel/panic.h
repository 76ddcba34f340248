/* SPDX-License-Identifier: GPL-2.0-or-later */
/* panic - is a kernel's last word about a report before it?
 *
 * Most panics only say that something before them was bad enough, or come of
 * what a dead task left behind. Others are found by checks of their own, and
 * it is chance that somebody's warning was being printed.
 */
#pragma once

#include "host/kernel/pattern.h"

/* Says that the kernel was told to stop for what it has printed before. */
bool panic_is_final_word(struct bytes line);

/* Does it come of a report of this row, which stands right before it? */
bool panic_follows(const struct pattern *row, struct bytes line);

/* Does what such a report is about leave wrong bytes behind? */
bool panic_damages_memory(enum report_class class);
