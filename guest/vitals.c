/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vitals - what a heartbeat tells of the machine. */
#include "guest/vitals.h"

#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* /proc/stat of 64 CPUs is some 20 KiB, most of it interrupt counters. */
enum { TEXT_BYTES = 64 * 1024 };

int vitals_open(struct vitals *vitals)
{
	vitals->stat_fd = fd_open("/proc/stat", O_RDONLY, 0);
	vitals->loadavg_fd = fd_open("/proc/loadavg", O_RDONLY, 0);
	vitals->meminfo_fd = fd_open("/proc/meminfo", O_RDONLY, 0);
	if (vitals->stat_fd < 0)
		return vitals->stat_fd;
	if (vitals->loadavg_fd < 0)
		return vitals->loadavg_fd;
	return vitals->meminfo_fd < 0 ? vitals->meminfo_fd : 0;
}

void vitals_close(struct vitals *vitals)
{
	fd_close(&vitals->stat_fd);
	fd_close(&vitals->loadavg_fd);
	fd_close(&vitals->meminfo_fd);
}

/* The text after "\n<key>", or after <key> at the very start. */
static const char *after_key(const char *text, const char *key)
{
	size_t len = strlen(key);

	while (text && *text) {
		if (!strncmp(text, key, len))
			return text + len;
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return NULL;
}

void vitals_parse_stat(const char *text, uint64_t ticks_per_second,
		       uint64_t *ret_cpu_ms, uint32_t *ret_blocked)
{
	const char *cpu = after_key(text, "cpu ");
	const char *blocked = after_key(text, "procs_blocked ");
	uint64_t user, nice, system, irq, softirq, steal;

	/* user nice system idle iowait irq softirq steal */
	if (cpu && sscanf(cpu,
			  "%" SCNu64 "%" SCNu64 "%" SCNu64 "%*u %*u"
			  "%" SCNu64 "%" SCNu64 "%" SCNu64,
			  &user, &nice, &system, &irq, &softirq, &steal) == 6)
		*ret_cpu_ms = (user + nice + system + irq + softirq + steal) *
			      1000 / ticks_per_second;
	if (blocked)
		(void)sscanf(blocked, "%" SCNu32, ret_blocked);
}

void vitals_parse_loadavg(const char *text, uint32_t *ret_centi)
{
	uint32_t whole;
	uint32_t hundredths;

	if (sscanf(text, "%" SCNu32 ".%2" SCNu32, &whole, &hundredths) == 2)
		*ret_centi = whole * 100 + hundredths;
}

void vitals_parse_meminfo(const char *text, uint64_t *ret_available)
{
	const char *at = after_key(text, "MemAvailable:");
	uint64_t kib;

	if (at && sscanf(at, "%" SCNu64, &kib) == 1)
		*ret_available = kib * 1024;
}

static const char *read_again(int fd)
{
	static char text[TEXT_BYTES];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	text[len > 0 ? len : 0] = '\0';
	return text;
}

void vitals_fill(const struct vitals *vitals, Pb__Heartbeat *heartbeat)
{
	long ticks = sysconf(_SC_CLK_TCK);

	vitals_parse_stat(read_again(vitals->stat_fd),
			  ticks > 0 ? (uint64_t)ticks : 100, &heartbeat->cpu_ms,
			  &heartbeat->blocked_tasks);
	vitals_parse_loadavg(read_again(vitals->loadavg_fd),
			     &heartbeat->load_centi);
	vitals_parse_meminfo(read_again(vitals->meminfo_fd),
			     &heartbeat->available_bytes);
}
