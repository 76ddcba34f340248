/* SPDX-License-Identifier: GPL-2.0-or-later */
/* debuginfo - where the debug information of a kernel is. */
#include "host/run/debuginfo.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_there(const char *path)
{
	return path[0] != '\0' && access(path, R_OK) == 0;
}

/* "" when it does not fit. */
static void make_path(char path[PATH_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void make_path(char path[PATH_MAX], const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(path, PATH_MAX, format, args);
	va_end(args);
	if (len < 0 || len >= PATH_MAX)
		path[0] = '\0';
}

static bool has(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* A release goes into paths: it is the guest's word. */
static bool is_release(const char *text)
{
	return has(text) && strchr(text, '/') == NULL &&
	       strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

/* A package that was unpacked elsewhere: DIR/boot/vmlinux-RELEASE has its
 * modules in DIR/lib/modules/RELEASE. */
static bool find_unpacked(struct debuginfo *info, int directory_len,
			  const char *release)
{
	static const char boot[] = "/boot";
	int len = directory_len - (int)strlen(boot);

	if (len < 0 || strncmp(info->vmlinux + len, boot, strlen(boot)) != 0)
		return false;
	make_path(info->modules, "%.*s/lib/modules/%s", len, info->vmlinux,
		  release);
	return is_there(info->modules);
}

/* Of a built tree it has all modules; a package's file has its release in its
 * name, or its modules beside it. */
static void find_modules(const struct debuginfo_search *search,
			 struct debuginfo *info)
{
	const char *name = strrchr(info->vmlinux, '/');
	const char *release = search->release;
	int len = name != NULL ? (int)(name - info->vmlinux) : 0;

	name = name != NULL ? name + 1 : info->vmlinux;
	if (strncmp(name, "vmlinux-", strlen("vmlinux-")) == 0)
		release = name + strlen("vmlinux-");
	else
		make_path(info->modules, "%.*s", len, info->vmlinux);
	if (info->modules[0] != '\0' || !is_release(release) ||
	    find_unpacked(info, len, release))
		return;
	make_path(info->modules, "%s/usr/lib/debug/lib/modules/%s",
		  search->root, release);
	if (!is_there(info->modules))
		info->modules[0] = '\0';
}

static bool find_installed(const struct debuginfo_search *search,
			   struct debuginfo *info)
{
	const char *root = search->root;
	const char *release = search->release;

	if (!is_release(release))
		return false;
	make_path(info->vmlinux, "%s/usr/lib/debug/boot/vmlinux-%s", root,
		  release);
	if (is_there(info->vmlinux))
		return true;
	make_path(info->vmlinux, "%s/usr/lib/debug/lib/modules/%s/vmlinux",
		  root, release);
	if (is_there(info->vmlinux))
		return true;
	make_path(info->vmlinux, "%s/lib/modules/%s/build/vmlinux", root,
		  release);
	return is_there(info->vmlinux);
}

static bool find_vmlinux(const struct debuginfo_search *search,
			 struct debuginfo *info)
{
	if (has(search->vmlinux)) {
		make_path(info->vmlinux, "%s", search->vmlinux);
		return info->vmlinux[0] != '\0';
	}
	if (has(search->tree)) {
		make_path(info->vmlinux, "%s/vmlinux", search->tree);
		if (is_there(info->vmlinux))
			return true;
	}
	return find_installed(search, info);
}

bool debuginfo_find(const struct debuginfo_search *search,
		    struct debuginfo *ret_info)
{
	ret_info->vmlinux[0] = ret_info->modules[0] = '\0';
	if (!find_vmlinux(search, ret_info))
		return false;
	find_modules(search, ret_info);
	return true;
}
