/* SPDX-License-Identifier: GPL-2.0-or-later */
/* evidence_list - see evidence_list.h. */
#include "host/record/evidence_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int evidence_list_add(struct evidence_list *list, struct allowance *allowance,
		      const Pb__EvidenceStored *stored)
{
	struct evidence_item *grown;
	struct evidence_item *new;
	int r;

	if (list->count == EVIDENCE_LIST) {
		list->left_out++;
		return 0;
	}
	grown = reallocarray(list->items, list->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	list->items = grown;
	new = &grown[list->count];
	memset(new, 0, sizeof(*new));
	list->count++;
	new->kept_bytes = stored->kept_bytes;
	new->dropped_bytes = stored->dropped_bytes;
	r = allowance_keep(allowance, &new->name, stored->name,
			   EVIDENCE_LIST_TEXT);
	return r < 0 ? r
		     : allowance_keep(allowance, &new->path, stored->path,
				      EVIDENCE_LIST_TEXT);
}

void evidence_list_deinit(struct evidence_list *list,
			  struct allowance *allowance)
{
	for (uint32_t i = 0; i < list->count; i++) {
		allowance_drop(allowance, &list->items[i].name);
		allowance_drop(allowance, &list->items[i].path);
	}
	free(list->items);
	*list = (struct evidence_list){0};
}
