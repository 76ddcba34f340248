/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elfimage - one ELF file with debug information. */
#include "host/kernel/elfimage.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- symbols ---- */

static int by_address(const void *a, const void *b)
{
	const struct elfimage_symbol *left = a;
	const struct elfimage_symbol *right = b;

	return left->address < right->address	? -1
	       : left->address > right->address ? 1
						: 0;
}

static int by_name(const void *a, const void *b)
{
	const struct elfimage_symbol *left = a;
	const struct elfimage_symbol *right = b;

	return strcmp(left->name, right->name);
}

/* '$': arm64's and riscv's marks of code and data. */
static bool is_code_symbol(const GElf_Sym *symbol, const char *name)
{
	unsigned int type = GELF_ST_TYPE(symbol->st_info);

	return name != NULL && *name != '\0' && *name != '$' &&
	       symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS &&
	       (type == STT_FUNC || type == STT_NOTYPE);
}

static void collect(struct elfimage *image, int total)
{
	for (int i = 0; i < total; i++) {
		GElf_Sym symbol;
		GElf_Addr address;
		const char *name = dwfl_module_getsym_info(
			image->module, i, &symbol, &address, NULL, NULL, NULL);

		if (is_code_symbol(&symbol, name))
			image->symbols[image->count++] =
				(struct elfimage_symbol){
					.name = name,
					.address = address,
					.size = symbol.st_size,
				};
	}
}

static void measure(struct elfimage *image)
{
	uint64_t next = 0;

	for (size_t i = image->count; i-- > 0;) {
		struct elfimage_symbol *symbol = &image->symbols[i];
		bool last = i + 1 == image->count;

		if (!last && image->symbols[i + 1].address > symbol->address)
			next = image->symbols[i + 1].address;
		symbol->distance = next > symbol->address
					   ? next - symbol->address
					   : symbol->size;
	}
}

static int read_symbols(struct elfimage *image)
{
	int total = dwfl_module_getsymtab(image->module);

	if (total <= 0)
		return -ENODATA;
	if (total > ELFIMAGE_SYMBOLS)
		return -EFBIG;
	image->symbols = calloc((size_t)total, sizeof(*image->symbols));
	if (image->symbols == NULL)
		return -ENOMEM;
	collect(image, total);
	qsort(image->symbols, image->count, sizeof(*image->symbols),
	      by_address);
	measure(image);
	qsort(image->symbols, image->count, sizeof(*image->symbols), by_name);
	return 0;
}

static int compare_name(struct bytes name, const struct elfimage_symbol *symbol)
{
	int order = strncmp((const char *)name.data, symbol->name, name.len);

	return order != 0 ? order : symbol->name[name.len] == '\0' ? 0 : -1;
}

