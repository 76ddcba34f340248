/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deposit - the files that one boot's guest sends, put where they belong. */
#include "host/run/deposit.h"

#include "host/record/assignment.h"
#include "host/record/event.h"
#include "host/record/evidence.h"

static int tell(const struct deposit *deposit, Pb__Event *event)
{
	return deposit->owner.on_event(deposit->owner.context, event);
}

static void init_event(const struct deposit *deposit, Pb__Event *event)
{
	struct event_origin origin = vm_origin(deposit->owner.vm);

	event_init(event, &origin);
}

static int tell_stored(const struct deposit *deposit,
		       const struct assignment_key *key, const char *guest_name,
		       const struct artifact_stored *kept)
{
	Pb__ArtifactStored stored = PB__ARTIFACT_STORED__INIT;
	Pb__Event event;

	stored.test = key->test;
	stored.attempt = key->attempt;
	stored.guest_name = (char *)(uintptr_t)guest_name;
	stored.path = (char *)(uintptr_t)kept->path;
	stored.size_bytes = kept->size_bytes;
	stored.kept_bytes = kept->kept_bytes;
	stored.incomplete = kept->incomplete;
	init_event(deposit, &event);
	event.body_case = PB__EVENT__BODY_ARTIFACT_STORED;
	event.artifact_stored = &stored;
	return tell(deposit, &event);
}

static int tell_evidence(const struct deposit *deposit,
			 const struct assignment_key *key,
			 const struct artifact_origin *origin,
			 const struct artifact_stored *kept)
{
	Pb__EvidenceStored stored = PB__EVIDENCE_STORED__INIT;
	Pb__Event event;

	stored.in_test = origin->test != NULL;
	stored.test = key->test;
	stored.attempt = key->attempt;
	stored.name = (char *)(uintptr_t)evidence_guest_name(origin);
	stored.path = (char *)(uintptr_t)kept->path;
	stored.kept_bytes = kept->kept_bytes;
	if (kept->size_bytes > kept->kept_bytes)
		stored.dropped_bytes = kept->size_bytes - kept->kept_bytes;
	init_event(deposit, &event);
	event.body_case = PB__EVENT__BODY_EVIDENCE_STORED;
	event.evidence_stored = &stored;
	return tell(deposit, &event);
}

static struct artifact_origin origin_of(const struct deposit *deposit,
					const struct assignment_key *key,
					const char *guest_name)
{
	const struct deposit_owner *owner = &deposit->owner;
	const Pb__RunStarted *started = owner->job->run->started;
	const Pb__PlannedTest *test = started->tests[key->test];

	return (struct artifact_origin){
		.config = started->config_name,
		.test = test->name,
		.iteration = test->iteration,
		.attempt = key->attempt,
		.guest_name = guest_name,
		.planned = key->test,
		.attempts = owner->schedule->tests[key->test].attempts,
	};
}

void deposit_open(struct deposit *deposit, const struct deposit_owner *owner)
{
	deposit->owner = *owner;
	artifact_store_open(&deposit->store, owner->job->run->outdir,
			    owner->quota, owner->vm_index);
}

void deposit_close(struct deposit *deposit)
{
	artifact_store_close(&deposit->store);
}

void deposit_reopen(struct deposit *deposit)
{
	const struct deposit_owner owner = deposit->owner;

	deposit_close(deposit);
	deposit_open(deposit, &owner);
}

int deposit_chunk(struct deposit *deposit, const Pb__ArtifactChunk *chunk)
{
	return artifact_store_chunk(&deposit->store, chunk);
}

int deposit_end(struct deposit *deposit, const Pb__ArtifactEnd *end)
{
	const struct bootjob *job = deposit->owner.job;
	struct assignment_key key = {.test = 0};
	struct artifact_origin origin = {
		.config = job->run->started->config_name,
		.guest_name = end->name,
		.boot = deposit->owner.vm->spec.boot,
	};
	struct artifact_stored kept;
	int rc;

	if (end->index < job->spec.n_tests) {
		key.test = job->plan[end->index];
		key.attempt = job->attempt[end->index] + end->rerun;
		origin = origin_of(deposit, &key, end->name);
	} else if (!end->evidence) {
		return 0; /* of a test that is none: nothing is kept */
	}
	origin.is_evidence = end->evidence;
	rc = artifact_store_end(&deposit->store, end, &origin, &kept);
	if (rc < 0)
		return rc;
	return end->evidence ? tell_evidence(deposit, &key, &origin, &kept)
			     : tell_stored(deposit, &key, end->name, &kept);
}

void deposit_keep_unfinished(struct deposit *deposit)
{
	static const char name[] = "unfinished";
	struct assignment_key key;
	struct artifact_origin origin;
	struct artifact_stored kept;

	if (!schedule_running(deposit->owner.schedule, &key.test, &key.attempt))
		return;
	origin = origin_of(deposit, &key, name);
	while (artifact_store_abandon(&deposit->store, &origin, &kept) == 1)
		if (tell_stored(deposit, &key, name, &kept) < 0)
			return;
}
