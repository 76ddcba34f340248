/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ghost - stands for vng and QEMU: a process that connects to the channel,
 * then makes a memfd as large as the guest's memory, as QEMU does, with a
 * kernel's log in it. It says nothing on the channel, and waits to be killed.
 *
 * Its kernel parameters (--append) say what is in the log, and on the console
 * (stderr): "ghost.panic" a panic, "ghost.garbled" the same in other words.
 */
#include "shared/fd.h"
#include "tests/ringimage/ringimage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MEMORY_BYTES = 256 << 20 };

static const struct ringimage_spec spec = {
	.machine = RINGIMAGE_X86,
	.count_bits = 4,
	.size_bits = 12,
	.kaslr = 0x1c000000,
	.image = 0x1000000,
	.rings = 0x2000000,
	.info = 0x3000000,
};

static const char *word_with(int argc, char **argv, const char *start)
{
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], start, strlen(start)) == 0)
			return argv[i];
	abort();
}

/* "…,path=/tmp/fstvm-abc/ch.sock …" */
static void connect_channel(const char *options)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = strstr(options, ",path=");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	must(path != NULL);
	path += strlen(",path=");
	memcpy(address.sun_path, path, strcspn(path, " "));
	must(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
}

static void say(struct ringimage *image, const char *text)
{
	ringimage_say(image, &(struct ringimage_record){
				     .time_ns = 1000,
				     .caller = 7,
				     .text = text,
			     });
}

static void fill_log(struct ringimage *image, bool panics)
{
	ringimage_create(image, &spec);
	say(image, "Linux version 6.1.0");
	if (!panics)
		return;
	say(image, "Kernel panic - not syncing: by a ghost");
	say(image, "CPU: 0 PID: 7 Comm: ghost Not tainted 6.1.0 #1");
}

static void write_memory(const struct ringimage *image)
{
	int fd = memfd_create("memory-backend-memfd", 0);

	must(fd >= 0);
	for (size_t i = 0; i < image->segment_count; i++)
		must(pwrite(fd, image->segments[i].data, image->segments[i].len,
			    (off_t)image->segments[i].address) ==
		     (ssize_t)image->segments[i].len);
	/* Now it has its size, by which it is known: it is complete. */
	must(ftruncate(fd, MEMORY_BYTES) == 0);
}

int main(int argc, char **argv)
{
	const char *parameters = word_with(argc, argv, "--append=");
	struct ringimage image;

	connect_channel(word_with(argc, argv, "--qemu-opts="));
	fill_log(&image, strstr(parameters, "ghost.panic") != NULL);
	if (strstr(parameters, "ghost.garbled") != NULL)
		fputs("[    0.000001] Kernel panic - not syncing: by a gh@@t\n",
		      stderr);
	write_memory(&image);
	for (;;)
		pause();
}
