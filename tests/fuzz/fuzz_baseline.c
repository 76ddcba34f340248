/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_baseline - tables of mounts and swap areas, in which tests choose the
 * names: each thing that is found is short, one line, and safe to send. */
#include "guest/baseline.h"

#include "shared/escape.h"
#include "shared/must.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(void *context, const char *thing)
{
	size_t *count = context;
	size_t len = strnlen(thing, BASELINE_THING);

	must(len < BASELINE_THING);
	must(strchr(thing, '\n') == NULL);
	must(escape_utf8_prefix(bytes_of(thing, len)) == len);
	++*count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct job_places places = {
		.test_dir = "/run/fstvm/test",
		.scratch_mnt = "/run/fstvm/scratch",
	};
	size_t count = 0;

	baseline_mounts(bytes_of(data, size), &places, look, &count);
	baseline_swaps(bytes_of(data, size), look, &count);
	/* Not more than there are lines, of either kind. */
	must(count <= 2 * (size + 1));
	return 0;
}
