/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bytes - a view of bytes that somebody else owns, and little-endian access.
 *
 * The one gate for outside bytes: code that parses takes a struct bytes and
 * moves through it with these, never with pointer arithmetic of its own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *data;
	size_t len;
};

struct bytes bytes_of(const void *data, size_t len);
/* Of a NUL-terminated string, without the NUL. */
struct bytes bytes_of_string(const char *text);
/* The first n bytes of b, or all of b when it has fewer; b moves past them. */
struct bytes bytes_take(struct bytes *b, size_t n);
bool bytes_equal(struct bytes a, struct bytes b);
bool bytes_equal_string(struct bytes a, const char *text);

uint16_t bytes_get_u16(const uint8_t *at);
uint32_t bytes_get_u32(const uint8_t *at);
uint64_t bytes_get_u64(const uint8_t *at);
void bytes_put_u16(uint8_t *at, uint16_t value);
void bytes_put_u32(uint8_t *at, uint32_t value);
void bytes_put_u64(uint8_t *at, uint64_t value);

/* Copy at most cap - 1 bytes of text and end it with NUL. Returns the length
 * of the copy. A multi-byte UTF-8 character is not cut in half. */
size_t bytes_copy_string(char *to, size_t cap, const char *text);
