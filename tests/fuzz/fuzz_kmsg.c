/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_kmsg - kmsg_parse() on any bytes: what it accepts is safe to send. */
#include "guest/kmsg.h"

#include "shared/escape.h"
#include "shared/must.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kmsg_record record;
	size_t len;

	memset(&record, 'x', sizeof(record));
	if (kmsg_parse(&record, bytes_of(data, size)) < 0)
		return 0;
	len = strnlen(record.text, sizeof(record.text));
	must(len <= LIMIT_KMSG_TEXT);
	must(escape_utf8_prefix(bytes_of(record.text, len)) == len);
	len = strnlen(record.caller, sizeof(record.caller));
	must(len <= LIMIT_NAME);
	must(escape_utf8_prefix(bytes_of(record.caller, len)) == len);
	return 0;
}
