/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a file that a user calls a kernel, or a busybox. */
#include "host/vm/busybox.h"
#include "host/vm/image.h"
#include "host/vm/payload.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_payload(struct bytes head)
{
	struct payload payload;

	if (payload_find(head, 1 << 20, &payload) == 0)
		must(payload.length > 0 &&
		     payload.offset + payload.length <= 1 << 20);
	if (payload_find_notes(head, 1 << 20, &payload) == 0)
		must(payload.offset + payload.length <= 1 << 20);
	(void)payload_packing(head);
	(void)payload_has_pvh(head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char release[LIMIT_SHORT_TEXT + 1];
	enum image_kind kind = image_identify(bytes_of(data, size), release);

	must(strlen(release) <= LIMIT_SHORT_TEXT);
	must(kind == IMAGE_BZIMAGE || release[0] == '\0');
	for (const char *c = release; *c; c++)
		must(*c > ' ' && *c < 0x7f);
	must(image_kind_name(kind) != NULL);
	(void)busybox_is_static(bytes_of(data, size));
	check_payload(bytes_of(data, size));
	return 0;
}
