/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allowance - see allowance.h. */
#include "host/record/allowance.h"

#include "shared/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t left(const struct allowance *allowance)
{
	return allowance->used_bytes < allowance->cap_bytes
		       ? allowance->cap_bytes - allowance->used_bytes
		       : 0;
}

int allowance_keep(struct allowance *allowance, char **slot, const char *text,
		   size_t max)
{
	size_t len;
	char *copy;

	if (!text || !*text) {
		allowance_drop(allowance, slot);
		return 0;
	}
	len = strnlen(text, max);
	if (len > ALLOWANCE_SHORT && len > left(allowance))
		len = ALLOWANCE_SHORT;
	copy = malloc(len + 1);
	if (!copy)
		return -ENOMEM;
	len = bytes_copy_string(copy, len + 1, text);
	allowance_drop(allowance, slot);
	allowance->used_bytes += len;
	*slot = copy;
	return 0;
}

void allowance_drop(struct allowance *allowance, char **slot)
{
	if (*slot)
		allowance->used_bytes -= strlen(*slot);
	free(*slot);
	*slot = NULL;
}

bool allowance_is_spent(const struct allowance *allowance)
{
	return left(allowance) < ALLOWANCE_SHORT;
}
