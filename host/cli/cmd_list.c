/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_list - what would run, without a VM. */
#include "host/cli/commands.h"
#include "host/cli/prepare.h"
#include "host/report/exitcode.h"

#include <stdio.h>

int cmd_list(int argc, char **argv)
{
	struct options options;
	struct prepared *prepared;
	int rc = options_parse(OPTIONS_LIST, argc, argv, &options);

	if (rc != 0)
		return rc < 0 ? EXITCODE_USAGE : EXITCODE_PASSED;
	prepared = prepare_create();
	if (prepared == NULL)
		return EXITCODE_BROKEN;
	prepare_tests(prepared, &options);
	rc = prepare_complain(prepared);
	if (rc == 0)
		rc = plan_list(&prepared->plan, stdout);
	if (rc == 0)
		fprintf(stderr, "%zu tests\n",
			prepared->plan.count - prepared->plan.excluded);
	prepare_destroy(prepared);
	return rc < 0 ? EXITCODE_USAGE : EXITCODE_PASSED;
}
