/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/qmpline.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct qmpline line;

	qmpline_parse(&line, bytes_of(data, size));
	must(line.id >= -1);
	must(memchr(line.event, '\0', sizeof(line.event)) != NULL);
	must((line.kind == QMPLINE_EVENT_KIND) == (line.event[0] != '\0'));
	must(line.kind != QMPLINE_ANSWER || line.value != NULL);
	must(line.kind == QMPLINE_ANSWER || line.kind == QMPLINE_ERROR ||
	     line.value == NULL);
	if (line.kind == QMPLINE_ERROR)
		must(line.value == NULL || json_is_string(line.value));
	qmpline_clear(&line);
	return 0;
}
