/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ldpath - where the dynamic linker looks for libraries: see ldpath.h. */
#include "host/warm/ldpath.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONF_BYTES = 16 * 1024, CONF_DEPTH = 8 };

static const char *const built_in[] = {"/lib64", "/usr/lib64", "/lib",
				       "/usr/lib"};

static void add(struct ldpath *ldpath, const char *directory)
{
	char *copy;

	for (size_t i = 0; i < ldpath->count; i++)
		if (strcmp(ldpath->directory[i], directory) == 0)
			return;
	if (ldpath->count == LDPATH_DIRECTORIES || directory[0] != '/')
		return;
	copy = strdup(directory);
	if (copy == NULL)
		return;
	ldpath->directory[ldpath->count++] = copy;
	ldpath->directory[ldpath->count] = NULL;
}

static void read_conf(struct ldpath *ldpath, const char *path, int depth);

static void include(struct ldpath *ldpath, const char *conf,
		    const char *pattern, int depth)
{
	const char *slash = strrchr(conf, '/');
	char path[PATH_MAX];
	glob_t found;

	if (pattern[0] == '/')
		snprintf(path, sizeof(path), "%s", pattern);
	else
		snprintf(path, sizeof(path), "%.*s%s",
			 slash ? (int)(slash - conf) + 1 : 0, conf, pattern);
	if (glob(path, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_conf(ldpath, found.gl_pathv[i], depth + 1);
	globfree(&found);
}

static void take_line(struct ldpath *ldpath, const char *conf, char *line,
		      int depth)
{
	static const char separators[] = " \t:,";
	char *rest = NULL;
	char *word;

	line[strcspn(line, "#")] = '\0';
	word = strtok_r(line, separators, &rest);
	if (word == NULL)
		return;
	if (strcmp(word, "include") == 0) {
		while ((word = strtok_r(NULL, " \t", &rest)) != NULL)
			include(ldpath, conf, word, depth);
		return;
	}
	for (; word != NULL; word = strtok_r(NULL, separators, &rest))
		add(ldpath, word);
}

static void read_conf(struct ldpath *ldpath, const char *path, int depth)
{
	char *text = depth < CONF_DEPTH ? malloc(CONF_BYTES) : NULL;
	char *rest = NULL;

	if (text != NULL && fd_read_text(AT_FDCWD, path, text, CONF_BYTES) >= 0)
		for (char *line = strtok_r(text, "\n", &rest); line != NULL;
		     line = strtok_r(NULL, "\n", &rest))
			take_line(ldpath, path, line, depth);
	free(text);
}

void ldpath_init(struct ldpath *ldpath, const char *conf)
{
	memset(ldpath, 0, sizeof(*ldpath));
	read_conf(ldpath, conf, 0);
	for (size_t i = 0; i < sizeof(built_in) / sizeof(*built_in); i++)
		add(ldpath, built_in[i]);
}

void ldpath_deinit(struct ldpath *ldpath)
{
	for (size_t i = 0; i < ldpath->count; i++)
		free(ldpath->directory[i]);
	memset(ldpath, 0, sizeof(*ldpath));
}

static bool fits(const char *path, const struct elf *elf)
{
	fd_auto int fd = fd_open(path, O_RDONLY, 0);
	uint8_t head[ELF_HEAD];
	struct elf other;

	return fd >= 0 && fd_read_all(fd, head, sizeof(head)) == ELF_HEAD &&
	       elf_identify(bytes_of(head, sizeof(head)), &other) == 0 &&
	       other.class == elf->class && other.machine == elf->machine;
}

/* directory, where $ORIGIN is that of the file at path. Other tokens are left
 * as they are, and so lead nowhere. */
static bool join(const char *directory, size_t len, const char *path,
		 const char *name, char to[PATH_MAX])
{
	static const char *const tokens[] = {"$ORIGIN", "${ORIGIN}"};
	const char *slash = strrchr(path, '/');
	int origin = slash != NULL ? (int)(slash - path) : 0;
	int used;

	for (size_t i = 0; i < 2; i++) {
		size_t token = strlen(tokens[i]);

		if (len < token || strncmp(directory, tokens[i], token) != 0)
			continue;
		used = snprintf(to, PATH_MAX, "%.*s%.*s/%s", origin, path,
				(int)(len - token), directory + token, name);
		return used < PATH_MAX;
	}
	used = snprintf(to, PATH_MAX, "%.*s/%s", (int)len, directory, name);
	return len > 0 && directory[0] == '/' && used < PATH_MAX;
}

static bool find_in(const char *list, const char *name, const struct elf *elf,
		    const char *path, char to[PATH_MAX])
{
	while (list != NULL && *list != '\0') {
		size_t len = strcspn(list, ":");

		if (join(list, len, path, name, to) && fits(to, elf))
			return true;
		list += len + (list[len] == ':');
	}
	return false;
}

int ldpath_find(const struct ldpath *ldpath, const char *name,
		const struct elf *elf, const char *path,
		char ret_path[PATH_MAX])
{
	if (strchr(name, '/') != NULL) {
		if (snprintf(ret_path, PATH_MAX, "%s", name) >= PATH_MAX)
			return -ENOENT;
		return name[0] == '/' && fits(name, elf) ? 0 : -ENOENT;
	}
	if (find_in(elf->runpath != NULL ? elf->runpath : elf->rpath, name, elf,
		    path, ret_path))
		return 0;
	for (size_t i = 0; i < ldpath->count; i++)
		if (find_in(ldpath->directory[i], name, elf, path, ret_path))
			return 0;
	return -ENOENT;
}
