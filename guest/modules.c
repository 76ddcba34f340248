/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modules - kernel modules that a boot needs, loaded by modprobe. */
#include "guest/modules.h"

#include "guest/child.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static void add(struct modules *modules, const char *name,
		enum modules_kind kind, bool required)
{
	struct modules_entry *entry = &modules->entry[modules->count];

	must(modules->count < MODULES_MAX);
	modules->count++;
	(void)bytes_copy_string(entry->name, sizeof(entry->name), name);
	entry->kind = kind;
	entry->required = required;
}

static bool has_backing(const Pb__RunSpec *spec, Pb__DeviceBacking backing)
{
	size_t i;

	for (i = 0; i < spec->n_devices; i++) {
		if (spec->devices[i]->backing == backing)
			return true;
	}
	return false;
}

void modules_of_spec(struct modules *ret_modules, const Pb__RunSpec *spec)
{
	bool loop = has_backing(spec, PB__DEVICE_BACKING__DEVICE_BACKING_LOOP);
	bool virtio =
		has_backing(spec, PB__DEVICE_BACKING__DEVICE_BACKING_VIRTIO);

	ret_modules->count = 0;
	/* Tests call losetup, which does not load loop, and dmsetup;
	 * system_prepare() mounts configfs. */
	add(ret_modules, "loop", MODULES_DRIVER, loop);
	add(ret_modules, "dm_mod", MODULES_DRIVER, false);
	add(ret_modules, "configfs", MODULES_FILESYSTEM, false);
	if (virtio)
		add(ret_modules, "virtio_blk", MODULES_DRIVER, true);
	if (spec->tree_tag[0] != '/') {
		add(ret_modules, "9pnet_virtio", MODULES_DRIVER, true);
		add(ret_modules, "9p", MODULES_FILESYSTEM, true);
	}
	add(ret_modules, "overlay", MODULES_FILESYSTEM, true);
	add(ret_modules, spec->fstype, MODULES_FILESYSTEM, true);
}

void modules_of_sharing(struct modules *ret_modules)
{
	ret_modules->count = 0;
	add(ret_modules, "9pnet_virtio", MODULES_DRIVER, true);
	add(ret_modules, "9p", MODULES_FILESYSTEM, true);
	add(ret_modules, "overlay", MODULES_FILESYSTEM, true);
}

bool modules_lists_filesystem(struct bytes text, const char *fstype)
{
	while (text.len) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) + 1 : text.len;
		struct bytes line = bytes_take(&text, len);
		const uint8_t *tab = memchr(line.data, '\t', line.len);

		if (end)
			line.len--;
		if (!tab)
			continue;
		(void)bytes_take(&line, (size_t)(tab - line.data) + 1);
		if (bytes_equal_string(line, fstype))
			return true;
	}
	return false;
}

static bool has_filesystem(const char *fstype)
{
	char text[4096];
	ssize_t len =
		fd_read_text(AT_FDCWD, "/proc/filesystems", text, sizeof(text));

	return len > 0 &&
	       modules_lists_filesystem(bytes_of(text, (size_t)len), fstype);
}

/* A driver that is built in and has no parameters is in neither place: then
 * modprobe says that it is built in. */
static bool has_driver(const char *name)
{
	char path[LIMIT_NAME + 32];
	char *at;

	(void)snprintf(path, sizeof(path), "/sys/bus/virtio/drivers/%s", name);
	if (!access(path, F_OK))
		return true;
	(void)snprintf(path, sizeof(path), "/sys/module/%s", name);
	for (at = path; *at; at++) {
		if (*at == '-')
			*at = '_';
	}
	return !access(path, F_OK);
}

static bool is_there(const struct modules_entry *entry)
{
	return entry->kind == MODULES_FILESYSTEM ? has_filesystem(entry->name)
						 : has_driver(entry->name);
}

static void modprobe_name(const struct modules_entry *entry, char *to,
			  size_t cap)
{
	(void)snprintf(to, cap, "%s%s",
		       entry->kind == MODULES_FILESYSTEM ? "fs-" : "",
		       entry->name);
}

static int why_missing(struct why *why, const struct modules_entry *entry,
		       const char *words)
{
	struct utsname name = {.release = ""};

	(void)uname(&name);
	return why_is(why, -ENODEV,
		      "the kernel has no %s: neither built in nor as a module "
		      "in /lib/modules/%s%s%s",
		      entry->name, name.release, *words ? ": " : "", words);
}

/* Of one entry, where it counts. */
static int load_required(const struct modules_entry *entry, uint64_t timeout_ms,
			 struct why *why)
{
	char name[sizeof(entry->name) + 8];
	const char *argv[] = {"modprobe", "--", name, NULL};
	char output[512];
	char words[256];
	struct child_plan plan = {
		.argv = argv, .output = output, .output_cap = sizeof(output)};
	struct child child;
	int rc;

	modprobe_name(entry, name, sizeof(name));
	rc = child_run(&child, &plan, timeout_ms);
	if (rc < 0)
		return why_failed(why, rc, "modprobe %s", name);
	if (child_succeeded(&child) || is_there(entry))
		return 0;
	child_last_line(&child, words, sizeof(words));
	return why_missing(why, entry, words);
}

/* All that are missing with one process; returns 0 when modprobe is content. */
static int load_together(const struct modules *modules, uint64_t timeout_ms)
{
	char name[MODULES_MAX][LIMIT_NAME + 8];
	const char *argv[MODULES_MAX + 5] = {"modprobe", "-a", "-q", "--"};
	size_t first = 4;
	size_t argc = first;
	char output[64];
	struct child_plan plan = {
		.argv = argv, .output = output, .output_cap = sizeof(output)};
	struct child child;
	unsigned int i;

	for (i = 0; i < modules->count; i++) {
		if (is_there(&modules->entry[i]))
			continue;
		modprobe_name(&modules->entry[i], name[i], sizeof(name[i]));
		argv[argc++] = name[i];
	}
	if (argc == first)
		return 0;
	if (child_run(&child, &plan, timeout_ms) < 0)
		return -EIO;
	return child_succeeded(&child) ? 0 : -ENODEV;
}

int modules_load_all(const struct modules *modules, uint64_t timeout_ms,
		     struct why *why)
{
	unsigned int i;

	if (load_together(modules, timeout_ms) == 0)
		return 0;
	for (i = 0; i < modules->count; i++) {
		const struct modules_entry *entry = &modules->entry[i];
		int rc;

		if (!entry->required || is_there(entry))
			continue;
		rc = load_required(entry, timeout_ms, why);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int modules_load(const char *name, uint64_t timeout_ms, struct why *why)
{
	struct modules modules = {.count = 0};

	add(&modules, name, MODULES_DRIVER, true);
	return modules_load_all(&modules, timeout_ms, why);
}
