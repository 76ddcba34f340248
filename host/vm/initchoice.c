/* SPDX-License-Identifier: GPL-2.0-or-later */
/* initchoice - who is PID 1 in the guest: see initchoice.h. */
#include "host/vm/initchoice.h"

#include "host/vm/busybox.h"

#include <errno.h>
#include <string.h>

static const char *const names[] = {
	[PREFLIGHT_INIT_AUTO] = "auto",
	[PREFLIGHT_INIT_AGENT] = "agent",
	[PREFLIGHT_INIT_VNG] = "vng",
};

static const struct vng_version needed_version = {1, 22};

int initchoice_parse(const char *text, enum preflight_init *ret_init)
{
	if (text == NULL) {
		*ret_init = PREFLIGHT_INIT_AUTO;
		return 0;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) == 0) {
			*ret_init = (enum preflight_init)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* What is in the agent's way, with its remedy; NULL: nothing. */
static const char *obstacle(const struct preflight_ask *ask,
			    const struct preflight_found *found,
			    const char **ret_remedy)
{
	char path[PATH_MAX];

	if (vng_version_compare(found->vng_version, needed_version) < 0) {
		*ret_remedy = "pip install --upgrade virtme-ng";
		return "virtme-ng before 1.22 has no --force-initramfs";
	}
	if (busybox_find(preflight_search_path(ask), path) < 0) {
		*ret_remedy = "install a static busybox (Debian: "
			      "busybox-static, Fedora: busybox)";
		return "vng finds no static busybox for an initramfs";
	}
	return NULL;
}

void initchoice_check(struct preflight *list, const struct preflight_ask *ask,
		      struct preflight_found *found)
{
	const char *remedy = NULL;
	const char *reason;

	found->start = VNG_START_EXEC;
	found->init_may_change = ask->init == PREFLIGHT_INIT_AUTO;
	if (ask->init == PREFLIGHT_INIT_VNG) {
		preflight_add(list, "init", PREFLIGHT_OK, NULL,
			      "vng's own init is PID 1, as asked for");
		return;
	}
	reason = obstacle(ask, found, &remedy);
	if (reason == NULL) {
		found->start = VNG_START_INIT;
		preflight_add(list, "init", PREFLIGHT_OK, NULL,
			      "the agent is PID 1");
	} else if (ask->init == PREFLIGHT_INIT_AGENT) {
		preflight_add(list, "init", PREFLIGHT_FAIL, remedy,
			      "the agent can't be PID 1: %s", reason);
	} else {
		preflight_add(list, "init", PREFLIGHT_OK, NULL,
			      "vng's own init is PID 1, which is slower: %s",
			      reason);
	}
}
