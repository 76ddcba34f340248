/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_buildid - buildid_of_notes() on any bytes. */
#include "guest/buildid.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[BUILDID_TEXT];

	memset(text, 'x', sizeof(text));
	if (buildid_of_notes(bytes_of(data, size), text) < 0)
		return 0;
	must(strnlen(text, sizeof(text)) < sizeof(text));
	must(strspn(text, "0123456789abcdef") == strlen(text));
	return 0;
}
