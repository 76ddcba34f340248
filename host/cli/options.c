/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options - the command lines of fstvm's commands, from one table. */
#include "host/cli/options.h"

#include "shared/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL_RUNS (OPTIONS_RUN | OPTIONS_LIST | OPTIONS_DOCTOR)

struct option_row {
	const char *name;
	char letter;
	const char *value; /* its name in --help; NULL: a flag */
	unsigned int commands;
	size_t offset;
	const char *help;
};

#define TEXT(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"kernel", 'k', "K", OPTIONS_RUN | OPTIONS_DOCTOR, TEXT(kernel),
	 "a built source tree, an image, or an installed version\n"
	 "(default: the newest installed kernel that can boot)"},
	{"fstests", 'f', "DIR", ALL_RUNS, TEXT(fstests),
	 "a built fstests tree (default: the bundled smoke suite)"},
	{"fstype", 't', "TYPE", ALL_RUNS, TEXT(fstype),
	 "filesystem (default: by the tests' names, else ext4)"},
	{"mkfs-options", 0, "OPTS", OPTIONS_RUN, TEXT(mkfs_options),
	 "MKFS_OPTIONS for check"},
	{"mount-options", 0, "OPTS", OPTIONS_RUN, TEXT(mount_options),
	 "MOUNT_OPTIONS for check"},
	{"test-size", 0, "SIZE", OPTIONS_RUN, TEXT(test_size),
	 "of TEST_DEV (default: 512M)"},
	{"scratch-size", 0, "SIZE", OPTIONS_RUN, TEXT(scratch_size),
	 "of SCRATCH_DEV, each pool device and LOGWRITES_DEV\n"
	 "(default: 512M)"},
	{"pool", 0, "N", OPTIONS_RUN, TEXT(pool),
	 "2 to 14 devices as SCRATCH_DEV_POOL, no SCRATCH_DEV"},
	{"logwrites", 0, NULL, OPTIONS_RUN, TEXT(logwrites),
	 "with a LOGWRITES_DEV"},
	{"devices", 0, "KIND", OPTIONS_RUN, TEXT(devices),
	 "loop, virtio or auto (default: auto, loop if all fit\n"
	 "half of the memory)"},
	{"memory", 'm', "SIZE", OPTIONS_RUN | OPTIONS_DOCTOR, TEXT(memory),
	 "of the guest (default: 4G)"},
	{"cpus", 'c', "N", OPTIONS_RUN | OPTIONS_DOCTOR, TEXT(cpus),
	 "of the guest (default: 4)"},
	{"kvm", 0, "WHEN", OPTIONS_RUN | OPTIONS_DOCTOR, TEXT(kvm),
	 "on, off or auto (default: auto, when it works here)"},
	{"init", 0, "WHO", OPTIONS_RUN | OPTIONS_DOCTOR, TEXT(init),
	 "PID 1 of the guest: agent, vng or auto (default: auto,\n"
	 "the agent where vng can start it; it boots faster)"},
	{"unpack", 0, "WHEN", OPTIONS_RUN, TEXT(unpack),
	 "auto: without KVM start the kernel unpacked, which is\n"
	 "quicker and without KASLR; off: the image as it is\n"
	 "(default: auto)"},
	{"warm", 0, "WHEN", OPTIONS_RUN, TEXT(warm),
	 "auto: programs and tests in the guest's memory, where\n"
	 "they start faster; off: all from the shared root\n"
	 "(default: auto)"},
	{"timeout", 0, "TIME", OPTIONS_RUN | OPTIONS_RESUME, TEXT(timeout),
	 "of all tests together, from the agent's Hello\n"
	 "(default: none); 90, 90s, 15m, 2h"},
	{"test-timeout", 0, "TIME", OPTIONS_RUN, TEXT(test_timeout),
	 "of each test (default: 20m or 10 times its last duration,\n"
	 "more without KVM)"},
	{"boot-timeout", 0, "TIME", OPTIONS_RUN, TEXT(boot_timeout),
	 "until the agent is up (default: 60s; without KVM 300s)"},
	{"hang-timeout", 0, "TIME", OPTIONS_RUN | OPTIONS_RESUME,
	 TEXT(hang_timeout),
	 "without a sign of life the guest is hung; at least 10s\n"
	 "(default: 60s, times its measured slowness)"},
	{"retries", 0, "N", OPTIONS_RUN, TEXT(retries),
	 "run a test again that crashed, hung or was lost, up to\n"
	 "N times (default: 0)"},
	{"max-crashes", 0, "N", OPTIONS_RUN, TEXT(max_crashes),
	 "give up after so many dead VMs (default: 10; 0: never)"},
	{"kernel-problems", 0, "WHAT", OPTIONS_RUN, TEXT(kernel_problems),
	 "fail the test that the kernel complains in, report it\n"
	 "only, or ignore it (default: fail; without KVM hangs\n"
	 "and stalls are only reported)"},
	{"vmlinux", 0, "FILE", OPTIONS_RUN | OPTIONS_RESUME | OPTIONS_DMESG,
	 TEXT(vmlinux),
	 "with debug information, for source lines in the kernel's\n"
	 "reports; a run looks for the kernel's own, too"},
	{"append", 0, "ARGS", OPTIONS_RUN, TEXT(kernel_parameters),
	 "more kernel parameters, separated by blanks"},
	{"env", 0, "NAME=VALUE", OPTIONS_RUN, TEXT(environment),
	 "in check's environment, as SOAK_DURATION=60; repeatable"},
	{"run-dir", 'o', "DIR", OPTIONS_RUN, TEXT(run_dir),
	 "the run's directory (default: a new one in the state\n"
	 "directory)"},
	{"name", 0, "NAME", OPTIONS_RUN, TEXT(name),
	 "of the run, in its directory's name"},
	{"format", 0, "FORMAT", OPTIONS_REPORT, TEXT(format),
	 "text or json (default: text)"},
	{"json", 0, NULL, OPTIONS_DMESG, TEXT(json), "one JSON object"},
	{"anyway", 0, NULL, OPTIONS_RESUME, TEXT(anyway),
	 "with a kernel image or an fstests tree that is not what\n"
	 "the run began with"},
	{"quiet", 'q', NULL, OPTIONS_RUN | OPTIONS_RESUME, TEXT(quiet),
	 "no progress, only the report at the end"},
	{"verbose", 'v', NULL, OPTIONS_RUN | OPTIONS_RESUME, TEXT(verbose),
	 "the guest's console too"},
};

