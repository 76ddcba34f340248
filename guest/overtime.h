/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overtime - what is done about a test, or check, that is over its time.
 *
 * Part of the runner (guest/runner.h). A test goes down the ladder
 * (guest/ladder.h) and check goes on; check itself is killed with all that it
 * runs when its own work hangs: fsck, umount, its start.
 */
#pragma once

#include "guest/runner.h"

void overtime_on_deadline(struct ev_loop *loop, ev_timer *timer, int events);
void overtime_on_climb(struct ev_loop *loop, ev_timer *timer, int events);
