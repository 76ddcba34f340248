/* SPDX-License-Identifier: GPL-2.0-or-later */
/* matcher - Wu-Manber search for many strings. */
#include "host/kernel/matcher.h"

#include "shared/must.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAIRS = 65536,
	NO_STRING = 0, /* links hold index + 1 */
	LANE_BYTES_MIN = 64,
	LANE_BYTES_MAX = 8192,
	FOURS_BITS = 14,
};

struct matcher_string {
	const char *text;
	uint16_t length;
	uint16_t window_end; /* offset in text of the window's last byte */
	uint16_t next;	     /* of the same last pair: index + 1, or 0 */
	uint32_t four;	     /* the window's last bytes */
};

struct matcher {
	/* By the pair of bytes at the window's end: how far the window may
	 * move; 0 when a string's window can end here. */
	uint8_t shift[PAIRS];
	uint16_t first[PAIRS];
	/* One bit of many for a window's last four bytes: where it is not set,
	 * no string stands. */
	uint64_t fours[(1 << FOURS_BITS) / 64];
	struct matcher_string strings[MATCHER_STRINGS_MAX];
};

static size_t pair_at(const uint8_t *end)
{
	return (size_t)end[-1] | (size_t)end[0] << 8;
}

static uint32_t four_at(const uint8_t *end)
{
	uint32_t four;

	memcpy(&four, end - 3, sizeof(four));
	return four;
}

static size_t hash_four(uint32_t four)
{
	return four * UINT32_C(0x9e3779b1) >> (32 - FOURS_BITS);
}

/* May a string's window end at end? */
static bool may_stand(const struct matcher *matcher, const uint8_t *end)
{
	size_t hash = hash_four(four_at(end));

	return matcher->fours[hash / 64] >> (hash % 64) & 1;
}

/* What most lines of a test run's log look like: windows made of its pairs of
 * bytes would stop the search all the time. */
static const char usual[] =
	"[ 1234.567890][ T1234] EXT4-fs (vdb): mounted filesystem "
	"12345678-9abc-def0-1234-56789abcdef0 r/w with ordered data mode. "
	"Quota mode: none. unmounting filesystem "
	"[ 2345.678901][ C1] XFS (vdc): Mounting V5 Filesystem; Ending clean "
	"mount; Unmounting Filesystem; User initiated shutdown received "
	"BTRFS info (device vdb): first mount of filesystem; using crc32c "
	"(crc32c-intel) checksum algorithm; using free-space-tree; last "
	"unmount of filesystem; BTRFS: device fsid devid transid scanned by "
	"mount mkfs run fstests generic/123 at 2026-11-23 12:34:56 "
	"systemd[1]: Started loop0: detected capacity change from 0 to "
	"EXT4-fs (vdc): mounted filesystem r/w EXT4-fs (vdc): unmounting "
	"systemd[1]: Started fstests-generic-123.scope - /usr/bin/bash -c "
	"test -w /proc/self/oom_score_adj && exec ./tests/generic/123. "
	"run fstests xfs/123 at 2026-11-23 11:22:33 start test: stop: "
	"pci 0000:00:01.0: reg 0x10: [mem 0xfebc0000-0xfebdffff] usb 1-1: new "
	"high-speed device number using xhci_hcd ACPI: PM-Timer IO Port "
	"random: crng init done; audit: type=1400 apparmor=\"STATUS\" "
	"operation=\"profile_load\" executing program kernel: entry printed "
	"CPU: 1 UID: 0 PID: 1234 Comm: fsstress Tainted: G W 6.12.0-rc1 #1 "
	"Hardware name: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.0 "
	"04/01/2014 RIP: 0010:xfs_btree_insert+0x1a0/0x280 [xfs] Code: 00 0f "
	"RSP: 0018:ffffc90000a3fb58 EFLAGS: 00010246 RAX: 0000000000000000 "
	"RBX: RCX: RDX: RSI: RDI: RBP: R08: R09: R10: R11: R12: FS: GS: CS: "
	"DS: ES: CR0: CR2: CR3: CR4: DR0: Call Trace: <TASK> </TASK> "
	"? do_syscall_64+0x5b/0xc0 entry_SYSCALL_64_after_hwframe+0x6e/0xd8 "
	"? __schedule+0x34d/0x9e0 ? ext4_file_write_iter+0x61/0x8e0 vfs_write "
	"ksys_write __x64_sys_write __pfx_ kthread ret_from_fork_asm Modules "
	"linked in: ---[ end trace 0000000000000000 ]--- "
	"BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable "
	"BIOS-e820: [mem 0x000000000009fc00-0x00000000000fffff] reserved "
	"ACPI: Reserving HPET table memory at [mem 0x7ffe23a6-0x7ffe23dd] "
	"ACPI: DSDT 0x000000007FFE0040 0021E2 (v01 BOCHS BXPC 00000001) "
	"ACPI: INT_SRC_OVR (bus 0 bus_irq 0 global_irq 2 dfl dfl) enabled "
	"On node 0, zone Normal: 33 pages in unavailable ranges disabled "
	"PM: hibernation: Registered nosave memory: Freeing unused memory "
	"clocksource: tsc-early: mask: 0xffffffffffffffff max_cycles: 0x256 "
	"pci_bus 0000:00: root bus resource [io 0x0000-0x0cf7 window] "
	"Dentry cache hash table entries: 524288 (order: 10, linear) bytes "
	"NET: Registered PF_INET6 protocol family IP idents hash table entries "
	"TCP established hash table bind table UDP hash table not found "
	"io scheduler mq-deadline registered Serial: 8250/16550 driver, ports "
	"rcu: RCU restricting CPUs from NR_CPUS=8192 to nr_cpu_ids=4. SMP "
	"Spectre V2 : Mitigation: Retpolines smpboot: Allowing 4 CPUs, "
	"virtio_blk virtio2: [vda] 2097152 512-byte logical blocks (1.07 GB) "
	"scsi host0: ahci ata1: SATA max UDMA/133 input: keyboard as /devices/ "
	"EXT4-fs (vda1): re-mounted. systemd-journald: Received client request "
	"to flush runtime journal. Write protecting the kernel read-only data "
	"Loading compiled-in X.509 certificates Loaded X.509 cert 'Build' "
	"Key type registered device-mapper: ioctl: initialised: device link up "
	"IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready port entered "
	"blocking state forwarding state promiscuous mode successfully ";