static const struct {
	enum options_command command;
	const char *usage;
	bool takes_selection;
} usages[] = {
	{OPTIONS_RUN,
	 "fstvm run [OPTIONS] [--] [SELECTION]\n\n"
	 "Boots a kernel in a VM and runs fstests in it. SELECTION "
	 "is as of check:\n-g GROUPS, -x GROUPS, -X FILE, -e TESTS, "
	 "-E FILE, -i N, -L N, -r, --exact-order,\nnames, globs and "
	 "ranges (generic/001-010); default -g quick.\n",
	 true},
	{OPTIONS_LIST,
	 "fstvm list [OPTIONS] [--] [SELECTION]\n\n"
	 "Prints the tests that `fstvm run` would run, without a "
	 "VM.\n",
	 true},
	{OPTIONS_DOCTOR,
	 "fstvm doctor [OPTIONS]\n\n"
	 "Checks every precondition of a run, each with its "
	 "remedy.\n",
	 false},
	{OPTIONS_REPORT,
	 "fstvm report [OPTIONS] RUN\n\n"
	 "The report of an earlier run, from its journal. RUN is "
	 "its directory, its\nname, the beginning of its name, or "
	 "`latest`.\n",
	 false},
	{OPTIONS_RESUME,
	 "fstvm resume [OPTIONS] RUN\n\n"
	 "Goes on with an earlier run: in its directory, with its kernel and "
	 "settings,\nall tests that have no verdict yet. RUN is as of "
	 "report.\n",
	 false},
	{OPTIONS_CACHE,
	 "fstvm cache [clear]\n\n"
	 "Lists what is kept from run to run, with its size and how long ago "
	 "it was used:\nunpacked kernels, and the programs and trees that "
	 "guests get in their memory.\n`clear` removes all of it; what is "
	 "needed is made again.\n",
	 false},
	{OPTIONS_DMESG,
	 "fstvm dmesg [OPTIONS] [FILE|-]\n\n"
	 "Finds kernel problem reports in a log.\n",
	 false},
};

static void print_row(const struct option_row *row)
{
	char head[32];
	const char *line = row->help;
	size_t len = strcspn(line, "\n");

	snprintf(head, sizeof(head), "%s%c%s --%s%s%s", row->letter ? "-" : " ",
		 row->letter ? row->letter : ' ', row->letter ? "," : " ",
		 row->name, row->value ? "=" : "",
		 row->value ? row->value : "");
	printf("  %-24s %.*s\n", head, (int)len, line);
	for (line += len; *line == '\n'; line += len) {
		line++;
		len = strcspn(line, "\n");
		printf("  %-24s %.*s\n", "", (int)len, line);
	}
}

static int print_help(enum options_command command)
{
	for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++)
		if (usages[i].command == command)
			printf("Usage: %s\n", usages[i].usage);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].commands & command)
			print_row(&rows[i]);
	return 1;
}

static bool takes_selection(enum options_command command)
{
	for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++)
		if (usages[i].command == command)
			return usages[i].takes_selection;
	return false;
}

static const struct option_row *find_long(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strlen(rows[i].name) == len &&
		    strncmp(rows[i].name, name, len) == 0)
			return &rows[i];
	return NULL;
}

static const struct option_row *find_letter(char letter)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

static int bad(const char *word, const char *complaint)
{
	log_error("%s %s", word, complaint);
	return -EINVAL;
}

