/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts - what Hello tells of this machine and its kernel. Read once.
 *
 * Config facts come from /proc/config.gz, else from /boot/config-$(uname -r)
 * or /lib/modules/$(uname -r)/config: the few options that say how much
 * debugging is in the kernel, not all of them. What can't be read stays empty.
 */
#pragma once

#include "guest/buildid.h"
#include "shared/bytes.h"
#include "shared/limits.h"

#include "fstvm.pb-c.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/utsname.h>

enum { FACTS_OPTION_MAX = 64 };

struct facts {
	struct utsname name;
	char boot_id[64];
	char build_id[BUILDID_TEXT];
	char command_line[LIMIT_TEXT + 1];
	uint64_t taint;
	uint64_t memory_bytes;
	uint32_t cpus;
	unsigned int config_count;
	char config[LIMIT_CONFIG_FACTS][FACTS_OPTION_MAX];
	char *config_list[LIMIT_CONFIG_FACTS]; /* for the message */
};

void facts_read(struct facts *ret_facts);
/* Into a message that lives no longer than facts. Leaves protocol and agent
 * version, incarnation, received_upto and is_init to the caller. */
void facts_fill(struct facts *facts, Pb__Hello *hello);
/* Whether a line of a kernel's config is one that we tell (pure). */
bool facts_wants_option(struct bytes line);
/* "0-2,5": how many (pure). */
uint32_t facts_count_cpus(const char *list);
