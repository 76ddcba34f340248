/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job - what must survive the agent: shared by supervisor and agent. */
#include "guest/job.h"

#include "shared/fd.h"

#include <sys/mman.h>
#include <unistd.h>

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
