/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay - runs a fuzz target without libFuzzer.
 *
 * Every file of the corpus, every beginning of it (for the small ones), and a
 * bounded number of mutations of each, from a fixed seed: the same on every
 * machine. It finds no new paths by itself; that is what libFuzzer is for.
 */
#include "shared/fd.h"
#include "shared/must.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Fewer for a target that takes long to set up. */
#ifndef FUZZ_MUTATIONS
#define FUZZ_MUTATIONS 20000
#endif

enum {
	REPLAY_MAX = 256 * 1024, /* of an input */
	REPLAY_BEGINNINGS = FUZZ_MUTATIONS < 2048 ? FUZZ_MUTATIONS : 2048,
	/* Over all files, so that a large corpus does not take longer. */
	REPLAY_MUTATIONS = FUZZ_MUTATIONS,
	REPLAY_EDITS = 8,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replay_runs;
static uint64_t replay_state = 0x9e3779b97f4a7c15;

static size_t replay_random(size_t below)
{
	replay_state ^= replay_state << 13;
	replay_state ^= replay_state >> 7;
	replay_state ^= replay_state << 17;
	return (size_t)(replay_state % below);
}

/* On a copy of exactly this size, so that a sanitizer sees a read past it. */
static void replay_one(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	must(copy);
	replay_runs++;
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static size_t replay_edit(uint8_t *data, size_t size)
{
	size_t at = replay_random(size);
	size_t len = 1 + replay_random(size - at);

	switch (replay_random(6)) {
	case 0:
		data[at] ^= (uint8_t)(1 << replay_random(8));
		return size;
	case 1:
		data[at] = (uint8_t)replay_random(256);
		return size;
	case 2: /* a piece is lost */
		memmove(data + at, data + at + len, size - at - len);
		return size - len;
	case 3: /* a piece comes twice */
		if (size + len > REPLAY_MAX)
			return size;
		memmove(data + at + len, data + at, size - at);
		return size + len;
	case 4: /* the rest is lost */
		return at;
	default: /* an extreme number */
		memset(data + at, replay_random(2) ? 0xff : 0,
		       len < 8 ? len : 8);
		return size;
	}
}

static void replay_mutations(const uint8_t *data, size_t size, size_t count)
{
	uint8_t *changed = malloc(REPLAY_MAX);

	must(changed);
	for (size_t i = 0; i < count && size; i++) {
		size_t edits = 1 + replay_random(REPLAY_EDITS);
		size_t len = size;

		memcpy(changed, data, size);
		while (edits-- && len)
			len = replay_edit(changed, len);
		replay_one(changed, len);
	}
	free(changed);
}

static void replay_file(const char *path, size_t mutations)
{
	uint8_t *data = malloc(REPLAY_MAX);
	fd_auto int fd = fd_open(path, O_RDONLY, 0);
	ssize_t len = 0;
	size_t size = 0;

	must(data && fd >= 0);
	len = fd_read_all(fd, data, REPLAY_MAX);
	must(len >= 0);
	size = (size_t)len;
	replay_one(data, size);
	for (size_t i = 0; i < size && i < REPLAY_BEGINNINGS; i++)
		replay_one(data, i);
	replay_mutations(data, size, mutations);
	free(data);
}

static int replay_is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	struct dirent **files = NULL;
	char path[4096];
	int count = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
		return 2;
	}
	count = scandir(argv[1], &files, replay_is_file, alphasort);
	if (count <= 0) {
		fprintf(stderr, "%s: no corpus in %s\n", argv[0], argv[1]);
		return 1;
	}
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", argv[1],
			 files[i]->d_name);
		replay_file(path, REPLAY_MUTATIONS / (size_t)count);
		free(files[i]);
	}
	free(files);
	printf("%d files, %zu inputs\n", count, replay_runs);
	return 0;
}
