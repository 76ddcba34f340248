/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job - what must survive the agent: shared by supervisor and agent. */
#include "guest/job.h"

#include "shared/fd.h"

#include <sys/mman.h>
#include <unistd.h>

void job_will_say(struct job *job, enum job_message message)
{
	job->said[message] = outbox_sequence(&job->outbox);
}

bool job_has_said(const struct job *job, enum job_message message)
{
	return job->said[message] != 0;
}

bool job_is_heard(const struct job *job, enum job_message message)
{
	return job_has_said(job, message) &&
	       job->said[message] <= job->outbox.acked;
}

void job_has_not_said(struct job *job, enum job_message message)
{
	job->said[message] = 0;
}

void job_take_over(struct job *job)
{
	for (int i = 0; i < JOB_MESSAGES; i++)
		if (job->said[i] >= outbox_sequence(&job->outbox))
			job->said[i] = 0;
	if (job_has_said(job, JOB_SAYS_KERNEL_RECORDS))
		job->kmsg_next = job->kmsg_after;
}

struct job *job_create(void)
{
	fd_auto int fd = memfd_create("fstvm-job", MFD_CLOEXEC);
	struct job *job;

	if (fd < 0 || ftruncate(fd, sizeof(*job)) < 0)
		return NULL;
	job = mmap(NULL, sizeof(*job), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   0);
	if (job == MAP_FAILED)
		return NULL;
	outbox_init(&job->outbox);
	return job;
}
