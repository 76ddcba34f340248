/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kconfig - a kernel's .config: see kconfig.h. */
#include "host/vm/kconfig.h"

#include "shared/fd.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What vng's guest needs, from its own list (configkernel.py) and its two
 * inits. A module does where vng puts it into its initramfs. */
static const struct {
	const char *name;
	bool module_does;
	bool x86_only;
} needed[] = {
	{"VIRTIO_PCI", true, false},	 {"VIRTIO_CONSOLE", true, false},
	{"NET_9P", true, false},	 {"NET_9P_VIRTIO", true, false},
	{"9P_FS", true, false},		 {"OVERLAY_FS", true, false},
	{"UNIX", true, false},		 {"TMPFS", false, false},
	{"DEVTMPFS", false, false},	 {"PROC_FS", false, false},
	{"SYSFS", false, false},	 {"BINFMT_ELF", false, false},
	{"BINFMT_SCRIPT", false, false}, {"SERIAL_8250_CONSOLE", false, true},
};

/* Filesystems whose option is not the name and _FS. */
static const struct {
	const char *fstype;
	const char *name;
} filesystems[] = {
	{"ext2", "EXT2_FS"},	     {"ext3", "EXT4_FS"},
	{"ext4", "EXT4_FS"},	     {"xfs", "XFS_FS"},
	{"btrfs", "BTRFS_FS"},	     {"f2fs", "F2FS_FS"},
	{"overlay", "OVERLAY_FS"},   {"vfat", "VFAT_FS"},
	{"exfat", "EXFAT_FS"},	     {"udf", "UDF_FS"},
	{"jfs", "JFS_FS"},	     {"nilfs2", "NILFS2_FS"},
	{"ocfs2", "OCFS2_FS"},	     {"gfs2", "GFS2_FS"},
	{"bcachefs", "BCACHEFS_FS"}, {"tmpfs", "TMPFS"},
	{"reiserfs", "REISERFS_FS"},
};

/* What changes how a test behaves or what a kernel can tell. */
static const char *const facts[] = {
	"CONFIG_KASAN=y",
	"CONFIG_KASAN_GENERIC=y",
	"CONFIG_KCSAN=y",
	"CONFIG_KMSAN=y",
	"CONFIG_KFENCE=y",
	"CONFIG_UBSAN=y",
	"CONFIG_LOCKDEP=y",
	"CONFIG_PROVE_LOCKING=y",
	"CONFIG_PROVE_RCU=y",
	"CONFIG_DEBUG_ATOMIC_SLEEP=y",
	"CONFIG_DEBUG_KMEMLEAK=y",
	"CONFIG_DEBUG_OBJECTS=y",
	"CONFIG_DEBUG_LIST=y",
	"CONFIG_DEBUG_PAGEALLOC=y",
	"CONFIG_DEBUG_VM=y",
	"CONFIG_SLUB_DEBUG_ON=y",
	"CONFIG_PAGE_POISONING=y",
	"CONFIG_DEBUG_KERNEL=y",
	"CONFIG_DEBUG_INFO=y",
	"CONFIG_SOFTLOCKUP_DETECTOR=y",
	"CONFIG_HARDLOCKUP_DETECTOR=y",
	"CONFIG_DETECT_HUNG_TASK=y",
	"CONFIG_WQ_WATCHDOG=y",
	"CONFIG_FAULT_INJECTION=y",
	"CONFIG_FAIL_MAKE_REQUEST=y",
	"CONFIG_FAILSLAB=y",
	"CONFIG_MAGIC_SYSRQ=y",
	"CONFIG_FRAME_POINTER=y",
	"CONFIG_UNWINDER_ORC=y",
	"CONFIG_KALLSYMS_ALL=y",
	"CONFIG_PRINTK_CALLER=y",
	"CONFIG_RANDOMIZE_BASE=y",
	"CONFIG_PREEMPT=y",
	"CONFIG_PREEMPT_DYNAMIC=y",
	"CONFIG_PREEMPT_RT=y",
	"CONFIG_USER_NS=y",
	"CONFIG_FS_VERITY=y",
	"CONFIG_FS_ENCRYPTION=y",
	"CONFIG_XFS_DEBUG=y",
	"CONFIG_XFS_WARN=y",
	"CONFIG_BTRFS_DEBUG=y",
	"CONFIG_BTRFS_ASSERT=y",
	"CONFIG_F2FS_CHECK_FS=y",
	"CONFIG_EXT4_DEBUG=y",
	"CONFIG_JBD2_DEBUG=y",
	"CONFIG_QUOTA=y",
	"CONFIG_DM_FLAKEY=y",
	"CONFIG_DM_FLAKEY=m",
	"CONFIG_DM_LOG_WRITES=y",
	"CONFIG_DM_LOG_WRITES=m",
	"CONFIG_DM_THIN_PROVISIONING=y",
	"CONFIG_DM_THIN_PROVISIONING=m",
	"CONFIG_SCSI_DEBUG=y",
	"CONFIG_SCSI_DEBUG=m",
};

static_assert(COUNT(facts) <= LIMIT_CONFIG_FACTS, "all facts fit a result");

