/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bootfault - why a VM did not come up, in plain words, where that is known. */
#include "host/vm/bootfault.h"

#include <stdio.h>
#include <string.h>

/* What a line says, and what that means. The causes come before what follows
 * from them. Sources: init/do_mounts.c, init/main.c, net/9p,
 * fs/fuse/virtio_fs.c and arch/x86/boot of Linux 4.19 to 6.18;
 * virtme/mkinitramfs.py and virtme-init of virtme-ng 1.35; guest/main.c. */
struct row {
	const char *text;
	const char *and; /* in the same line; or NULL */
	const char *meaning;
	bool quote; /* the line itself is said, too */
};

static const struct row causes[] = {
	{"qemu-system", ": ", "QEMU did not start", true},
	{"qemu-kvm: ", NULL, "QEMU did not start", true},
	{"virtme-run: ", NULL, "virtme-ng did not start QEMU", true},
	{"vng: ", "error", "virtme-ng did not start QEMU", true},
	{"This kernel requires", NULL,
	 "the kernel is made for another CPU than this VM's", true},
	{"Initramfs unpacking failed", NULL,
	 "the initramfs could not be unpacked; give the guest more --memory, "
	 "or the kernel its compression (CONFIG_RD_*)",
	 true},
	{"System is deadlocked on memory", NULL,
	 "the guest has too little memory to boot; give it more --memory",
	 false},
	{"Cannot allocate memory for", NULL,
	 "the guest has too little memory to boot; give it more --memory",
	 true},
	{"unknown filesystem type '9p'", NULL,
	 "the kernel has no 9p, over which it shares the host's root: "
	 "CONFIG_NET_9P_VIRTIO and CONFIG_9P_FS are needed",
	 false},
	{"9pnet: Could not find request transport", NULL,
	 "the kernel has no 9p over virtio (CONFIG_NET_9P_VIRTIO)", false},
	{"9pnet_virtio: no channels available", NULL,
	 "the kernel does not see QEMU's 9p device: CONFIG_VIRTIO_PCI is "
	 "needed",
	 false},
	{"virtio-fs: tag", "not found",
	 "the kernel does not see the virtiofs device that has its root", true},
	{"Failed to mount real root", NULL,
	 "the initramfs could not mount the host's root: the kernel needs 9p "
	 "(CONFIG_9P_FS, CONFIG_NET_9P_VIRTIO) or virtiofs",
	 false},
	{"initramfs does not have module", NULL,
	 "a module that the boot needs is missing", true},
	{"cannot find script I/O ports", NULL,
	 "the kernel has no virtio console: CONFIG_VIRTIO_CONSOLE is needed",
	 false},
	{"no virtio port is named", NULL,
	 "the kernel has no virtio console (CONFIG_VIRTIO_CONSOLE), so the "
	 "agent found no channel to the host",
	 false},
	{"no channel to the host", NULL,
	 "the agent ran and found no channel to the host", true},
	{"Unable to mount root fs", NULL,
	 "the kernel found no root: 9p or virtiofs, and virtio-pci, must be "
	 "built in, or be modules that vng finds",
	 false},
	{"Cannot open root device", NULL,
	 "the kernel found no root: 9p or virtiofs, and virtio-pci, must be "
	 "built in, or be modules that vng finds",
	 false},
	{"Requested init ", " failed (error -2)",
	 "the kernel could not start the agent: the root is mounted, but the "
	 "program is not there",
	 true},
	{"Requested init ", " failed (error -8)",
	 "the kernel can't run the agent's kind of program "
	 "(CONFIG_BINFMT_ELF)",
	 false},
	{"No working init found", NULL,
	 "the kernel found its root, but no init in it that it can run", false},
	{"Kernel panic - not syncing: Attempted to kill init", NULL,
	 "init died in boot", true},
	{"Kernel panic", NULL, "the kernel panicked in boot", true},
	{"BUG: unable to handle", NULL, "the kernel crashed in boot", true},
	{"Oops: ", NULL, "the kernel crashed in boot", true},
};

enum {
	STARTS = 4, /* the first rows: of a QEMU that never came up */
	DEATHS = 4, /* the last: they say no more than the kernel's words */
	CAUSES = sizeof(causes) / sizeof(causes[0]),
};

/* Where a kernel that was not heard after it came to, at best. */
static const char *const silences[] = {
	"Booting the kernel",
	"Decompressing Linux",
	"Booting from ROM",
};

