/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symbols - source lines for a kernel's addresses. */
#include "host/kernel/symbols.h"

#include "host/kernel/codeaddr.h"
#include "host/kernel/elfimage.h"
#include "host/kernel/kofiles.h"
#include "shared/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODULE_NAME = 64 }; /* MODULE_NAME_LEN is 64 - sizeof(long) */

struct module {
	char name[MODULE_NAME];
	bool usable;
	struct elfimage image;
};

struct symbols {
	struct elfimage vmlinux;
	bool same_build; /* by the build-id: the running kernel is this */
	char *modules_path;
	bool modules_found;
	struct kofiles files;
	struct module modules[SYMBOLS_MODULES];
	size_t module_count;
};

/* The text as it grows. */
struct output {
	char *text;
	size_t used;
	size_t cap;
};

/* ---- files ---- */

static int complain(int rc, const char *path, char why[SYMBOLS_WHY])
{
	const char *words = strerror(-rc);

	if (rc == -ENODATA)
		words = "it has no debug information (CONFIG_DEBUG_INFO)";
	else if (rc == -EBADMSG)
		words = "it is no ELF file";
	else if (rc == -ESTALE)
		words = "it is not of the kernel that runs: another build-id";
	snprintf(why, SYMBOLS_WHY, "no source lines from %.256s: %s", path,
		 words);
	return rc;
}

static int check_build(struct symbols *symbols, const char *build_id)
{
	const char *own = symbols->vmlinux.build_id;

	if (build_id == NULL || *build_id == '\0' || *own == '\0')
		return 0;
	symbols->same_build = strcmp(build_id, own) == 0;
	return symbols->same_build ? 0 : -ESTALE;
}

int symbols_open(const struct symbols_source *source,
		 struct symbols **ret_symbols, char ret_why[SYMBOLS_WHY])
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));
	int rc;

	if (symbols == NULL)
		return complain(-ENOMEM, source->vmlinux, ret_why);
	rc = elfimage_open(&symbols->vmlinux, source->vmlinux);
	if (rc == 0) {
		elfimage_learn_root(&symbols->vmlinux);
		rc = check_build(symbols, source->build_id);
	}
	if (rc == 0 && source->modules != NULL) {
		symbols->modules_path = strdup(source->modules);
		rc = symbols->modules_path == NULL ? -ENOMEM : 0;
	}
	if (rc < 0) {
		symbols_close(symbols);
		return complain(rc, source->vmlinux, ret_why);
	}
	*ret_symbols = symbols;
	return 0;
}

void symbols_close(struct symbols *symbols)
{
	if (symbols == NULL)
		return;
	for (size_t i = 0; i < symbols->module_count; i++)
		elfimage_close(&symbols->modules[i].image);
	elfimage_close(&symbols->vmlinux);
	kofiles_deinit(&symbols->files);
	free(symbols->modules_path);
	free(symbols);
}

static const char *module_path(struct symbols *symbols, struct bytes name)
{
	if (symbols->modules_path == NULL)
		return NULL;
	if (!symbols->modules_found) {
		symbols->modules_found = true;
		(void)!kofiles_find(&symbols->files, symbols->modules_path);
	}
	return kofiles_path(&symbols->files, name);
}

/* Opened once, also when that fails. */
static struct module *module_of(struct symbols *symbols, struct bytes name)
{
	struct module *module;
	const char *path;

	for (size_t i = 0; i < symbols->module_count; i++)
		if (bytes_equal_string(name, symbols->modules[i].name))
			return &symbols->modules[i];
	if (symbols->module_count == SYMBOLS_MODULES || name.len >= MODULE_NAME)
		return NULL;
	module = &symbols->modules[symbols->module_count++];
	memcpy(module->name, name.data, name.len);
	module->name[name.len] = '\0';
	path = module_path(symbols, name);
	module->usable =
		path != NULL && elfimage_open(&module->image, path) == 0;
	if (module->usable)
		memcpy(module->image.root, symbols->vmlinux.root,
		       sizeof(module->image.root));
	return module;
}

