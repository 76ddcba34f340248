/* SPDX-License-Identifier: GPL-2.0-or-later */
/* figures - what the agent costs its guest: said in the log, at the end. */
#include "guest/figures.h"

#include "guest/hook.h"
#include "shared/fd.h"
#include "shared/log.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_MS 1e6

unsigned int figures_parse_resident(const char *status)
{
	const char *line = strstr(status, "\nVmRSS:");
	unsigned int kib = 0;

	if (line != NULL && sscanf(line, " VmRSS: %u", &kib) != 1)
		return 0;
	return kib;
}

static unsigned int resident_kib(pid_t pid)
{
	static char status[4096];
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (fd_read_text(AT_FDCWD, path, status, sizeof(status)) < 0)
		return 0;
	return figures_parse_resident(status);
}

static void log_latency(const char *what, const struct latency *latency)
{
	log_info("%s: %" PRIu64
		 " answered, 50%% in %.2f ms, 99%% in %.2f ms, all in %.2f ms",
		 what, latency->count,
		 (double)latency_percentile_ns(latency, 50) / NS_PER_MS,
		 (double)latency_percentile_ns(latency, 99) / NS_PER_MS,
		 (double)latency->max_ns / NS_PER_MS);
}

void figures_log(const struct latency *hooks, const struct latency *acks)
{
	log_info("agent: %u KiB resident, supervisor %u KiB",
		 resident_kib(getpid()), resident_kib(getppid()));
	log_latency("hooks", &hooks[HOOK_TEST_STARTS]);
	log_latency("begins", &hooks[HOOK_SCOPE_BEGIN]);
	log_latency("stops", &hooks[HOOK_SCOPE_STOP]);
	log_latency("acks", acks);
}
