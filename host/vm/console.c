/* SPDX-License-Identifier: GPL-2.0-or-later */
/* console - what comes from the VM's raw console: see console.h. */
#include "host/vm/console.h"

#include "shared/fd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void console_init(struct console *console, int fd, uint64_t cap_bytes,
		  lines_sink *sink, void *context)
{
	console->fd = fd;
	console->cap_bytes = cap_bytes;
	console->written = 0;
	console->dropped = 0;
	console->error = 0;
	console->sink = sink;
	console->context = context;
	console->line_count = 0;
	console->forgetful = false;
	lines_init(&console->lines);
}

static void remember(struct console *console, struct bytes line)
{
	struct console_line *slot =
		&console->ring[console->line_count % CONSOLE_RING];

	slot->len = line.len < CONSOLE_RING_LINE ? line.len : CONSOLE_RING_LINE;
	memcpy(slot->text, line.data, slot->len);
	console->line_count++;
}

static void on_line(void *context, struct bytes line, uint64_t dropped)
{
	struct console *console = context;

	if (!console->forgetful)
		remember(console, line);
	if (console->sink)
		console->sink(console->context, line, dropped);
}

static int keep(struct console *console, struct bytes input)
{
	uint64_t room = console->cap_bytes - console->written;
	struct bytes kept =
		bytes_take(&input, room < input.len ? (size_t)room : input.len);
	int error;

	if (console->error) {
		console->dropped += kept.len + input.len;
		return 0;
	}
	console->dropped += input.len;
	error = fd_write_all(console->fd, kept.data, kept.len);
	if (error) {
		console->error = error;
		console->dropped += kept.len; /* at most so many */
		return error;
	}
	console->written += kept.len;
	return 0;
}

void console_set_forgetful(struct console *console, bool forgetful)
{
	console->forgetful = forgetful;
}

int console_push(struct console *console, struct bytes input)
{
	int error = keep(console, input);

	lines_push(&console->lines, input, on_line, console);
	return error;
}

int console_finish(struct console *console)
{
	char note[96];
	int len;

	lines_finish(&console->lines, on_line, console);
	if (console->dropped == 0)
		return 0;
	len = snprintf(note, sizeof(note),
		       "\n[fstvm: %" PRIu64
		       " more bytes of the console were not kept]\n",
		       console->dropped);
	console->dropped = 0;
	return fd_write_all(console->fd, note, (size_t)len);
}

size_t console_last_count(const struct console *console)
{
	return console->line_count < CONSOLE_RING ? (size_t)console->line_count
						  : CONSOLE_RING;
}

struct bytes console_last(const struct console *console, size_t i)
{
	uint64_t oldest = console->line_count - console_last_count(console);
	const struct console_line *slot =
		&console->ring[(oldest + i) % CONSOLE_RING];

	must(i < console_last_count(console));
	return bytes_of(slot->text, slot->len);
}
