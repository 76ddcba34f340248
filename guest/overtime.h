/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overtime - what is done about a test, or check, that is over its time.
 *
 * Part of the runner (guest/runner.h). First an inquest, before anything is
 * killed; it goes out as evidence at once. Then a test goes down the ladder
 * (guest/ladder.h) and check goes on; check itself is killed with all that it
 * runs when its own work hangs: fsck, umount, its start. What lives on after
 * that is wedged: another inquest, and the job ends.
 *
 *   deadline + 4 s    SIGTERM, SIGKILL
 *   deadline + 90 s   wedged
 */
#pragma once

#include "guest/runner.h"

void overtime_on_deadline(struct ev_loop *loop, ev_timer *timer, int events);
void overtime_on_climb(struct ev_loop *loop, ev_timer *timer, int events);
void overtime_on_inquest(void *context);
/* What was killed does not die. */
void overtime_wedged(struct runner *runner);
/* An agent that was killed may have been in the midst of it. */
void overtime_take_over(struct runner *runner);