/* The end of the rarest window of text; counts: of each pair in usual. */
static size_t rarest_window(const uint16_t *counts, const char *text,
			    size_t length)
{
	const uint8_t *bytes = (const uint8_t *)text;
	unsigned int best = UINT_MAX;
	size_t best_end = MATCHER_WINDOW - 1;

	for (size_t end = MATCHER_WINDOW - 1; end < length; end++) {
		/* The last pair decides how often texts are compared; the
		 * others, how far the window moves. */
		unsigned int sum = 8u * counts[pair_at(bytes + end)];

		for (size_t i = end + 2 - MATCHER_WINDOW; i < end; i++)
			sum += counts[pair_at(bytes + i)];
		if (sum < best) {
			best = sum;
			best_end = end;
		}
	}
	return best_end;
}

static void add_string(struct matcher *matcher, const uint16_t *counts,
		       size_t index, const char *text)
{
	struct matcher_string *string = &matcher->strings[index];
	const uint8_t *end;
	size_t length = strlen(text);
	size_t hash;

	must(length >= MATCHER_WINDOW && length <= UINT16_MAX);
	string->text = text;
	string->length = (uint16_t)length;
	string->window_end = (uint16_t)rarest_window(counts, text, length);
	end = (const uint8_t *)text + string->window_end;
	for (unsigned int back = 0; back < MATCHER_WINDOW - 1; back++) {
		uint8_t *shift = &matcher->shift[pair_at(end - back)];

		if (*shift > back)
			*shift = (uint8_t)back;
	}
	string->four = four_at(end);
	hash = hash_four(string->four);
	matcher->fours[hash / 64] |= UINT64_C(1) << (hash % 64);
	string->next = matcher->first[pair_at(end)];
	matcher->first[pair_at(end)] = (uint16_t)(index + 1);
}

struct matcher *matcher_create(const char *const *texts)
{
	struct matcher *matcher = calloc(1, sizeof(*matcher));
	uint16_t *counts = calloc(PAIRS, sizeof(*counts));

	if (!matcher || !counts) {
		free(matcher);
		free(counts);
		return NULL;
	}
	for (size_t i = 1; i + 1 < sizeof(usual); i++)
		counts[pair_at((const uint8_t *)usual + i)]++;
	memset(matcher->shift, MATCHER_WINDOW - 1, sizeof(matcher->shift));
	for (size_t i = 0; texts[i]; i++) {
		must(i < MATCHER_STRINGS_MAX);
		add_string(matcher, counts, i, texts[i]);
	}
	free(counts);
	return matcher;
}

void matcher_destroy(struct matcher *matcher)
{
	free(matcher);
}

static bool string_stands(const struct matcher_string *string,
			  struct bytes text, size_t window_end)
{
	size_t start = window_end - string->window_end;