int kconfig_parse(struct kconfig *config, struct bytes text)
{
	*config = (struct kconfig){0};
	if (text.len > KCONFIG_BYTES)
		return -EFBIG;
	/* a newline before the first line makes all lines alike */
	config->text = malloc(text.len + 2);
	if (!config->text)
		return -ENOMEM;
	config->text[0] = '\n';
	if (text.len)
		memcpy(config->text + 1, text.data, text.len);
	config->text[text.len + 1] = '\n';
	config->len = text.len + 2;
	return 0;
}

int kconfig_load(struct kconfig *config, const char *path)
{
	fd_auto int fd = -1;
	uint8_t *bytes;
	ssize_t len;

	*config = (struct kconfig){0};
	fd = fd_open(path, O_RDONLY, 0);
	if (fd < 0)
		return fd;
	bytes = malloc(KCONFIG_BYTES);
	if (!bytes)
		return -ENOMEM;
	len = fd_read_all(fd, bytes, KCONFIG_BYTES);
	if (len >= 0)
		len = kconfig_parse(config, bytes_of(bytes, (size_t)len));
	free(bytes);
	return (int)len;
}

void kconfig_free(struct kconfig *config)
{
	free(config->text);
	*config = (struct kconfig){0};
}

bool kconfig_is_known(const struct kconfig *config)
{
	return config->text != NULL;
}

/* Past the text, or NULL. */
static const char *find(const struct kconfig *config, const char *text)
{
	size_t len = strlen(text);
	const char *at = NULL;

	if (config->text)
		at = memmem(config->text, config->len, text, len);
	return at ? at + len : NULL;
}

enum kconfig_value kconfig_get(const struct kconfig *config, const char *name)
{
	char line[128];
	const char *value;

	must((size_t)snprintf(line, sizeof(line), "\nCONFIG_%s=", name) <
	     sizeof(line));
	value = find(config, line); /* the text ends with a newline */
	if (!value || value[0] == 'n' || value[0] == '\n')
		return KCONFIG_OFF;
	return value[0] == 'm' ? KCONFIG_MODULE : KCONFIG_ON;
}

struct missing {
	const struct kconfig *config;
	char *names;
	size_t used;
	size_t count;
};

static void require(struct missing *missing, const char *name, bool module_does)
{
	enum kconfig_value value = kconfig_get(missing->config, name);
	size_t room = KCONFIG_MISSING - missing->used;
	int len;

	if (value == KCONFIG_ON || (value == KCONFIG_MODULE && module_does))
		return;
	len = snprintf(missing->names + missing->used, room, "%sCONFIG_%s%s",
		       missing->count ? " " : "", name,
		       module_does ? "" : "=y");
	if (len > 0 && (size_t)len < room)
		missing->used += (size_t)len;
	else
		missing->names[missing->used] = '\0';
	missing->count++;
}

static void require_filesystem(struct missing *missing, const char *fstype)
{
	for (size_t i = 0; fstype && i < COUNT(filesystems); i++) {
		if (strcmp(filesystems[i].fstype, fstype) != 0)
			continue;
		/* ext4's driver mounts ext2 as well */
		if (strcmp(fstype, "ext2") == 0 &&
		    kconfig_get(missing->config, "EXT4_USE_FOR_EXT2"))
			return;
		require(missing, filesystems[i].name, true);
	}
}

size_t kconfig_missing(const struct kconfig *config,
		       const struct kconfig_need *need,
		       char ret_names[KCONFIG_MISSING])
{
	struct missing missing = {.config = config, .names = ret_names};
	bool x86 = strcmp(need->machine, "x86_64") == 0;

	ret_names[0] = '\0';
	for (size_t i = 0; i < COUNT(needed); i++)
		if (x86 || !needed[i].x86_only)
			require(&missing, needed[i].name,
				needed[i].module_does);
	if (kconfig_needs_initramfs(config))
		require(&missing, "BLK_DEV_INITRD", false);
	if (need->loop)
		require(&missing, "BLK_DEV_LOOP", true);
	if (need->virtio_blk)
		require(&missing, "VIRTIO_BLK", true);
	if (need->elf && x86)
		require(&missing, "PVH", false);
	require_filesystem(&missing, need->fstype);
	return missing.count;
}

bool kconfig_needs_initramfs(const struct kconfig *config)
{
	for (size_t i = 0; i < COUNT(needed); i++)
		if (kconfig_get(config, needed[i].name) == KCONFIG_MODULE)
			return true;
	return false;
}

unsigned int kconfig_hz(const struct kconfig *config)
{
	static const struct {
		const char *name;
		unsigned int hz;
	} rows[] = {
		{"HZ_100", 100},
		{"HZ_250", 250},
		{"HZ_300", 300},
		{"HZ_1000", 1000},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (kconfig_get(config, rows[i].name) == KCONFIG_ON)
			return rows[i].hz;
	return 0;
}

size_t kconfig_facts(const struct kconfig *config,
		     const char *ret_facts[LIMIT_CONFIG_FACTS])
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT(facts); i++) {
		char line[128];

		snprintf(line, sizeof(line), "\n%s\n", facts[i]);
		if (find(config, line))
			ret_facts[count++] = facts[i];
	}
	return count;
}
