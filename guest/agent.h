/* SPDX-License-Identifier: GPL-2.0-or-later */
/* agent - the guest's side of the protocol.
 *
 * One process on one libev loop: says Hello, takes the RunSpec, has the set-up
 * made (guest/setup.h), has check driven (guest/runner.h), follows the kernel
 * log (guest/kmsg.h), hands over what tests leave (guest/collect.h), beats.
 *
 *   HELLO -> SETUP -> RUNNING -> ENDING -> FINISHED -> (exit)
 *
 * ENDING lasts until logs and artifacts are out; FINISHED until the host has
 * acknowledged everything and says PowerOff, or AGENT_FAREWELL_S are over. The
 * phase is in the job, so a successor goes on in it. Nothing here allocates
 * once it runs, and nothing touches a filesystem under test.
 */
#pragma once

struct agent_inheritance;

enum { AGENT_FAREWELL_S = 60 };

/* Runs until the job is done. Returns the exit status: 0 ends the guest,
 * anything else asks the supervisor for a successor. */
int agent_main(const struct agent_inheritance *given);
