/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_evidence - see json_evidence.h. */
#include "host/report/json_evidence.h"

#include "host/report/json_text.h"

static json_t *one_item(const struct evidence_item *item)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "name", json_text(item->name),
			 "path", json_text_or_null(item->path), "kept",
			 json_text_count(item->kept_bytes), "dropped",
			 json_text_count(item->dropped_bytes));
}

json_t *json_evidence(const struct evidence_list *list)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < list->count; i++) {
		if (json_array_append_new(array, one_item(&list->items[i])) <
		    0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}
