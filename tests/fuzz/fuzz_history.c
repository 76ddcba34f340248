/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_history - reading of any file as a history.
 *
 * What must hold: what is taken is sorted and bounded, and each entry is found
 * again under its key; what is refused leaves nothing.
 */
#include "host/record/history.h"

#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct history history = {0};
	int rc = history_parse(&history, bytes_of(data, size));

	must(rc == 0 || rc == -EBADMSG || rc == -ENOMEM);
	must(rc == 0 || history.count == 0);
	must(history.count <= HISTORY_ENTRIES);
	for (size_t i = 1; i < history.count; i++)
		must(strcmp(history.entries[i - 1].key,
			    history.entries[i].key) < 0);
	for (size_t i = 0; i < history.count; i++)
		must(strlen(history.entries[i].key) < HISTORY_KEY);
	history_deinit(&history);
	return 0;
}
