/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/cmdline.h"
#include "guest/modtree.h"
#include "guest/root.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct root_overlays overlays;
	static struct modtree modtree;
	struct bytes text = bytes_of(data, size);
	char value[16];
	int len = cmdline_find(text, "a", value, sizeof(value));

	must(len < (int)sizeof(value));
	must(memchr(value, '\0', sizeof(value)) != NULL);
	root_list_overlays(&overlays, text);
	must(overlays.count > 0 && overlays.count <= ROOT_OVERLAYS);
	for (size_t i = 0; i < overlays.count; i++)
		must(overlays.path[i][0] == '/');
	modtree_init(&modtree, text);
	must(modtree.tree_fd == -1);
	return 0;
}
