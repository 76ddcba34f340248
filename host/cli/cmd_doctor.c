/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_doctor - every precondition of a run, each with its remedy. */
#include "host/cli/commands.h"
#include "host/cli/prepare.h"
#include "host/report/exitcode.h"
#include "shared/escape.h"

#include <stdio.h>

static void print_check(const struct preflight_check *check)
{
	char text[4 * PREFLIGHT_TEXT];

	escape_text(text, sizeof(text), bytes_of_string(check->text), true);
	printf("%-5s %-18s %s\n", preflight_outcome_name(check->outcome),
	       check->name, text);
	if (check->remedy[0] == '\0')
		return;
	escape_text(text, sizeof(text), bytes_of_string(check->remedy), true);
	printf("%-5s %-18s %s\n", "", "", text);
}

int cmd_doctor(int argc, char **argv)
{
	struct options options;
	struct prepared *prepared;
	bool failed;
	int rc = options_parse(OPTIONS_DOCTOR, argc, argv, &options);

	if (rc != 0)
		return rc < 0 ? EXITCODE_USAGE : EXITCODE_PASSED;
	prepared = prepare_create();
	if (prepared == NULL)
		return EXITCODE_BROKEN;
	prepare_run(prepared, &options);
	for (size_t i = 0; i < prepared->list.count; i++)
		print_check(&prepared->list.checks[i]);
	failed = preflight_failed(&prepared->list);
	prepare_destroy(prepared);
	return failed ? EXITCODE_USAGE : EXITCODE_PASSED;
}
