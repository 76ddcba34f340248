/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symboliser - source lines in the reports of a run's boots. */
#include "host/run/symboliser.h"

#include "host/run/debuginfo.h"
#include "shared/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void symboliser_init(struct symboliser *symboliser, const char *vmlinux,
		     const char *tree)
{
	*symboliser = (struct symboliser){.vmlinux = vmlinux, .tree = tree};
}

void symboliser_deinit(struct symboliser *symboliser)
{
	symbols_close(symboliser->symbols);
	free(symboliser->text);
	symboliser->symbols = NULL;
	symboliser->text = NULL;
}

void symboliser_hello(struct symboliser *symboliser, const Pb__Hello *hello)
{
	symboliser_deinit(symboliser);
	symboliser->tried = false;
	symboliser->spent_ns = 0;
	bytes_copy_string(symboliser->build_id, sizeof(symboliser->build_id),
			  hello->build_id);
	bytes_copy_string(symboliser->release, sizeof(symboliser->release),
			  hello->kernel_release);
}

/* What was not asked for is missed silently, but a tree that was built anew
 * since is worth a word. */
static const char *open_symbols(struct symboliser *symboliser)
{
	static char why[SYMBOLS_WHY];
	const struct debuginfo_search search = {
		.root = "",
		.vmlinux = symboliser->vmlinux,
		.tree = symboliser->tree,
		.release = symboliser->release,
	};
	struct debuginfo info;
	struct symbols_source source = {
		.vmlinux = info.vmlinux,
		.modules = info.modules,
		.build_id = symboliser->build_id,
	};
	int rc;

	symboliser->tried = true;
	if (!debuginfo_find(&search, &info))
		return NULL;
	if (info.modules[0] == '\0')
		source.modules = NULL;
	rc = symbols_open(&source, &symboliser->symbols, why);
	if (symboliser->complained || rc >= 0 ||
	    (rc != -ESTALE && symboliser->vmlinux == NULL))
		return NULL;
	symboliser->complained = true;
	return why;
}

static void annotate(struct symboliser *symboliser, Pb__KernelProblem *problem)
{
	char *text;

	if (symboliser->symbols == NULL || problem->report == NULL ||
	    symboliser->spent_ns > SYMBOLISER_MS * UINT64_C(1000000) ||
	    symbols_annotate(symboliser->symbols,
			     bytes_of_string(problem->report), &text) < 0)
		return;
	free(symboliser->text);
	symboliser->text = text;
	problem->report = text;
}

const char *symboliser_work(struct symboliser *symboliser,
			    Pb__KernelProblem *problem)
{
	uint64_t began_ns = clock_mono_ns();
	const char *why = NULL;

	if (!symboliser->tried)
		why = open_symbols(symboliser);
	annotate(symboliser, problem);
	symboliser->spent_ns += clock_mono_ns() - began_ns;
	return why;
}
