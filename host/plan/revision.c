/* SPDX-License-Identifier: GPL-2.0-or-later */
/* revision - which commit a git checkout is at, without running git. */
#include "host/plan/revision.h"
#include "host/plan/textfile.h"
#include "shared/fd.h"

#include <stdio.h>
#include <string.h>

enum { SHORT_HASH = 12, HASH_MIN = 40 };

static bool is_hash(const char *text)
{
	return strspn(text, "0123456789abcdef") >= HASH_MIN;
}

/* The packed line that ends in name: "HASH refs/heads/master". */
static const char *find_packed(const char *packed, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = packed; *line;) {
		size_t whole = strcspn(line, "\n");
		size_t hash = strcspn(line, " \n");

		if (whole == hash + 1 + len &&
		    !memcmp(line + hash + 1, name, len))
			return line;
		line += whole + (line[whole] == '\n');
	}
	return "";
}

/* The name of the tag at hash; a line "^HASH" peels the tag before it. */
static size_t find_tag(const char *packed, const char *hash,
		       const char **ret_tag)
{
	static const char prefix[] = " refs/tags/";
	const char *tag = NULL;

	for (const char *line = packed; *line;) {
		size_t whole = strcspn(line, "\n");
		size_t id = strcspn(line, " \n");

		if (line[0] != '^')
			tag = !strncmp(line + id, prefix, strlen(prefix))
				      ? line + id + strlen(prefix)
				      : NULL;
		if (tag && !strncmp(line + (line[0] == '^'), hash, HASH_MIN)) {
			*ret_tag = tag;
			return strcspn(tag, "\n");
		}
		line += whole + (line[whole] == '\n');
	}
	return 0;
}

static void find_head(int directory, const char *packed, char *hash, size_t cap)
{
	char head[512];
	char path[512];
	const char *name = head + strlen("ref: ");

	if (fd_read_text(directory, ".git/HEAD", head, sizeof(head)) <= 0)
		return;
	if (strncmp(head, "ref: ", strlen("ref: "))) {
		snprintf(hash, cap, "%.*s", HASH_MIN, head);
		return;
	}
	/* A branch's name never has ".." (git-check-ref-format(1)). */
	if (strncmp(name, "refs/", strlen("refs/")) || strstr(name, ".."))
		return;
	if ((size_t)snprintf(path, sizeof(path), ".git/%s", name) >=
	    sizeof(path))
		return;
	if (fd_read_text(directory, path, hash, cap) <= 0)
		snprintf(hash, cap, "%.*s", HASH_MIN,
			 find_packed(packed, name));
}

void revision_read(int directory, char *to, size_t cap)
{
	struct textfile packed = {0};
	const char *refs = "";
	const char *tag = "";
	char hash[128] = "";
	size_t len;

	to[0] = '\0';
	if (!textfile_read(directory, ".git/packed-refs", &packed))
		refs = packed.text;
	find_head(directory, refs, hash, sizeof(hash));
	if (is_hash(hash)) {
		len = find_tag(refs, hash, &tag);
		if (len)
			snprintf(to, cap, "%.*s (%.*s)", (int)len, tag,
				 SHORT_HASH, hash);
		else
			snprintf(to, cap, "%.*s", SHORT_HASH, hash);
	}
	textfile_deinit(&packed);
}
