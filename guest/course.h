/* SPDX-License-Identifier: GPL-2.0-or-later */
/* course - one test from its start to its end, as the hook tells of it.
 *
 * Part of the runner (guest/runner.h): the edges of its diagram that check
 * makes. Every request of the hook can come twice, for its shim asks again
 * when the agent is replaced.
 */
#pragma once

#include "guest/runner.h"

void course_on_hook(void *context, struct hook_client *client);
void course_say_started(struct runner *runner);
/* The test that is over has left something behind: check must not go on. */
void course_give_up(struct runner *runner);
/* Acks have come in, or are waited for no longer. */
void course_on_acked(struct runner *runner);
void course_on_ack_wait(struct ev_loop *loop, ev_timer *timer, int events);
/* Whether what was killed is gone: the runner's vacancy. */
bool course_is_vacant(void *context);
void course_on_vacant(void *context);
