/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registers - what QEMU's "info registers -a" says of each CPU (x86). */
#include "host/vm/registers.h"

#include <string.h>

static bool starts_with(struct bytes text, const char *word)
{
	size_t len = strlen(word);

	return text.len >= len && memcmp(text.data, word, len) == 0;
}

static unsigned int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	return 16;
}

/* The hexadecimal number behind NAME=; 0 when there is none. */
static uint64_t value_of(struct bytes line, const char *name)
{
	uint64_t value = 0;

	while (line.len > 0 && !starts_with(line, name))
		(void)bytes_take(&line, 1);
	(void)bytes_take(&line, strlen(name));
	while (line.len > 0 && digit_of(line.data[0]) < 16)
		value = value << 4 | digit_of(bytes_take(&line, 1).data[0]);
	return value;
}

bool registers_line(struct bytes *text, struct bytes *ret_line)
{
	const uint8_t *end;

	if (text->len == 0)
		return false;
	end = memchr(text->data, '\n', text->len);
	*ret_line = bytes_take(text, end != NULL ? (size_t)(end - text->data)
						 : text->len);
	(void)bytes_take(text, 1);
	if (ret_line->len > 0 && ret_line->data[ret_line->len - 1] == '\r')
		ret_line->len--;
	return true;
}

bool registers_is_shown(struct bytes line)
{
	static const char *const hidden[] = {"FCW=", "FPR", "XMM", "YMM",
					     "ZMM",  "Opm", "DR0", "DR6"};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (starts_with(line, hidden[i]))
			return false;
	return true;
}

static struct liveness_cpu cpu_of(struct bytes line)
{
	bool wide = starts_with(line, "RIP=");

	return (struct liveness_cpu){
		.instruction = value_of(line, wide ? "RIP=" : "EIP="),
		.flags = value_of(line, wide ? " RFL=" : " EFL="),
		.ring = (unsigned int)value_of(line, " CPL=") & 3,
		.halted = value_of(line, " HLT=") != 0,
	};
}

size_t registers_parse(struct bytes text,
		       struct liveness_cpu ret_cpus[REGISTERS_CPUS])
{
	struct bytes line;
	size_t count = 0;

	while (count < REGISTERS_CPUS && registers_line(&text, &line))
		if (starts_with(line, "RIP=") || starts_with(line, "EIP="))
			ret_cpus[count++] = cpu_of(line);
	return count;
}
