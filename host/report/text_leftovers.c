/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_leftovers - see text_leftovers.h. */
#include "host/report/text_leftovers.h"

#include "host/report/printer.h"

/* Of its last attempt that has left something; NULL: none has. */
static const char *leftovers_of(const struct ledger_test *test)
{
	const char *leftovers = NULL;

	for (uint32_t i = 0; i < test->attempt_count; i++)
		if (test->attempts[i].leftovers)
			leftovers = test->attempts[i].leftovers;
	return leftovers;
}

static size_t count(const struct result *result)
{
	size_t found = 0;

	for (size_t i = 0; i < result_test_count(result); i++)
		found += leftovers_of(result_test(result, i)) != NULL;
	return found;
}

void text_leftovers_put(FILE *to, const struct result *result)
{
	size_t number = 0;

	if (count(result) == 0)
		return;
	fprintf(to, "Left Behind (%zu):\n", count(result));
	for (size_t i = 0; i < result_test_count(result); i++) {
		const struct ledger_test *test = result_test(result, i);
		const char *leftovers = leftovers_of(test);

		if (!leftovers)
			continue;
		fprintf(to, "  %zu. ", ++number);
		printer_test(to, test);
		fputs("\n     ", to);
		printer_put(to, leftovers);
		fputc('\n', to);
	}
	fputc('\n', to);
}
