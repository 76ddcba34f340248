/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstvm - boots a kernel in a VM, runs fstests in it, says what happened. */
#include "host/commands.h"
#include "host/report/exitcode.h"
#include "shared/log.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{"run", cmd_run, "boot a kernel and run tests in it"},
	{"list", cmd_list, "print the tests that would run"},
	{"doctor", cmd_doctor, "check every precondition of a run"},
	{"report", cmd_report, "show the report of an earlier run"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int usage(FILE *to, int status)
{
	fputs("Usage: fstvm COMMAND [OPTIONS]\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].help);
	fputs("\n`fstvm COMMAND --help` shows its options; `fstvm --version` "
	      "the version.\n",
	      to);
	return status;
}

int main(int argc, char **argv)
{
	log_open("fstvm", LOG_INFO);
	if (argc < 2)
		return usage(stderr, EXITCODE_USAGE);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return usage(stdout, EXITCODE_PASSED);
	if (strcmp(argv[1], "--version") == 0) {
		puts("fstvm " FSTVM_VERSION);
		return EXITCODE_PASSED;
	}
	log_error("unknown command \"%.64s\"; see fstvm --help", argv[1]);
	return EXITCODE_USAGE;
}
