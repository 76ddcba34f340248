/* SPDX-License-Identifier: GPL-2.0-or-later */
/* codeaddr - a place in the kernel's code, in a line. */
#include "host/kernel/codeaddr.h"

#include "host/kernel/chars.h"

#include <string.h>

enum { NAME_MAX_BYTES = 256, BUILD_ID_MIN = 16 };

static bool is_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$';
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool take_byte(struct bytes *text, uint8_t byte)
{
	if (text->len == 0 || text->data[0] != byte)
		return false;
	(void)bytes_take(text, 1);
	return true;
}

/* "0x1a" */
static bool take_hex(struct bytes *text, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t digits = 0;

	if (!take_byte(text, '0') || !take_byte(text, 'x'))
		return false;
	while (text->len > 0 && hex_digit(text->data[0]) >= 0 && digits < 16) {
		number = number << 4 |
			 (uint64_t)hex_digit(*bytes_take(text, 1).data);
		digits++;
	}
	*ret_number = number;
	return digits > 0;
}

static struct bytes take_word(struct bytes *text)
{
	size_t n = 0;

	while (n < text->len && text->data[n] != ' ' && text->data[n] != ']')
		n++;
	return bytes_take(text, n);
}

static bool is_build_id(struct bytes word)
{
	for (size_t i = 0; i < word.len; i++)
		if (hex_digit(word.data[i]) < 0)
			return false;
	return word.len >= BUILD_ID_MIN;
}

/* " [mod]", " [mod 0123…]", " [0123…]" */
static void take_module(struct bytes text, struct codeaddr *addr)
{
	struct bytes first, second;

	if (!take_byte(&text, ' ') || !take_byte(&text, '['))
		return;
	first = take_word(&text);
	second = bytes_of(first.data, 0);
	if (take_byte(&text, ' '))
		second = take_word(&text);
	if (!take_byte(&text, ']'))
		return;
	if (is_build_id(second))
		addr->build_id = second;
	if (second.len == 0 && is_build_id(first))
		addr->build_id = first;
	else
		addr->module = first;
}

/* Before the name: x86, arm64 and riscv, arm, powerpc, s390. */
static bool is_exact(struct bytes before)
{
	static const char *const marks[] = {
		"RIP", "EIP", "pc :", "epc :", "PC is at", "NIP", "Krnl PSW"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (contains(before, marks[i]))
			return true;
	return false;
}

/* plus: where a '+' stands. */
static bool parse_at(struct bytes line, size_t plus, struct codeaddr *addr)
{
	struct bytes rest = line;
	size_t begin = plus;

	while (begin > 0 && is_name(line.data[begin - 1]) &&
	       plus - begin < NAME_MAX_BYTES)
		begin--;
	(void)bytes_take(&rest, plus + 1);
	if (begin == plus || !take_hex(&rest, &addr->offset) ||
	    !take_byte(&rest, '/') || !take_hex(&rest, &addr->size))
		return false;
	addr->name = bytes_of(line.data + begin, plus - begin);
	addr->begin = begin;
	addr->end = line.len - rest.len;
	addr->exact = is_exact(bytes_of(line.data, begin));
	take_module(rest, addr);
	return true;
}

bool codeaddr_find(struct bytes line, struct codeaddr *ret_addr)
{
	for (size_t i = 0; i < line.len; i++) {
		const uint8_t *plus = memchr(line.data + i, '+', line.len - i);

		if (plus == NULL)
			return false;
		i = (size_t)(plus - line.data);
		*ret_addr = (struct codeaddr){.offset = 0};
		if (parse_at(line, i, ret_addr))
			return true;
	}
	return false;
}
