/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstvm-agent - the program in the guest; also the shims that check calls. */
#include "guest/init.h"
#include "guest/port.h"
#include "guest/shim.h"
#include "guest/supervisor.h"
#include "shared/log.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { PORT_WAIT_MS = 60000 };

static const struct option options[] = {
	{"channel", required_argument, NULL, 'c'},
	{"tree", required_argument, NULL, 't'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static int usage(FILE *to, int status)
{
	fputs("Usage: fstvm-agent [--channel FD] [--tree DIR]\n"
	      "Runs fstests in a guest for fstvm; started by fstvm, not by "
	      "hand.\n\n"
	      "  --channel FD  speak on this descriptor, not on the virtio "
	      "port;\n"
	      "                leave host name and sysctls as they are\n"
	      "  --tree DIR    the fstests tree, not the host's 9p export\n"
	      "  --help, --version\n",
	      to);
	return status;
}

static int parse(int argc, char **argv, struct supervisor_options *ret_options)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			ret_options->channel_fd = atoi(optarg);
			ret_options->shared_machine = true;
			break;
		case 't':
			ret_options->tree = optarg;
			break;
		case 'h':
			exit(usage(stdout, 0));
		case 'V':
			puts("fstvm-agent " FSTVM_VERSION);
			exit(0);
		default:
			return -1;
		}
	}
	return optind == argc ? 0 : -1;
}

static int open_channel(void)
{
	struct why why = {0};
	int fd = port_open(PORT_NAME, PORT_WAIT_MS, &why);

	if (fd < 0)
		log_error("no channel to the host: %s", why.text);
	return fd;
}

static int run(struct supervisor_options *chosen)
{
	if (chosen->channel_fd < 0)
		chosen->channel_fd = open_channel();
	if (chosen->channel_fd < 0)
		return 1;
	fcntl(chosen->channel_fd, F_SETFD, FD_CLOEXEC);
	fcntl(chosen->channel_fd, F_SETFL,
	      fcntl(chosen->channel_fd, F_GETFL) | O_NONBLOCK);
	return supervisor_main(chosen);
}

/* Its arguments are what the kernel did not understand of its own. Returning
 * would be a panic. */
static _Noreturn void run_as_init(void)
{
	struct supervisor_options chosen = {.channel_fd = -1};
	struct why why = {0};
	int status = 1;

	if (init_set_up(&why) < 0)
		log_error("the guest can't be set up: %s", why.text);
	else
		status = run(&chosen);
	init_power_off(status);
}

int main(int argc, char **argv)
{
	struct supervisor_options chosen = {.channel_fd = -1};

	if (argc > 0 && shim_is_name(argv[0]))
		return shim_main(argc, argv);
	log_open("fstvm-agent", LOG_INFO);
	if (init_is_wanted())
		run_as_init();
	if (parse(argc, argv, &chosen) < 0)
		return usage(stderr, 2);
	return run(&chosen);
}
