/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_task - task_parse() on any text: what it accepts is safe to send. */
#include "guest/task.h"

#include "shared/bytes.h"
#include "shared/escape.h"
#include "shared/must.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[1024];
	struct task task;
	size_t len;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	must(task_number(text) >= 0);
	memset(&task, 'x', sizeof(task));
	if (task_parse(&task, text) < 0)
		return 0;
	len = strnlen(task.name, sizeof(task.name));
	must(len < TASK_NAME);
	must(escape_utf8_prefix(bytes_of(task.name, len)) == len);
	return 0;
}
