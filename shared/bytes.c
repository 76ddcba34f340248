/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bytes - a view of bytes that somebody else owns, and little-endian access. */
#include "shared/bytes.h"

#include <string.h>

struct bytes bytes_of(const void *data, size_t len)
{
	return (struct bytes){.data = data, .len = len};
}

struct bytes bytes_of_string(const char *text)
{
	return bytes_of(text, strlen(text));
}

struct bytes bytes_take(struct bytes *b, size_t n)
{
	struct bytes taken = {.data = b->data, .len = n < b->len ? n : b->len};

	if (taken.len) {
		b->data += taken.len;
		b->len -= taken.len;
	}
	return taken;
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_equal_string(struct bytes a, const char *text)
{
	return bytes_equal(a, bytes_of_string(text));
}

uint16_t bytes_get_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t bytes_get_u32(const uint8_t *at)
{
	return bytes_get_u16(at) | (uint32_t)bytes_get_u16(at + 2) << 16;
}

uint64_t bytes_get_u64(const uint8_t *at)
{
	return bytes_get_u32(at) | (uint64_t)bytes_get_u32(at + 4) << 32;
}

void bytes_put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

void bytes_put_u32(uint8_t *at, uint32_t value)
{
	bytes_put_u16(at, (uint16_t)value);
	bytes_put_u16(at + 2, (uint16_t)(value >> 16));
}

void bytes_put_u64(uint8_t *at, uint64_t value)
{
	bytes_put_u32(at, (uint32_t)value);
	bytes_put_u32(at + 4, (uint32_t)(value >> 32));
}

static bool is_utf8_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t bytes_copy_string(char *to, size_t cap, const char *text)
{
	size_t len = strnlen(text, cap);

	if (cap == 0)
		return 0;
	if (len == cap) {
		/* text goes on: end before the character that is cut. A
		 * character has three continuation bytes at most; more of
		 * them are no UTF-8 and may be cut anywhere. */
		len = cap - 1;
		for (int i = 0; i < 3 && len && is_utf8_continuation(text[len]);
		     i++)
			len--;
	}
	memcpy(to, text, len);
	to[len] = '\0';
	return len;
}
