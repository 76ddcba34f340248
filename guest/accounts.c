/* SPDX-License-Identifier: GPL-2.0-or-later */
/* accounts - the users and groups of fstests in the guest's own /etc. */
#include "guest/accounts.h"

#include "guest/layout.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[ACCOUNTS_COUNT] = {
	"fsgqa",
	"fsgqa2",
	"123456-fsgqa",
};

static const uint32_t no_id = UINT32_MAX;

static struct bytes take_field(struct bytes *line, int separator)
{
	const uint8_t *end = memchr(line->data, separator, line->len);
	size_t len = end ? (size_t)(end - line->data) : line->len;
	struct bytes field = bytes_take(line, len);

	(void)bytes_take(line, 1);
	return field;
}

static uint32_t parse_id(struct bytes field)
{
	uint64_t value = 0;
	size_t i;

	if (field.len == 0 || field.len > 10)
		return no_id;
	for (i = 0; i < field.len; i++) {
		if (field.data[i] < '0' || field.data[i] > '9')
			return no_id;
		value = value * 10 + (field.data[i] - '0');
	}
	return value < no_id ? (uint32_t)value : no_id;
}

/* name:x:id:… of passwd and of group. */
static uint32_t line_id(struct bytes line, struct bytes *ret_name)
{
	*ret_name = take_field(&line, ':');
	(void)take_field(&line, ':');
	return parse_id(take_field(&line, ':'));
}

static uint32_t find_id(struct bytes text, const char *name)
{
	struct bytes found;

	while (text.len) {
		uint32_t id = line_id(take_field(&text, '\n'), &found);

		if (bytes_equal_string(found, name))
			return id;
	}
	return no_id;
}

static bool has_id(struct bytes text, uint32_t id)
{
	struct bytes found;

	while (text.len) {
		if (line_id(take_field(&text, '\n'), &found) == id)
			return true;
	}
	return false;
}

void accounts_choose(struct accounts *ret_accounts, struct bytes passwd,
		     struct bytes group)
{
	uint32_t next = ACCOUNTS_FIRST_ID;
	size_t i;

	for (i = 0; i < ACCOUNTS_COUNT; i++) {
		uint32_t uid = find_id(passwd, names[i]);
		uint32_t gid = find_id(group, names[i]);

		while (has_id(passwd, next) || has_id(group, next))
			next++;
		ret_accounts->entry[i].name = names[i];
		ret_accounts->entry[i].uid = uid == no_id ? next : uid;
		ret_accounts->entry[i].gid = gid == no_id ? next : gid;
		next++;
	}
}

static bool is_ours(struct bytes line)
{
	struct bytes name = take_field(&line, ':');
	size_t i;

	for (i = 0; i < ACCOUNTS_COUNT; i++) {
		if (bytes_equal_string(name, names[i]))
			return true;
	}
	return false;
}

struct sink {
	char *to;
	size_t cap;
	size_t used;
	bool full;
};

static void put(struct sink *sink, struct bytes text)
{
	if (sink->full || text.len >= sink->cap - sink->used) {
		sink->full = true;
		return;
	}
	memcpy(sink->to + sink->used, text.data, text.len);
	sink->used += text.len;
	sink->to[sink->used] = '\0';
}

static void put_line(struct sink *sink, const struct accounts *accounts,
		     enum accounts_file file, size_t index)
{
	const char *name = accounts->entry[index].name;
	unsigned int uid = accounts->entry[index].uid;
	unsigned int gid = accounts->entry[index].gid;
	char line[256] = "";

	switch (file) {
	case ACCOUNTS_PASSWD:
		(void)snprintf(line, sizeof(line),
			       "%s:x:%u:%u:fstests:" LAYOUT_HOME
			       "/%s:/bin/bash\n",
			       name, uid, gid, name);
		break;
	case ACCOUNTS_GROUP:
		(void)snprintf(line, sizeof(line), "%s:x:%u:\n", name, gid);
		break;
	case ACCOUNTS_SHADOW:
		(void)snprintf(line, sizeof(line), "%s:*:::::::\n", name);
		break;
	case ACCOUNTS_GSHADOW:
		(void)snprintf(line, sizeof(line), "%s:*::\n", name);
		break;
	}
	put(sink, bytes_of_string(line));
}

static ssize_t sink_length(const struct sink *sink)
{
	return sink->full ? -EFBIG : (ssize_t)sink->used;
}

ssize_t accounts_add(const struct accounts *accounts, enum accounts_file file,
		     struct bytes text, char *to, size_t cap)
{
	struct sink sink = {.to = to, .cap = cap};
	size_t i;

	while (text.len) {
		struct bytes line = take_field(&text, '\n');

		if (line.len == 0 || is_ours(line))
			continue;
		put(&sink, line);
		put(&sink, bytes_of_string("\n"));
	}
	for (i = 0; i < ACCOUNTS_COUNT; i++)
		put_line(&sink, accounts, file, i);
	return sink_length(&sink);
}

ssize_t accounts_lock_all(enum accounts_file file, struct bytes text, char *to,
			  size_t cap)
{
	const char *rest = file == ACCOUNTS_GSHADOW ? ":*::\n" : ":*:::::::\n";
	struct sink sink = {.to = to, .cap = cap};

	must(cap > 0);
	to[0] = '\0';
	while (text.len) {
		struct bytes line = take_field(&text, '\n');
		struct bytes name = take_field(&line, ':');

		if (name.len == 0)
			continue;
		put(&sink, name);
		put(&sink, bytes_of_string(rest));
	}
	return sink_length(&sink);
}

