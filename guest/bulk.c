/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bulk - what goes to the host when nothing else has to. */
#include "guest/bulk.h"

#include "guest/layout.h"
#include "guest/output.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>

enum { BULK_NICE = 10 };

void bulk_init(struct bulk *bulk, struct channel *channel, struct job *job)
{
	bulk->channel = channel;
	bulk->job = job;
	bulk->collects = false;
}

void bulk_collect(struct bulk *bulk, const Pb__RunSpec *spec)
{
	fd_auto int fd = fd_open(LAYOUT_RESULTS, O_RDONLY | O_DIRECTORY, 0);

	if (bulk->job->artifacts == 0)
		bulk->job->artifacts = 1;
	bulk->collects = fd >= 0 &&
			 collect_open(&bulk->collect, fd, &bulk->job->artifacts,
				      spec->artifact_cap_bytes,
				      spec->test_artifacts_cap_bytes) == 0;
	if (!bulk->collects)
		log_warning("artifacts can't be collected");
}

static bool send_log(struct bulk *bulk)
{
	Pb__LogChunk chunk = PB__LOG_CHUNK__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	if (bulk->job->invocation == 0 || !output_next(bulk->job, &chunk))
		return false;
	envelope.body_case = PB__ENVELOPE__BODY_LOG_CHUNK;
	envelope.log_chunk = &chunk;
	return channel_send(bulk->channel, &envelope) == 0;
}

/* Reading and compressing: after what the test does, which runs already. */
static enum collect_result next_piece(struct bulk *bulk,
				      Pb__ArtifactChunk *ret_chunk,
				      Pb__ArtifactEnd *ret_end)
{
	enum collect_result result;

	(void)setpriority(PRIO_PROCESS, 0, BULK_NICE);
	result = collect_next(&bulk->collect, ret_chunk, ret_end);
	(void)setpriority(PRIO_PROCESS, 0, 0);
	return result;
}

static bool send_artifact(struct bulk *bulk)
{
	Pb__ArtifactChunk chunk = PB__ARTIFACT_CHUNK__INIT;
	Pb__ArtifactEnd end = PB__ARTIFACT_END__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	if (!bulk->collects || !channel_has_room(bulk->channel))
		return false;
	switch (next_piece(bulk, &chunk, &end)) {
	case COLLECT_EMPTY:
		return false;
	case COLLECT_AGAIN:
		return true;
	case COLLECT_CHUNK:
		envelope.body_case = PB__ENVELOPE__BODY_ARTIFACT_CHUNK;
		envelope.artifact_chunk = &chunk;
		break;
	case COLLECT_END:
		envelope.body_case = PB__ENVELOPE__BODY_ARTIFACT_END;
		envelope.artifact_end = &end;
		break;
	}
	if (channel_send(bulk->channel, &envelope) < 0) {
		/* A stream must not have a hole: it begins anew, later. */
		if (envelope.body_case == PB__ENVELOPE__BODY_ARTIFACT_CHUNK)
			collect_rewind(&bulk->collect);
		return false;
	}
	if (envelope.body_case == PB__ENVELOPE__BODY_ARTIFACT_END)
		collect_end_sent(&bulk->collect);
	return true;
}

bool bulk_send(struct bulk *bulk)
{
	return send_log(bulk) || send_artifact(bulk);
}

uint64_t bulk_backlog(const struct bulk *bulk)
{
	return bulk->collects ? collect_backlog(&bulk->collect) : 0;
}

static void tell(struct bulk *bulk, char *text)
{
	Pb__Trouble trouble = PB__TROUBLE__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	trouble.text = text;
	envelope.body_case = PB__ENVELOPE__BODY_TROUBLE;
	envelope.trouble = &trouble;
	(void)!channel_send(bulk->channel, &envelope);
}

void bulk_tell_left(struct bulk *bulk)
{
	char text[96];

	snprintf(text, sizeof(text),
		 "%llu bytes of what tests left are given up with their VM",
		 (unsigned long long)bulk_backlog(bulk));
	tell(bulk, text);
}

void bulk_tell_dropped(struct bulk *bulk)
{
	uint64_t dropped = bulk->collects ? collect_dropped(&bulk->collect) : 0;
	char text[96];

	if (dropped == 0)
		return;
	snprintf(text, sizeof(text),
		 "%llu files that tests left were dropped: too many wait",
		 (unsigned long long)dropped);
	tell(bulk, text);
}
