/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmcoreinfo - what a kernel tells about itself to those who read its memory.
 */
#include "host/kernel/vmcoreinfo.h"

#include <errno.h>
#include <string.h>

static const char start[] = "OSRELEASE=";

/* As the kernel prints them: symbols in hexadecimal without 0x, numbers in
 * decimal, but for those that have a 0x before them. */
static const struct {
	const char *name;
	enum vmcoreinfo_key key;
} names[] = {
	{"SYMBOL(prb)", VMCOREINFO_PRB},
	{"SYMBOL(init_top_pgt)", VMCOREINFO_INIT_TOP_PGT},
	/* the same table; of x86-64 before 4.13 it is the only name */
	{"SYMBOL(swapper_pg_dir)", VMCOREINFO_INIT_TOP_PGT},
	{"NUMBER(phys_base)", VMCOREINFO_PHYS_BASE},
	{"NUMBER(pgtable_l5_enabled)", VMCOREINFO_L5_ENABLED},
	{"NUMBER(sme_mask)", VMCOREINFO_SME_MASK},
	{"NUMBER(VA_BITS)", VMCOREINFO_VA_BITS},
	{"NUMBER(kimage_voffset)", VMCOREINFO_KIMAGE_VOFFSET},
	{"NUMBER(PHYS_OFFSET)", VMCOREINFO_PHYS_OFFSET},
	{"NUMBER(PAGE_OFFSET)", VMCOREINFO_PAGE_OFFSET},
	{"NUMBER(phys_ram_base)", VMCOREINFO_PHYS_RAM_BASE},
	{"NUMBER(va_kernel_pa_offset)", VMCOREINFO_KERNEL_PA_OFFSET},
	{"NUMBER(KERNEL_LINK_ADDR)", VMCOREINFO_KERNEL_LINK},
	{"SIZE(printk_ringbuffer)", VMCOREINFO_RB_SIZE},
	{"OFFSET(printk_ringbuffer.desc_ring)", VMCOREINFO_RB_DESC_RING},
	{"OFFSET(printk_ringbuffer.text_data_ring)", VMCOREINFO_RB_TEXT_RING},
	{"OFFSET(prb_desc_ring.count_bits)", VMCOREINFO_DESC_RING_COUNT_BITS},
	{"OFFSET(prb_desc_ring.descs)", VMCOREINFO_DESC_RING_DESCS},
	{"OFFSET(prb_desc_ring.infos)", VMCOREINFO_DESC_RING_INFOS},
	{"OFFSET(prb_desc_ring.head_id)", VMCOREINFO_DESC_RING_HEAD},
	{"OFFSET(prb_desc_ring.tail_id)", VMCOREINFO_DESC_RING_TAIL},
	{"SIZE(prb_desc)", VMCOREINFO_DESC_SIZE},
	{"OFFSET(prb_desc.state_var)", VMCOREINFO_DESC_STATE},
	{"OFFSET(prb_desc.text_blk_lpos)", VMCOREINFO_DESC_LPOS},
	{"OFFSET(prb_data_blk_lpos.begin)", VMCOREINFO_LPOS_BEGIN},
	{"OFFSET(prb_data_blk_lpos.next)", VMCOREINFO_LPOS_NEXT},
	{"SIZE(printk_info)", VMCOREINFO_INFO_SIZE},
	{"OFFSET(printk_info.seq)", VMCOREINFO_INFO_SEQ},
	{"OFFSET(printk_info.ts_nsec)", VMCOREINFO_INFO_TIME},
	{"OFFSET(printk_info.text_len)", VMCOREINFO_INFO_TEXT_LEN},
	{"OFFSET(printk_info.caller_id)", VMCOREINFO_INFO_CALLER},
	{"OFFSET(prb_data_ring.size_bits)", VMCOREINFO_DATA_RING_SIZE_BITS},
	{"OFFSET(prb_data_ring.data)", VMCOREINFO_DATA_RING_DATA},
	{"SIZE(atomic_long_t)", VMCOREINFO_LONG_SIZE},
};

bool vmcoreinfo_starts(struct bytes here)
{
	return bytes_equal_string(bytes_take(&here, sizeof(start) - 1), start);
}

static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return 16;
}

static bool take_word(struct bytes *text, const char *word)
{
	struct bytes rest = *text;

	if (!bytes_equal_string(bytes_take(&rest, strlen(word)), word))
		return false;
	*text = rest;
	return true;
}

static int parse_number(struct bytes text, bool is_hex, uint64_t *ret_number)
{
	bool negative = take_word(&text, "-");
	uint64_t base = take_word(&text, "0x") || is_hex ? 16 : 10;
	uint64_t number = 0;

	if (text.len == 0)
		return -EINVAL;
	while (text.len > 0) {
		uint64_t digit = (uint64_t)digit_of(*bytes_take(&text, 1).data);

		if (digit >= base || number > (UINT64_MAX - digit) / base)
			return -EINVAL;
		number = number * base + digit;
	}
	*ret_number = negative ? -number : number;
	return 0;
}

static void take_line(struct vmcoreinfo *vmcoreinfo, struct bytes name,
		      struct bytes value)
{
	bool is_hex =
		take_word(&(struct bytes){name.data, name.len}, "SYMBOL(");
	uint64_t number;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		enum vmcoreinfo_key key = names[i].key;

		if (vmcoreinfo->known[key] ||
		    !bytes_equal_string(name, names[i].name) ||
		    parse_number(value, is_hex, &number) < 0)
			continue;
		vmcoreinfo->value[key] = number;
		vmcoreinfo->known[key] = true;
	}
}

/* Up to the separator, which is taken too; empty when there is none. */
static struct bytes take_until(struct bytes *text, int separator)
{
	const uint8_t *end =
		text->len ? memchr(text->data, separator, text->len) : NULL;
	struct bytes taken = {.data = text->data};

	if (end == NULL)
		return taken;
	taken = bytes_take(text, (size_t)(end - text->data));
	(void)bytes_take(text, 1);
	return taken;
}

int vmcoreinfo_parse(struct bytes text, struct vmcoreinfo *ret_vmcoreinfo)
{
	struct vmcoreinfo vmcoreinfo = {0};

	if (!vmcoreinfo_starts(text))
		return -ENOENT;
	text = bytes_take(&text, VMCOREINFO_TEXT);
	for (;;) {
		struct bytes line = take_until(&text, '\n');
		struct bytes name = take_until(&line, '=');

		if (name.len == 0)
			break;
		take_line(&vmcoreinfo, name, line);
	}
	if (!vmcoreinfo.known[VMCOREINFO_PRB])
		return -ENOENT;
	*ret_vmcoreinfo = vmcoreinfo;
	return 0;
}

bool vmcoreinfo_knows(const struct vmcoreinfo *vmcoreinfo,
		      enum vmcoreinfo_key from, enum vmcoreinfo_key to)
{
	for (enum vmcoreinfo_key key = from; key <= to; key++)
		if (!vmcoreinfo->known[key])
			return false;
	return true;
}
