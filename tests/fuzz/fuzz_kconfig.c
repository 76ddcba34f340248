/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/kconfig.h"
#include "host/vm/vng.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_version(const uint8_t *data, size_t size)
{
	struct vng_version version;
	char text[64];

	if (size >= sizeof(text))
		size = sizeof(text) - 1;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	if (vng_version_parse(text, &version) == 0)
		must(version.major <= 9999 && version.minor <= 9999);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kconfig_need need = {.machine = "x86_64",
					  .fstype = "ext2",
					  .loop = true,
					  .virtio_blk = true,
					  .elf = true};
	const char *facts[LIMIT_CONFIG_FACTS];
	char missing[KCONFIG_MISSING];
	struct kconfig config;
	size_t count;

	check_version(data, size);
	if (kconfig_parse(&config, bytes_of(data, size)))
		return 0;
	count = kconfig_missing(&config, &need, missing);
	must(memchr(missing, '\0', sizeof(missing)) != NULL);
	must((count == 0) == (missing[0] == '\0'));
	must(kconfig_facts(&config, facts) <= LIMIT_CONFIG_FACTS);
	kconfig_free(&config);
	return 0;
}
