/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statement - what the agent says of itself, of the machine and the set-up. */
#include "guest/statement.h"

#include "guest/facts.h"
#include "guest/setup.h"
#include "shared/calibration.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <unistd.h>

static void say(struct channel *channel, Pb__Envelope *envelope,
		const char *what)
{
	if (channel_send(channel, envelope) < 0)
		log_error("no room for %s", what);
}

void statement_hello(struct channel *channel, const struct job *job)
{
	static struct facts facts;
	Pb__Hello hello = PB__HELLO__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	facts_read(&facts);
	facts_fill(&facts, &hello);
	hello.protocol_version = MESSAGE_PROTOCOL_VERSION;
	hello.agent_version = (char *)(uintptr_t)FSTVM_VERSION;
	hello.incarnation = job->incarnation;
	hello.received_upto = job->received_upto;
	hello.boot_ns = clock_boot_ns();
	hello.is_init = getppid() == 1;
	hello.calibration_ns = calibration_measure_ns();
	envelope.body_case = PB__ENVELOPE__BODY_HELLO;
	envelope.hello = &hello;
	say(channel, &envelope, "a Hello");
}

void statement_setup_step(struct channel *channel,
			  const struct setup_report *report)
{
	Pb__SetupStep step = PB__SETUP_STEP__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	step.name = (char *)(uintptr_t)report->step;
	step.duration_ns = report->duration_ns;
	step.detail = (char *)(uintptr_t)report->text;
	envelope.body_case = PB__ENVELOPE__BODY_SETUP_STEP;
	envelope.setup_step = &step;
	say(channel, &envelope, "a step of the set-up");
}

void statement_setup_done(struct channel *channel, struct job *job)
{
	struct job_places *places = &job->places;
	Pb__SetupDone done = PB__SETUP_DONE__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	done.test_dev = places->test_dev;
	done.test_dir = places->test_dir;
	done.scratch_dev = places->scratch_dev;
	done.scratch_mnt = places->scratch_mnt;
	done.scratch_pool = places->scratch_pool;
	done.logwrites_dev = places->logwrites_dev;
	done.warm = places->warm;
	done.warm_why = places->warm_why;
	envelope.body_case = PB__ENVELOPE__BODY_SETUP_DONE;
	envelope.setup_done = &done;
	job_will_say(job, JOB_SAYS_SETUP_DONE);
	say(channel, &envelope, "the end of the set-up");
}

void statement_setup_failed(struct channel *channel, const char *step,
			    const char *reason)
{
	Pb__SetupFailed failed = PB__SETUP_FAILED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	failed.step = (char *)(uintptr_t)step;
	failed.reason = (char *)(uintptr_t)reason;
	envelope.body_case = PB__ENVELOPE__BODY_SETUP_FAILED;
	envelope.setup_failed = &failed;
	say(channel, &envelope, "the failure of the set-up");
}

void statement_job_finished(struct channel *channel, struct job *job)
{
	Pb__JobFinished finished = PB__JOB_FINISHED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	finished.end = (Pb__JobEnd)job->end;
	finished.reason = job->end_reason;
	envelope.body_case = PB__ENVELOPE__BODY_JOB_FINISHED;
	envelope.job_finished = &finished;
	job_will_say(job, JOB_SAYS_JOB_FINISHED);
	say(channel, &envelope, "the end of the job");
}