/* ---- one address ---- */

/* The file that an address is in, when it is of the right build; *ret_sure:
 * that is known, so that a name alone will do. */
static const struct elfimage *
image_of(struct symbols *symbols, const struct codeaddr *addr, bool *ret_sure)
{
	const struct elfimage *image = &symbols->vmlinux;

	*ret_sure = symbols->same_build;
	if (addr->module.len > 0) {
		const struct module *module = module_of(symbols, addr->module);

		if (module == NULL || !module->usable)
			return NULL;
		image = &module->image;
	}
	if (addr->build_id.len == 0 || image->build_id[0] == '\0')
		return image;
	*ret_sure = bytes_equal_string(addr->build_id, image->build_id);
	return *ret_sure ? image : NULL;
}

static size_t places_of(struct symbols *symbols, const struct codeaddr *addr,
			struct elfimage_place *places)
{
	bool sure;
	const struct elfimage *image = image_of(symbols, addr, &sure);
	uint64_t address;

	if (image == NULL || addr->offset > addr->size ||
	    !elfimage_find(image, addr->name, addr->size, !sure, &address))
		return 0;
	address += addr->offset;
	/* A return address is behind the call, perhaps in the next line. */
	if (!addr->exact && addr->offset > 0)
		address--;
	return elfimage_places(image, address, places);
}

/* ---- the text ---- */

static void put(struct output *output, const void *data, size_t len)
{
	size_t room = output->cap - 1 - output->used;

	if (len > room)
		len = room;
	memcpy(output->text + output->used, data, len);
	output->used += len;
}

static void put_string(struct output *output, const char *text)
{
	put(output, text, strlen(text));
}

static void put_place(struct output *output, const struct elfimage_place *place)
{
	char line[24];

	put_string(output, " ");
	put_string(output, place->file);
	snprintf(line, sizeof(line), ":%d", place->line);
	put_string(output, line);
}

static void put_inline(struct output *output, struct bytes before,
		       const struct elfimage_place *place)
{
	put(output, before.data, before.len);
	put_string(output, place->function);
	put_place(output, place);
	put_string(output, " [inline]\n");
}

/* line: with its LF, if it has one. */
static void put_line(struct symbols *symbols, struct output *output,
		     struct bytes line)
{
	struct elfimage_place places[ELFIMAGE_INLINES + 1];
	struct codeaddr addr;
	size_t count = 0;

	if (codeaddr_find(line, &addr))
		count = places_of(symbols, &addr, places);
	if (count == 0) {
		put(output, line.data, line.len);
		return;
	}
	for (size_t i = 0; i + 1 < count; i++)
		put_inline(output, bytes_of(line.data, addr.begin), &places[i]);
	put(output, line.data, addr.end);
	put_place(output, &places[count - 1]);
	put(output, line.data + addr.end, line.len - addr.end);
}

static bool output_init(struct output *output, size_t len)
{
	size_t cap =
		len < SYMBOLS_TEXT / 2 - 4096 ? 2 * len + 8192 : SYMBOLS_TEXT;

	*output = (struct output){.text = malloc(cap), .cap = cap};
	return output->text != NULL;
}

int symbols_annotate(struct symbols *symbols, struct bytes text,
		     char **ret_text)
{
	uint64_t until_ns = clock_mono_ns() + SYMBOLS_MS * UINT64_C(1000000);
	struct output output;
	size_t lines = 0;

	if (!output_init(&output, text.len))
		return -ENOMEM;
	while (text.len > 0 && lines++ < SYMBOLS_LINES &&
	       clock_mono_ns() < until_ns) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len =
			end != NULL ? (size_t)(end - text.data) + 1 : text.len;

		put_line(symbols, &output, bytes_take(&text, len));
	}
	put(&output, text.data, text.len);
	output.text[output.used] = '\0';
	*ret_text = output.text;
	return 0;
}
