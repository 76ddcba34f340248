/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_evidence - see text_evidence.h. */
#include "host/report/text_evidence.h"

#include "host/report/printer.h"
#include "shared/bytes.h"

#include <limits.h>
#include <string.h>

/* The directory that all of them are in; NULL: none was kept. */
static const char *directory_of(const struct evidence_list *list,
				char to[PATH_MAX])
{
	const char *path = NULL;
	char *slash;

	for (uint32_t i = 0; i < list->count && !path; i++)
		path = list->items[i].path;
	if (!path)
		return NULL;
	bytes_copy_string(to, PATH_MAX, path);
	slash = strrchr(to, '/');
	if (slash)
		*slash = '\0';
	return to;
}

static const char *name_of(const struct evidence_item *item)
{
	const char *slash = item->path ? strrchr(item->path, '/') : NULL;

	return slash ? slash + 1 : item->name;
}

void text_evidence_put(FILE *to, const struct evidence_list *list,
		       const struct files *files, const char *before)
{
	const char *separator = " (";
	char directory[PATH_MAX];

	if (!directory_of(list, directory))
		return;
	fprintf(to, "%sevidence: ", before);
	printer_path(to, files, directory);
	for (uint32_t i = 0; i < list->count; i++) {
		if (!list->items[i].path)
			continue;
		fputs(separator, to);
		printer_put(to, name_of(&list->items[i]));
		separator = ", ";
	}
	fputs(list->left_out ? ", …)\n" : ")\n", to);
}