static bool has(struct bytes line, const char *text)
{
	return memmem(line.data, line.len, text, strlen(text)) != NULL;
}

/* Said on every boot of some kernels: aliases that nothing needs. */
static const char noise[] = "initramfs does not have module crypto-";

static bool matches(const struct row *row, struct bytes line)
{
	return has(line, row->text) && !has(line, noise) &&
	       (row->and == NULL || has(line, row->and));
}

/* Without what stands before the text: time, log level, caller. */
static struct bytes from_text(struct bytes line, const char *text)
{
	const uint8_t *at = memmem(line.data, line.len, text, strlen(text));

	return bytes_of(at, line.len - (size_t)(at - line.data));
}

static void say(const struct row *row, struct bytes line,
		char to[BOOTFAULT_TEXT])
{
	struct bytes words = from_text(line, row->text);

	if (row->quote)
		snprintf(to, BOOTFAULT_TEXT, "%s: %.*s", row->meaning,
			 words.len < 160 ? (int)words.len : 160,
			 (const char *)words.data);
	else
		snprintf(to, BOOTFAULT_TEXT, "%s", row->meaning);
}

static bool find_cause(const struct bootfault_facts *facts,
		       bootfault_line *line, const void *context, size_t count,
		       char to[BOOTFAULT_TEXT])
{
	size_t end = facts->death_is_known ? CAUSES - DEATHS : CAUSES;

	for (size_t row = facts->qemu_connected ? STARTS : 0; row < end;
	     row++) {
		for (size_t i = 0; i < count; i++) {
			if (!matches(&causes[row], line(context, i)))
				continue;
			say(&causes[row], line(context, i), to);
			return true;
		}
	}
	return false;
}

/* The last thing heard is that it was to begin. */
static bool is_silent(bootfault_line *line, const void *context, size_t count)
{
	while (count > 0 && line(context, count - 1).len == 0)
		count--;
	if (count == 0)
		return false;
	for (size_t i = 0; i < sizeof(silences) / sizeof(silences[0]); i++)
		if (has(line(context, count - 1), silences[i]))
			return true;
	return false;
}

bool bootfault_explain(const struct bootfault_facts *facts,
		       bootfault_line *line, const void *context, size_t count,
		       char to[BOOTFAULT_TEXT])
{
	const char *words = NULL;

	if (find_cause(facts, line, context, count, to))
		return true;
	if (facts->death_is_known)
		return false;
	if (is_silent(line, context, count))
		words = "the kernel was loaded and then said nothing: it died "
			"very early, or has no serial console "
			"(CONFIG_SERIAL_8250_CONSOLE)";
	else if (!facts->qemu_connected)
		words = "QEMU never started";
	else if (facts->line_count == 0)
		words = "the console stayed empty: this is no kernel for this "
			"machine, or it has no serial console "
			"(CONFIG_SERIAL_8250_CONSOLE)";
	else if (facts->agent_init)
		words = "the kernel boots, but the agent, as its PID 1, never "
			"got through to the host; --init=vng is the other way";
	if (words == NULL)
		return false;
	snprintf(to, BOOTFAULT_TEXT, "%s", words);
	return true;
}

/* Of a log: the last ones. */
struct tail {
	struct bytes lines[BOOTFAULT_LOG_LINES];
	size_t count; /* of all */
};

static struct bytes tail_line(const void *context, size_t i)
{
	const struct tail *tail = context;
	size_t first = tail->count > BOOTFAULT_LOG_LINES
			       ? tail->count - BOOTFAULT_LOG_LINES
			       : 0;

	return tail->lines[(first + i) % BOOTFAULT_LOG_LINES];
}

bool bootfault_explain_log(const struct bootfault_facts *facts,
			   struct bytes log, char to[BOOTFAULT_TEXT])
{
	struct tail tail = {.count = 0};

	while (log.len > 0) {
		const uint8_t *end = memchr(log.data, '\n', log.len);
		size_t len = end ? (size_t)(end - log.data) : log.len;

		tail.lines[tail.count++ % BOOTFAULT_LOG_LINES] =
			bytes_take(&log, len);
		(void)bytes_take(&log, 1);
	}
	return find_cause(facts, tail_line, &tail,
			  tail.count < BOOTFAULT_LOG_LINES
				  ? tail.count
				  : BOOTFAULT_LOG_LINES,
			  to);
}
