/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elf - what a program or library needs to be loaded: see elf.h. */
#include "host/warm/elf.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ELF_NATIVE ELFDATA2LSB
#else
#define ELF_NATIVE ELFDATA2MSB
#endif

/* One form of both classes. */
struct segment {
	uint32_t type;
	uint64_t offset;
	uint64_t address;
	uint64_t length; /* in the file */
};

struct table { /* of program headers */
	uint64_t offset;
	uint16_t count;
	uint16_t size;
};

static struct bytes slice(struct bytes file, uint64_t offset, uint64_t length)
{
	if (offset > file.len)
		return bytes_of(NULL, 0);
	(void)bytes_take(&file, (size_t)offset);
	return length > file.len ? file : bytes_of(file.data, (size_t)length);
}

/* The text at an offset; NULL when it does not end within the bytes. */
static const char *text_at(struct bytes bytes, uint64_t offset)
{
	struct bytes rest = slice(bytes, offset, UINT64_MAX);

	if (rest.len == 0 || memchr(rest.data, '\0', rest.len) == NULL)
		return NULL;
	return (const char *)rest.data;
}

int elf_identify(struct bytes head, struct elf *ret_elf)
{
	if (head.len < ELF_HEAD || memcmp(head.data, ELFMAG, SELFMAG) ||
	    head.data[EI_DATA] != ELF_NATIVE ||
	    (head.data[EI_CLASS] != ELFCLASS32 &&
	     head.data[EI_CLASS] != ELFCLASS64))
		return -ENOEXEC;
	memset(ret_elf, 0, sizeof(*ret_elf));
	ret_elf->class = head.data[EI_CLASS];
	memcpy(&ret_elf->machine, head.data + offsetof(Elf64_Ehdr, e_machine),
	       sizeof(ret_elf->machine));
	return 0;
}

static int find_table(struct bytes file, uint8_t class, struct table *ret_table)
{
	Elf64_Ehdr wide;
	Elf32_Ehdr narrow;

	if (class == ELFCLASS64) {
		if (file.len < sizeof(wide))
			return -EBADMSG;
		memcpy(&wide, file.data, sizeof(wide));
		*ret_table = (struct table){wide.e_phoff, wide.e_phnum,
					    wide.e_phentsize};
		return wide.e_phentsize < sizeof(Elf64_Phdr) ? -EBADMSG : 0;
	}
	if (file.len < sizeof(narrow))
		return -EBADMSG;
	memcpy(&narrow, file.data, sizeof(narrow));
	*ret_table = (struct table){narrow.e_phoff, narrow.e_phnum,
				    narrow.e_phentsize};
	return narrow.e_phentsize < sizeof(Elf32_Phdr) ? -EBADMSG : 0;
}

static int read_segment(struct bytes file, uint8_t class,
			const struct table *table, uint16_t index,
			struct segment *ret_segment)
{
	struct bytes at =
		slice(file, table->offset + (uint64_t)index * table->size,
		      table->size);
	Elf64_Phdr wide;
	Elf32_Phdr narrow;

	if (at.len < table->size)
		return -EBADMSG;
	if (class == ELFCLASS64) {
		memcpy(&wide, at.data, sizeof(wide));
		*ret_segment = (struct segment){wide.p_type, wide.p_offset,
						wide.p_vaddr, wide.p_filesz};
	} else {
		memcpy(&narrow, at.data, sizeof(narrow));
		*ret_segment =
			(struct segment){narrow.p_type, narrow.p_offset,
					 narrow.p_vaddr, narrow.p_filesz};
	}
	return 0;
}

/* The first segment of a type; for PT_LOAD, the one with this address. */
static int find_segment(struct bytes file, uint8_t class,
			const struct table *table, uint32_t type,
			uint64_t address, struct segment *ret_segment)
{
	struct segment segment;

	for (uint16_t i = 0; i < table->count; i++) {
		if (read_segment(file, class, table, i, &segment) < 0)
			return -EBADMSG;
		if (segment.type != type)
			continue;
		if (type == PT_LOAD &&
		    (address < segment.address ||
		     address - segment.address >= segment.length))
			continue;
		*ret_segment = segment;
		return 0;
	}
	return -ENOENT;
}

/* Takes an entry off the dynamic section; false at its end. */
static bool take_dynamic(struct bytes *section, uint8_t class, int64_t *ret_tag,
			 uint64_t *ret_value)
{
	Elf64_Dyn wide;
	Elf32_Dyn narrow;

	if (class == ELFCLASS64) {
		if (section->len < sizeof(wide))
			return false;
		memcpy(&wide, bytes_take(section, sizeof(wide)).data,
		       sizeof(wide));
		*ret_tag = wide.d_tag;
		*ret_value = wide.d_un.d_val;
	} else {
		if (section->len < sizeof(narrow))
			return false;
		memcpy(&narrow, bytes_take(section, sizeof(narrow)).data,
		       sizeof(narrow));
		*ret_tag = narrow.d_tag;
		*ret_value = narrow.d_un.d_val;
	}
	return *ret_tag != DT_NULL;
}

static int find_strings(struct bytes file, uint8_t class,
			const struct table *table, struct bytes section,
			struct bytes *ret_strings)
{
	struct segment load;
	uint64_t value;
	int64_t tag;

	while (take_dynamic(&section, class, &tag, &value)) {
		if (tag != DT_STRTAB)
			continue;
		if (find_segment(file, class, table, PT_LOAD, value, &load) < 0)
			return -EBADMSG;
		*ret_strings = slice(file, load.offset + (value - load.address),
				     load.length - (value - load.address));
		return 0;
	}
	return -EBADMSG;
}

static int read_dynamic(struct bytes section, struct bytes strings,
			struct elf *elf)
{
	uint64_t value;
	int64_t tag;

	while (take_dynamic(&section, elf->class, &tag, &value)) {
		const char *text;

		if (tag != DT_NEEDED && tag != DT_RPATH && tag != DT_RUNPATH)
			continue;
		text = text_at(strings, value);
		if (text == NULL)
			return -EBADMSG;
		if (tag == DT_RPATH)
			elf->rpath = text;
		else if (tag == DT_RUNPATH)
			elf->runpath = text;
		else if (elf->needed_count < ELF_NEEDED)
			elf->needed[elf->needed_count++] = text;
	}
	return 0;
}

int elf_parse(struct bytes file, struct elf *ret_elf)
{
	struct bytes section, strings;
	struct segment segment;
	struct table table;
	struct elf elf;
	int rc = elf_identify(file, &elf);

	if (rc == 0)
		rc = find_table(file, elf.class, &table);
	if (rc < 0)
		return rc;
	rc = find_segment(file, elf.class, &table, PT_INTERP, 0, &segment);
	if (rc == 0) {
		elf.interpreter =
			text_at(slice(file, segment.offset, segment.length), 0);
		rc = elf.interpreter == NULL ? -EBADMSG : 0;
	}
	if (rc < 0 && rc != -ENOENT)
		return rc;
	rc = find_segment(file, elf.class, &table, PT_DYNAMIC, 0, &segment);
	if (rc == 0) {
		section = slice(file, segment.offset, segment.length);
		rc = find_strings(file, elf.class, &table, section, &strings);
		if (rc == 0)
			rc = read_dynamic(section, strings, &elf);
	}
	if (rc < 0 && rc != -ENOENT)
		return rc;
	*ret_elf = elf;
	return 0;
}
