/* SPDX-License-Identifier: GPL-2.0-or-later */
/* experience - what earlier runs teach a new one: how long its tests take.
 *
 * The history (host/record/history.h) in the state directory: asked when a run
 * is prepared, told when it is over. Without it, or with one that is damaged,
 * the defaults hold; that is a warning at most.
 */
#pragma once

#include "host/cli/prepare.h"
#include "host/record/result.h"

/* Tests that need more than the default: prepared->test_timeouts_ms. */
void experience_ask(struct prepared *prepared);
/* The durations of the tests that passed or failed. */
void experience_tell(const struct result *result);