static int add_environment(struct options *options, const char *entry)
{
	size_t n = 0;

	while (options->environment[n] != NULL)
		n++;
	if (n == LIMIT_ENVIRONMENT)
		return bad("--env", "was given too often");
	if (entry[0] == '=' || strchr(entry, '=') == NULL)
		return bad("--env", "takes NAME=VALUE");
	if (strlen(entry) > LIMIT_TEXT)
		return bad("--env", "has a value that is too long");
	options->environment[n] = entry;
	return 0;
}

/* argv[*at] is an option; moves *at past it and its value. */
static int take_option(const struct option_row *row, const char *attached,
		       int argc, char **argv, int *at, struct options *options)
{
	char *field = (char *)options + row->offset;

	if (row->value == NULL) {
		if (attached != NULL)
			return bad(argv[*at], "takes no value");
		*(bool *)field = true;
		++*at;
		return 0;
	}
	if (attached == NULL) {
		if (*at + 1 >= argc)
			return bad(argv[*at], "needs a value");
		attached = argv[++*at];
	}
	++*at;
	if (row->offset == TEXT(environment))
		return add_environment(options, attached);
	*(const char **)(void *)field = attached;
	return 0;
}

/* 1: an option of ours, taken; 0: none of ours. */
static int try_option(enum options_command command, int argc, char **argv,
		      int *at, struct options *options)
{
	const char *word = argv[*at];
	const char *attached = NULL;
	const struct option_row *row = NULL;
	int rc;

	if (word[0] != '-' || word[1] == '\0')
		return 0;
	if (word[1] == '-') {
		size_t len = strcspn(word + 2, "=");

		row = find_long(word + 2, len);
		if (word[2 + len] == '=')
			attached = word + 2 + len + 1;
	} else {
		row = find_letter(word[1]);
		if (word[2] != '\0')
			attached = word + 2;
	}
	if (row == NULL || !(row->commands & command))
		return 0;
	rc = take_option(row, attached, argc, argv, at, options);
	return rc < 0 ? rc : 1;
}

/* A word that looks like an option and is none of this command's. */
static bool is_stray_option(enum options_command command, const char *word)
{
	if (word[0] != '-' || word[1] == '\0')
		return false;
	/* A selection has options of its own, and one that is long. */
	return !takes_selection(command) ||
	       (word[1] == '-' && strcmp(word, "--exact-order") != 0);
}

/* Takes the options up to a word that is none; *at is there then. */
static int take_options(enum options_command command, int argc, char **argv,
			int *at, struct options *options)
{
	while (*at < argc && strcmp(argv[*at], "--") != 0) {
		int rc;

		if (strcmp(argv[*at], "--help") == 0 ||
		    strcmp(argv[*at], "-h") == 0)
			return print_help(command);
		rc = try_option(command, argc, argv, at, options);
		if (rc < 0)
			return rc;
		if (rc == 1)
			continue;
		if (is_stray_option(command, argv[*at]))
			return bad(argv[*at], "is unknown here; see --help");
		break;
	}
	return 0;
}

/* A selection is all that follows its first word; the one word of the other
 * commands may have options behind it. */
static int parse_words(enum options_command command, int argc, char **argv,
		       struct options *options)
{
	int at = 1;
	int rc = take_options(command, argc, argv, &at, options);
	int word = at;

	if (rc == 0 && !takes_selection(command) && at < argc &&
	    strcmp(argv[at], "--") != 0) {
		at++;
		rc = take_options(command, argc, argv, &at, options);
		if (rc == 0 && at < argc)
			return bad(argv[at], "is one word too many");
		options->argv = argv + word;
		options->argc = 1;
		return rc;
	}
	if (at < argc && strcmp(argv[at], "--") == 0)
		at++;
	options->argv = argv + at;
	options->argc = argc - at;
	return rc;
}

int options_parse(enum options_command command, int argc, char **argv,
		  struct options *ret_options)
{
	struct options options = {0};
	int rc = parse_words(command, argc, argv, &options);

	if (rc == 0)
		*ret_options = options;
	return rc;
}

int options_duration_ms(const char *text, uint64_t *ret_ms)
{
	static const struct {
		const char *suffix;
		uint64_t ms;
	} units[] = {{"", 1000},     {"s", 1000},     {"m", 60000},
		     {"h", 3600000}, {"d", 86400000}, {"ms", 1}};
	unsigned long long number;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].suffix) != 0)
			continue;
		/* A year is longer than any run. */
		if (errno != 0 || number == 0 ||
		    number > 366ULL * 86400000 / units[i].ms)
			return -EINVAL;
		*ret_ms = number * units[i].ms;
		return 0;
	}
	return -EINVAL;
}

int options_number(const char *text, uint32_t max, uint32_t *ret_number)
{
	unsigned long number;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || number > max)
		return -EINVAL;
	*ret_number = (uint32_t)number;
	return 0;
}
