/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts - what Hello tells of this machine and its kernel. */
#include "guest/facts.h"

#include "shared/arena.h"
#include "shared/clock.h"
#include "shared/fd.h"
#include "shared/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include <zlib.h>

static const char *const options[] = {
	"BTRFS_ASSERT",
	"BTRFS_DEBUG",
	"BUG_ON_DATA_CORRUPTION",
	"DEBUG_ATOMIC_SLEEP",
	"DEBUG_FS",
	"DEBUG_INFO",
	"DEBUG_INFO_BTF",
	"DEBUG_KERNEL",
	"DEBUG_KMEMLEAK",
	"DEBUG_LIST",
	"DEBUG_LOCK_ALLOC",
	"DEBUG_MUTEXES",
	"DEBUG_OBJECTS",
	"DEBUG_PAGEALLOC",
	"DEBUG_PREEMPT",
	"DEBUG_RWSEMS",
	"DEBUG_SG",
	"DEBUG_SPINLOCK",
	"DEBUG_VM",
	"DEBUG_VM_PGFLAGS",
	"DETECT_HUNG_TASK",
	"EXT4_DEBUG",
	"F2FS_CHECK_FS",
	"FAILSLAB",
	"FAIL_MAKE_REQUEST",
	"FAIL_PAGE_ALLOC",
	"FAULT_INJECTION",
	"FS_ENCRYPTION",
	"FS_VERITY",
	"HARDLOCKUP_DETECTOR",
	"HZ",
	"IKCONFIG_PROC",
	"INIT_ON_ALLOC_DEFAULT_ON",
	"JBD2_DEBUG",
	"KASAN",
	"KASAN_GENERIC",
	"KASAN_HW_TAGS",
	"KASAN_SW_TAGS",
	"KASAN_VMALLOC",
	"KCSAN",
	"KFENCE",
	"KFENCE_SAMPLE_INTERVAL",
	"KMSAN",
	"LOCKDEP",
	"LOCK_STAT",
	"MAGIC_SYSRQ",
	"MODULES",
	"PAGE_OWNER",
	"PAGE_POISONING",
	"PREEMPT",
	"PREEMPT_DYNAMIC",
	"PREEMPT_NONE",
	"PREEMPT_RT",
	"PREEMPT_VOLUNTARY",
	"PROVE_LOCKING",
	"PROVE_RCU",
	"QUOTA",
	"RCU_CPU_STALL_TIMEOUT",
	"SLUB_DEBUG_ON",
	"SOFTLOCKUP_DETECTOR",
	"UBSAN",
	"WQ_WATCHDOG",
	"XFS_DEBUG",
	"XFS_WARN",
};

static_assert(sizeof(options) / sizeof(*options) <= LIMIT_CONFIG_FACTS,
	      "every option can be told");

bool facts_wants_option(struct bytes line)
{
	static const char prefix[] = "CONFIG_";
	struct bytes start = bytes_take(&line, sizeof(prefix) - 1);
	const uint8_t *equals;
	size_t i;

	if (!bytes_equal_string(start, prefix))
		return false;
	equals = memchr(line.data, '=', line.len);
	if (!equals)
		return false;
	line.len = (size_t)(equals - line.data);
	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (bytes_equal_string(line, options[i]))
			return true;
	}
	return false;
}

static void on_config_line(void *context, struct bytes line, uint64_t dropped)
{
	struct facts *facts = context;
	unsigned int index = facts->config_count;

	if (dropped || line.len >= FACTS_OPTION_MAX ||
	    index == LIMIT_CONFIG_FACTS || !facts_wants_option(line))
		return;
	memcpy(facts->config[index], line.data, line.len);
	facts->config[index][line.len] = '\0';
	facts->config_list[index] = facts->config[index];
	facts->config_count++;
}

enum { CONFIG_BLOCK = 16 * 1024, INFLATE_ARENA = 64 * 1024 };

struct config_reader {
	struct facts *facts;
	struct lines lines;
	z_stream stream;
	struct arena arena;
	_Alignas(16) uint8_t arena_storage[INFLATE_ARENA];
	uint8_t input[CONFIG_BLOCK];
	uint8_t output[CONFIG_BLOCK];
};

/* Too large for a stack; used once. */
static struct config_reader config_reader;

static void *zlib_alloc(void *context, unsigned int items, unsigned int size)
{
	return arena_alloc(context, (size_t)items * size);
}

static void zlib_free(void *context, void *pointer)
{
	(void)context;
	(void)pointer;
}

