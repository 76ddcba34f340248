/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invocation - one run of check, from its start to all that it has left.
 *
 * The supervisor is its parent; here it is asked for, and here its end counts,
 * once its last process is gone: what it has left running would hold the next
 * one's devices. Part of the runner (guest/runner.h).
 */
#pragma once

#include "guest/runner.h"

/* A new check, with the tests that have not been started. */
void invocation_start(struct runner *runner);
/* Its halves, for a successor that finds only one of them made. */
void invocation_say_started(struct runner *runner);
void invocation_ask(struct runner *runner);
/* Its main process has ended, if it has. */
void invocation_on_exit(struct runner *runner);
/* Whether all of it is; what is not is killed, once more. */
bool invocation_is_gone(struct runner *runner);
/* Nothing of it is left: what now? Called again when the aftermath is known. */
void invocation_settle(struct runner *runner);
/* SIGKILL to its main process; the rest when that has ended. */
void invocation_kill(const struct runner *runner);
/* SIGKILL to all of it, for its work takes too long. */
void invocation_kill_all(struct runner *runner);
