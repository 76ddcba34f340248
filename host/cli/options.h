/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options - the command lines of fstvm's commands, from one table.
 *
 * Every command takes a subset of the same options; --help and the refusal of
 * options that a command has no use for come from the table. Values are kept
 * as text: what they mean is checked where they are used, so that one message
 * says what is wrong with them.
 */
#pragma once

#include "shared/limits.h"
#include "shared/must.h"

#include <stdbool.h>
#include <stdint.h>

enum options_command {
	OPTIONS_RUN = 1 << 0,
	OPTIONS_LIST = 1 << 1,
	OPTIONS_DOCTOR = 1 << 2,
	OPTIONS_REPORT = 1 << 3,
	OPTIONS_RESUME = 1 << 4,
	OPTIONS_DMESG = 1 << 5,
	OPTIONS_CACHE = 1 << 6,
};

struct options {
	const char *kernel;
	const char *fstests;
	const char *fstype;
	const char *mkfs_options;
	const char *mount_options;
	const char *test_size;
	const char *scratch_size;
	const char *pool;
	bool logwrites;
	const char *devices;
	const char *memory;
	const char *cpus;
	const char *kvm;
	const char *init;
	const char *unpack;
	const char *warm;
	const char *timeout;
	const char *test_timeout;
	const char *boot_timeout;
	const char *hang_timeout;
	const char *retries;
	const char *max_crashes;
	const char *kernel_problems;
	const char *vmlinux;
	const char *run_dir;
	const char *name;
	const char *format;
	const char *kernel_parameters;
	const char *environment[LIMIT_ENVIRONMENT + 1]; /* NULL-terminated */
	bool json;
	bool anyway;
	bool quiet;
	bool verbose;
	/* What is left: RUN, FILE, or the test selection. */
	int argc;
	char **argv;
};

/* argv[0] is the command's name. Options end at "--" or, for commands that
 * take a test selection, at the first other word. Returns 0; 1 when --help was
 * asked for and answered; -EINVAL after a message on stderr. */
must_check int options_parse(enum options_command command, int argc,
			     char **argv, struct options *ret_options);

/* "90", "90s", "15m", "2h" in milliseconds. -EINVAL. */
must_check int options_duration_ms(const char *text, uint64_t *ret_ms);
/* A number of 0 to max. -EINVAL. */
must_check int options_number(const char *text, uint32_t max,
			      uint32_t *ret_number);
