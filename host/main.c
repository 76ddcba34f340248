/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstvm - boots a kernel in a VM, runs fstests in it, says what happened. */
#include "host/cli/cmd_dmesg.h"
#include "host/cli/commands.h"
#include "host/cli/options.h"
#include "host/report/exitcode.h"
#include "shared/log.h"

#include <stdio.h>
#include <string.h>

static int dmesg(int argc, char **argv)
{
	struct options options;
	struct cmd_dmesg_options what;
	int rc = options_parse(OPTIONS_DMESG, argc, argv, &options);

	if (rc != 0)
		return rc < 0 ? EXITCODE_USAGE : EXITCODE_PASSED;
	if (options.argc > 1) {
		log_error("dmesg takes one file, or - for standard input");
		return EXITCODE_USAGE;
	}
	what.path = options.argc == 1 ? options.argv[0] : NULL;
	what.json = options.json;
	what.vmlinux = options.vmlinux;
	return cmd_dmesg(&what, stdout, stderr);
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{"run", cmd_run, "boot a kernel and run tests in it"},
	{"resume", cmd_resume, "go on with an earlier run"},
	{"list", cmd_list, "print the tests that would run"},
	{"doctor", cmd_doctor, "check every precondition of a run"},
	{"report", cmd_report, "show the report of an earlier run"},
	{"cache", cmd_cache, "show what is kept from run to run, or remove it"},
	{"dmesg", dmesg, "find the kernel's problem reports in a log"},
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