/* The first one that is not below name. */
static size_t lower_bound(const struct elfimage *image, struct bytes name)
{
	size_t low = 0, high = image->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_name(name, &image->symbols[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool elfimage_find(const struct elfimage *image, struct bytes name,
		   uint64_t size, bool need_size, uint64_t *ret_address)
{
	size_t named = 0, sized = 0;
	uint64_t address_of_name = 0, address_of_size = 0;

	for (size_t i = lower_bound(image, name);
	     i < image->count && compare_name(name, &image->symbols[i]) == 0;
	     i++) {
		const struct elfimage_symbol *symbol = &image->symbols[i];

		named++;
		address_of_name = symbol->address;
		if (symbol->distance != size && symbol->size != size)
			continue;
		sized++;
		address_of_size = symbol->address;
	}
	if (sized == 1)
		*ret_address = address_of_size;
	else if (sized == 0 && named == 1 && !need_size)
		*ret_address = address_of_name;
	else
		return false;
	return true;
}

/* ---- source lines ---- */

static const char *strip(const char *file, const char *directory)
{
	size_t len = directory != NULL ? strlen(directory) : 0;

	return len > 0 && strncmp(file, directory, len) == 0 && file[len] == '/'
		       ? file + len + 1
		       : file;
}

/* Below the directory of the source, as the kernel's people know it. */
static const char *short_path(const struct elfimage *image, const char *file,
			      const char *directory)
{
	if (file == NULL)
		return "?";
	file = strip(strip(file, directory), image->root);
	while (strncmp(file, "./", 2) == 0)
		file += 2;
	return file;
}

static const char *directory_of(Dwarf_Die *unit)
{
	Dwarf_Attribute attribute;

	return dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
}

static bool constant_of(Dwarf_Die *die, unsigned int name, Dwarf_Word *ret)
{
	Dwarf_Attribute attribute;

	return dwarf_formudata(dwarf_attr(die, name, &attribute), ret) == 0;
}

/* Where an inline was called. */
static void call_place(const struct elfimage *image, Dwarf_Die *unit,
		       Dwarf_Die *inlined, struct elfimage_place *place)
{
	Dwarf_Files *files;
	Dwarf_Word file, line;
	size_t count;

	place->file = "?";
	place->line = 0;
	if (constant_of(inlined, DW_AT_call_file, &file) &&
	    dwarf_getsrcfiles(unit, &files, &count) == 0 && file < count)
		place->file = short_path(image,
					 dwarf_filesrc(files, file, NULL, NULL),
					 directory_of(unit));
	if (constant_of(inlined, DW_AT_call_line, &line))
		place->line = (int)line;
}

/* The scopes around an address, from the inside out, in the function that
 * has it (and not in where an inline was defined). */
static int scopes_at(Dwarf_Die *unit, Dwarf_Addr address, Dwarf_Die **ret)
{
	Dwarf_Die *scopes = NULL;
	Dwarf_Die innermost;
	int count = dwarf_getscopes(unit, address, &scopes);

	if (count <= 0)
		return count;
	innermost = scopes[0];
	free(scopes);
	return dwarf_getscopes_die(&innermost, ret);
}

static size_t unfold(const struct elfimage *image, Dwarf_Die *unit,
		     Dwarf_Addr address, struct elfimage_place *places)
{
	Dwarf_Die *scopes = NULL;
	int count = scopes_at(unit, address, &scopes);
	size_t used = 0;

	for (int i = 0; i < count && used < ELFIMAGE_INLINES; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag == DW_TAG_subprogram)
			break;
		if (tag != DW_TAG_inlined_subroutine)
			continue;
		places[used].function = dwarf_diename(&scopes[i]);
		if (places[used].function == NULL)
			places[used].function = "?";
		call_place(image, unit, &scopes[i], &places[++used]);
	}
	free(scopes);
	return used;
}

size_t elfimage_places(const struct elfimage *image, uint64_t address,
		       struct elfimage_place ret_places[ELFIMAGE_INLINES + 1])
{
	Dwfl_Line *line = dwfl_module_getsrc(image->module, address);
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit;
	const char *file;

	memset(ret_places, 0, sizeof(*ret_places) * (ELFIMAGE_INLINES + 1));
	if (line == NULL)
		return 0;
	file = dwfl_lineinfo(line, NULL, &ret_places[0].line, NULL, NULL, NULL);
	ret_places[0].file = short_path(image, file, dwfl_line_comp_dir(line));
	unit = dwfl_module_addrdie(image->module, address, &bias);
	return unit == NULL
		       ? 1
		       : 1 + unfold(image, unit, address - bias, ret_places);
}

/* Of a file that every kernel has: what is before its name; 0: it is another.
 * Where the compiler was told to leave the directory out (-ffile-prefix-map),
 * the assembler's files still have it. */
static size_t root_length(const char *file)
{
	const char *at = NULL;

	if (file == NULL || *file != '/')
		return 0;
	if (fnmatch("*/init/main.c", file, 0) == 0)
		return strlen(file) - strlen("/init/main.c");
	if (fnmatch("*/arch/*/kernel/head*.S", file, 0) != 0)
		return 0;
	for (const char *next = file; next != NULL;
	     next = strstr(next + 1, "/arch/"))
		at = next;
	return (size_t)(at - file);
}

void elfimage_learn_root(struct elfimage *image)
{
	Dwarf_Die *unit = NULL;
	Dwarf_Addr bias;

	while ((unit = dwfl_module_nextcu(image->module, unit, &bias)) !=
	       NULL) {
		const char *name = dwarf_diename(unit);
		size_t len = root_length(name);

		if (len == 0 || len >= sizeof(image->root))
			continue;
		memcpy(image->root, name, len);
		return;
	}
}

/* ---- the file ---- */

static void read_build_id(struct elfimage *image)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bits;
	GElf_Addr address;
	int len = dwfl_module_build_id(image->module, &bits, &address);

	if (len <= 0 || 2 * (size_t)len >= sizeof(image->build_id))
		return;
	for (int i = 0; i < len; i++) {
		image->build_id[2 * i] = digits[bits[i] >> 4];
		image->build_id[2 * i + 1] = digits[bits[i] & 15];
	}
}

/* Only what the file has itself: libdw's own search would ask servers. */
static int find_no_other(Dwfl_Module *module, void **userdata, const char *name,
			 Dwarf_Addr base, const char *file_name,
			 const char *debuglink_file, GElf_Word debuglink_crc,
			 char **debuginfo_file_name)
{
	(void)module;
	(void)userdata;
	(void)name;
	(void)base;
	(void)file_name;
	(void)debuglink_file;
	(void)debuglink_crc;
	(void)debuginfo_file_name;
	return -1;
}

static int find_no_elf(Dwfl_Module *module, void **userdata, const char *name,
		       Dwarf_Addr base, char **file_name, Elf **elf)
{
	(void)module;
	(void)userdata;
	(void)name;
	(void)base;
	(void)file_name;
	(void)elf;
	return -1;
}

static int open_file(struct elfimage *image, const char *path)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = find_no_elf,
		.find_debuginfo = find_no_other,
		.section_address = dwfl_offline_section_address,
	};
	Dwarf_Addr bias;

	if (access(path, R_OK) < 0)
		return -errno;
	image->dwfl = dwfl_begin(&callbacks);
	if (image->dwfl == NULL)
		return -ENOMEM;
	image->module = dwfl_report_offline(image->dwfl, "kernel", path, -1);
	if (image->module == NULL ||
	    dwfl_report_end(image->dwfl, NULL, NULL) != 0)
		return -EBADMSG;
	/* libdwfl knows the build-id when it has looked at the file. */
	if (dwfl_module_getelf(image->module, &bias) == NULL)
		return -EBADMSG;
	read_build_id(image);
	return dwfl_module_getdwarf(image->module, &bias) == NULL ? -ENODATA
								  : 0;
}

int elfimage_open(struct elfimage *image, const char *path)
{
	int rc;

	memset(image, 0, sizeof(*image));
	rc = open_file(image, path);
	if (rc == 0)
		rc = read_symbols(image);
	if (rc < 0)
		elfimage_close(image);
	return rc;
}

void elfimage_close(struct elfimage *image)
{
	free(image->symbols);
	if (image->dwfl != NULL)
		dwfl_end(image->dwfl);
	memset(image, 0, sizeof(*image));
}
