/* SPDX-License-Identifier: GPL-2.0-or-later */
/* figures - what the agent costs its guest: said in the log, at the end. */
#pragma once

#include "shared/latency.h"

/* Lines of the log: the memory of the agent and of its supervisor; how long
 * check had to wait until it might start a test, and, when one was over, until
 * it might go on; how much of the former was the host's answer. hooks: by enum
 * hook_kind. */
void figures_log(const struct latency *hooks, const struct latency *acks);

/* VmRSS of a /proc/PID/status, in KiB; 0: not in it. */
unsigned int figures_parse_resident(const char *status);
