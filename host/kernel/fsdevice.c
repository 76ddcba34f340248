/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fsdevice - reading the device out of ext4's and jbd2's messages. */
#include "host/kernel/fsdevice.h"

#include "host/kernel/chars.h"

#include <string.h>

enum {
	FOLLOWS_US = 10 * 1000 * 1000,
};

/* "vdb-8" is the journal in inode 8 of vdb; "dm-0" is a device, whose journal
 * is "dm-0-8". */
static size_t without_inode(struct bytes name)
{
	size_t n = name.len;

	while (n > 0 && is_digit(name.data[n - 1]))
		n--;
	if (n < 2 || n == name.len || name.data[n - 1] != '-')
		return name.len;
	return n == 3 && memcmp(name.data, "dm", 2) == 0 ? name.len : n - 1;
}

/* "EXT4-fs error (device vdb): …", "EXT4-fs (vdb): …", "Aborting journal on
 * device vdb-8.", "JBD2: Error -5 detected when updating journal superblock
 * for vdb-8."; empty when text names none. */
static struct bytes device_of(struct bytes text)
{
	static const char *const leads[] = {
		"(device ",	    "-fs (", " on device ", " data on ",
		" superblock for ",
	};
	struct bytes name = bytes_of(NULL, 0);

	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		const uint8_t *found = find_text(text, leads[i]);

		if (!found)
			continue;
		bytes_take(&text,
			   (size_t)(found - text.data) + strlen(leads[i]));
		while (name.len < text.len &&
		       !strchr(" :),.", text.data[name.len]))
			name.len++;
		name.data = text.data;
		break;
	}
	name.len = without_inode(name);
	return name;
}

void fsdevice_note(struct fsdevice *device, const struct line_prefix *line)
{
	struct bytes name = device_of(line->text);

	if (name.len == 0 || name.len >= FSDEVICE_NAME)
		return;
	memcpy(device->name, name.data, name.len);
	device->name[name.len] = '\0';
	device->has_time = line->has_time;
	device->time_us = line->time_us;
}

bool fsdevice_follows(const struct fsdevice *device,
		      const struct line_prefix *line)
{
	struct bytes name = device_of(line->text);

	if (name.len == 0 || !bytes_equal_string(name, device->name))
		return false;
	return !device->has_time || !line->has_time ||
	       (line->time_us >= device->time_us &&
		line->time_us <= device->time_us + FOLLOWS_US);
}