/* Returns 0 to go on, 1 at the end of the stream. */
static int inflate_block(struct config_reader *reader, size_t len)
{
	z_stream *stream = &reader->stream;
	int state = Z_OK;

	stream->next_in = reader->input;
	stream->avail_in = (unsigned int)len;
	while (state == Z_OK && stream->avail_in) {
		size_t made;

		stream->next_out = reader->output;
		stream->avail_out = sizeof(reader->output);
		state = inflate(stream, Z_NO_FLUSH);
		made = sizeof(reader->output) - stream->avail_out;
		lines_push(&reader->lines, bytes_of(reader->output, made),
			   on_config_line, reader->facts);
	}
	return state == Z_OK ? 0 : state == Z_STREAM_END ? 1 : -EBADMSG;
}

static int read_compressed(struct config_reader *reader, const char *path)
{
	enum { GZIP_WINDOW = 15 + 16 };
	fd_auto int fd = fd_open(path, O_RDONLY, 0);
	ssize_t len;
	int rc = 0;

	if (fd < 0)
		return fd;
	arena_init(&reader->arena, reader->arena_storage,
		   sizeof(reader->arena_storage));
	reader->stream = (z_stream){.zalloc = zlib_alloc,
				    .zfree = zlib_free,
				    .opaque = &reader->arena};
	if (inflateInit2(&reader->stream, GZIP_WINDOW) != Z_OK)
		return -ENOMEM;
	while (rc == 0) {
		len = fd_read_all(fd, reader->input, sizeof(reader->input));
		if (len <= 0)
			break;
		rc = inflate_block(reader, (size_t)len);
	}
	(void)inflateEnd(&reader->stream);
	return 0;
}

static int read_plain(struct config_reader *reader, const char *path)
{
	fd_auto int fd = fd_open(path, O_RDONLY, 0);
	ssize_t len;

	if (fd < 0)
		return fd;
	for (;;) {
		len = fd_read_all(fd, reader->input, sizeof(reader->input));
		if (len <= 0)
			return (int)len;
		lines_push(&reader->lines, bytes_of(reader->input, (size_t)len),
			   on_config_line, reader->facts);
	}
}

static void read_config(struct facts *facts)
{
	struct config_reader *reader = &config_reader;
	char path[128];
	int rc;

	reader->facts = facts;
	lines_init(&reader->lines);
	rc = read_compressed(reader, "/proc/config.gz");
	if (rc < 0) {
		(void)snprintf(path, sizeof(path), "/boot/config-%s",
			       facts->name.release);
		rc = read_plain(reader, path);
	}
	if (rc < 0) {
		(void)snprintf(path, sizeof(path), "/lib/modules/%s/config",
			       facts->name.release);
		rc = read_plain(reader, path);
	}
	if (rc == 0)
		lines_finish(&reader->lines, on_config_line, facts);
}

static uint64_t read_number(const char *path)
{
	char text[32];

	if (fd_read_attribute(AT_FDCWD, path, text, sizeof(text)) < 0)
		return 0;
	return strtoull(text, NULL, 10);
}

uint32_t facts_count_cpus(const char *list)
{
	uint32_t count = 0;

	while (*list >= '0' && *list <= '9') {
		char *end;
		unsigned long first = strtoul(list, &end, 10);
		unsigned long last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last < first || last - first > UINT16_MAX)
			return count;
		count += (uint32_t)(last - first + 1);
		list = *end == ',' ? end + 1 : end;
	}
	return count;
}

static void read_machine(struct facts *facts)
{
	struct sysinfo info;
	char list[256];

	if (!sysinfo(&info))
		facts->memory_bytes = (uint64_t)info.totalram * info.mem_unit;
	if (fd_read_text(AT_FDCWD, "/sys/devices/system/cpu/online", list,
			 sizeof(list)) > 0)
		facts->cpus = facts_count_cpus(list);
}

void facts_read(struct facts *ret_facts)
{
	memset(ret_facts, 0, sizeof(*ret_facts));
	(void)uname(&ret_facts->name);
	if (fd_read_text(AT_FDCWD, "/proc/sys/kernel/random/boot_id",
			 ret_facts->boot_id, sizeof(ret_facts->boot_id)) < 0)
		ret_facts->boot_id[0] = '\0';
	if (fd_read_text(AT_FDCWD, "/proc/cmdline", ret_facts->command_line,
			 sizeof(ret_facts->command_line)) < 0)
		ret_facts->command_line[0] = '\0';
	ret_facts->taint = read_number("/proc/sys/kernel/tainted");
	buildid_read(ret_facts->build_id);
	read_machine(ret_facts);
	read_config(ret_facts);
}

void facts_fill(struct facts *facts, Pb__Hello *hello)
{
	hello->boot_id = facts->boot_id;
	hello->build_id = facts->build_id;
	hello->kernel_release = facts->name.release;
	hello->kernel_version = facts->name.version;
	hello->machine = facts->name.machine;
	hello->command_line = facts->command_line;
	hello->taint = facts->taint;
	hello->memory_bytes = facts->memory_bytes;
	hello->cpus = facts->cpus;
	hello->boot_ns = clock_boot_ns();
	hello->n_config_facts = facts->config_count;
	hello->config_facts = facts->config_list;
}