static const struct {
	const char *from;
	const char *to;
	mode_t mode;
} file_table[] = {
	[ACCOUNTS_PASSWD] = {"/etc/passwd", LAYOUT_ETC "/passwd", 0644},
	[ACCOUNTS_GROUP] = {"/etc/group", LAYOUT_ETC "/group", 0644},
	[ACCOUNTS_SHADOW] = {"/etc/shadow", LAYOUT_ETC "/shadow", 0600},
	[ACCOUNTS_GSHADOW] = {"/etc/gshadow", LAYOUT_ETC "/gshadow", 0600},
};

/* In a set-up's child or once in the agent's life: static, not on a stack. */
static char passwd_text[ACCOUNTS_FILE_MAX];
static char group_text[ACCOUNTS_FILE_MAX];
static char old_text[ACCOUNTS_FILE_MAX];
static char new_text[ACCOUNTS_FILE_MAX];

static int read_file(enum accounts_file file, char *to, struct bytes *ret_text)
{
	ssize_t len = fd_read_text(AT_FDCWD, file_table[file].from, to,
				   ACCOUNTS_FILE_MAX);

	if (len < 0)
		return (int)len;
	if (len >= ACCOUNTS_FILE_MAX - 2)
		return -EFBIG;
	*ret_text = bytes_of(to, (size_t)len);
	return 0;
}

static int write_file(const char *path, mode_t mode, struct bytes text)
{
	fd_auto int fd = fd_open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	if (fd < 0)
		return fd;
	if (fchmod(fd, mode) < 0)
		return -errno;
	return fd_write_all(fd, text.data, text.len);
}

/* By an earlier call: then the file of ours is the file in /etc. */
static bool is_bound(enum accounts_file file)
{
	struct stat ours, theirs;

	return !stat(file_table[file].to, &ours) &&
	       !stat(file_table[file].from, &theirs) &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

static int bind_file(enum accounts_file file)
{
	const char *from = file_table[file].from;

	if (is_bound(file))
		return 0;
	/* Something to bind over. */
	if (access(from, F_OK) < 0) {
		fd_auto int fd = fd_open(from, O_RDONLY | O_CREAT,
					 file_table[file].mode);

		if (fd < 0)
			return fd;
	}
	return mount(file_table[file].to, from, NULL, MS_BIND, NULL) < 0
		       ? -errno
		       : 0;
}

static int install_file(const struct accounts *accounts,
			enum accounts_file file, struct bytes old,
			struct why *why)
{
	const char *to = file_table[file].to;
	ssize_t len =
		accounts_add(accounts, file, old, new_text, sizeof(new_text));
	int rc = len < 0 ? (int)len : 0;

	if (rc == 0)
		rc = write_file(to, file_table[file].mode,
				bytes_of(new_text, (size_t)len));
	if (rc < 0)
		return why_failed(why, rc, "writing %s", to);
	rc = bind_file(file);
	return rc < 0 ? why_failed(why, rc, "binding %s over %s", to,
				   file_table[file].from)
		      : 0;
}

/* The old shadow of passwd, or gshadow of group. */
static int install_shadow(const struct accounts *accounts,
			  enum accounts_file file, struct bytes names_from,
			  struct why *why)
{
	struct bytes old;
	int rc = read_file(file, old_text, &old);

	if (rc == -EFBIG)
		return why_failed(why, rc, "%s", file_table[file].from);
	if (rc < 0) {
		ssize_t len = accounts_lock_all(file, names_from, old_text,
						sizeof(old_text));

		if (len < 0)
			return why_failed(why, (int)len, "new %s",
					  file_table[file].from);
		old = bytes_of(old_text, (size_t)len);
	}
	return install_file(accounts, file, old, why);
}

static int make_homes(const struct accounts *accounts, struct why *why)
{
	size_t i;

	for (i = 0; i < ACCOUNTS_COUNT; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), LAYOUT_HOME "/%s",
			       accounts->entry[i].name);
		if ((mkdir(path, 0755) < 0 && errno != EEXIST) ||
		    chown(path, accounts->entry[i].uid,
			  accounts->entry[i].gid) < 0)
			return why_failed(why, -errno, "making %s", path);
	}
	return 0;
}

static int read_both(struct bytes *ret_passwd, struct bytes *ret_group,
		     struct why *why)
{
	int rc = read_file(ACCOUNTS_PASSWD, passwd_text, ret_passwd);

	if (rc < 0)
		return why_failed(why, rc, "/etc/passwd");
	rc = read_file(ACCOUNTS_GROUP, group_text, ret_group);
	return rc < 0 ? why_failed(why, rc, "/etc/group") : 0;
}

int accounts_install(struct why *why)
{
	struct accounts accounts;
	struct bytes passwd = {0};
	struct bytes group = {0};
	int rc = read_both(&passwd, &group, why);

	if (rc < 0)
		return rc;
	accounts_choose(&accounts, passwd, group);
	rc = make_homes(&accounts, why);
	if (rc == 0)
		rc = install_file(&accounts, ACCOUNTS_PASSWD, passwd, why);
	if (rc == 0)
		rc = install_file(&accounts, ACCOUNTS_GROUP, group, why);
	if (rc == 0)
		rc = install_shadow(&accounts, ACCOUNTS_SHADOW, passwd, why);
	/* Nothing but newgrp looks at it, and not every system has one. */
	if (rc == 0 && !access(file_table[ACCOUNTS_GSHADOW].from, F_OK))
		rc = install_shadow(&accounts, ACCOUNTS_GSHADOW, group, why);
	return rc;
}