	return four_at(text.data + window_end) == string->four &&
	       window_end >= string->window_end &&
	       string->length <= text.len - start &&
	       memcmp(text.data + start, string->text, string->length) == 0;
}

/* The next position at or after end where some window may end. */
static size_t next_window(const struct matcher *matcher, struct bytes text,
			  size_t end)
{
	while (end < text.len) {
		uint8_t step = matcher->shift[pair_at(text.data + end)];

		if (step == 0)
			break;
		end += step;
	}
	return end;
}

bool matcher_next(const struct matcher *matcher, struct bytes text,
		  struct match_cursor *cursor, struct match *ret_match)
{
	size_t end = cursor->window;
	uint16_t link = cursor->next;

	if (end == 0)
		end = MATCHER_WINDOW - 1;
	for (;;) {
		if (link == NO_STRING) {
			end = next_window(matcher, text, end);
			if (end >= text.len)
				break;
			if (may_stand(matcher, text.data + end))
				link = matcher->first[pair_at(text.data + end)];
		}
		while (link != NO_STRING) {
			const struct matcher_string *string =
				&matcher->strings[link - 1];
			size_t which = (size_t)link - 1;

			link = string->next;
			if (!string_stands(string, text, end))
				continue;
			cursor->window = link == NO_STRING ? end + 1 : end;
			cursor->next = link;
			ret_match->offset = end - string->window_end;
			ret_match->which = which;
			return true;
		}
		end++;
	}
	cursor->window = end;
	cursor->next = NO_STRING;
	return false;
}

/* Does any string stand with its window's end at end? */
static bool stands_at(const struct matcher *matcher, struct bytes text,
		      size_t end, size_t *ret_offset)
{
	uint16_t link = matcher->first[pair_at(text.data + end)];

	for (; link != NO_STRING; link = matcher->strings[link - 1].next) {
		const struct matcher_string *string =
			&matcher->strings[link - 1];

		if (string_stands(string, text, end)) {
			*ret_offset = end - string->window_end;
			return true;
		}
	}
	return false;
}

/* One window's way through text: at is where it ends next, stop where the
 * next one began. */
struct lane {
	size_t at;
	size_t stop;
	bool found;
	size_t offset;
};

static void lane_step(const struct matcher *matcher, struct bytes text,
		      struct lane *lane)
{
	uint8_t step = matcher->shift[pair_at(text.data + lane->at)];

	if (step == 0 && may_stand(matcher, text.data + lane->at) &&
	    stands_at(matcher, text, lane->at, &lane->offset)) {
		lane->found = true;
		lane->stop = lane->at;
		return;
	}
	lane->at += step ? step : 1;
}

/* Both lanes at once: each step waits for two loads, and the processor can
 * wait for several at a time. */
static void lanes_run(const struct matcher *matcher, struct bytes text,
		      struct lane *lanes)
{
	const uint8_t *shift = matcher->shift;
	const uint8_t *data = text.data;
	struct lane *a = &lanes[0], *b = &lanes[1];

	while (a->at < a->stop && b->at < b->stop) {
		size_t i = a->at, j = b->at;
		uint8_t m = 1, n = 1;

		while (i < a->stop && j < b->stop) {
			m = shift[pair_at(data + i)];
			n = shift[pair_at(data + j)];
			if (!m || !n)
				break;
			i += m;
			j += n;
		}
		a->at = i;
		b->at = j;
		if (!m && i < a->stop)
			lane_step(matcher, text, a);
		if (!n && j < b->stop)
			lane_step(matcher, text, b);
	}
	while (a->at < a->stop)
		lane_step(matcher, text, a);
	while (b->at < b->stop && !a->found)
		lane_step(matcher, text, b);
}

size_t matcher_find(const struct matcher *matcher, struct bytes text)
{
	size_t start = MATCHER_WINDOW - 1;
	size_t most = LANE_BYTES_MIN;

	while (start < text.len) {
		size_t left = text.len - start;
		size_t lane = left < most * 2 ? left / 2 : most;
		size_t end = left < most * 2 ? text.len : start + 2 * lane;
		struct lane lanes[2] = {
			{.at = start, .stop = start + lane},
			{.at = start + lane, .stop = end},
		};

		lanes_run(matcher, text, lanes);
		if (lanes[0].found)
			return lanes[0].offset;
		if (lanes[1].found)
			return lanes[1].offset;
		start = end;
		/* A match ends both lanes: where they are rare, far apart. */
		if (most < LANE_BYTES_MAX)
			most *= 2;
	}
	return text.len;
}
