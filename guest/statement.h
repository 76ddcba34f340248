/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statement - what the agent says of itself, of the machine and the set-up.
 *
 * One function a message: from the job and the facts to the channel. What is
 * said of checks and tests is the runner's.
 */
#pragma once

#include "guest/channel.h"
#include "guest/job.h"
#include "shared/must.h"

#include "fstvm.pb-c.h"

struct setup_report;

void statement_hello(struct channel *channel, const struct job *job);
void statement_setup_step(struct channel *channel,
			  const struct setup_report *report);
void statement_setup_done(struct channel *channel, struct job *job);
void statement_setup_failed(struct channel *channel, const char *step,
			    const char *reason);
void statement_job_finished(struct channel *channel, struct job *job);
