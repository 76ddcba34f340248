/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entropy - the host's random bytes, credited to the kernel's pool. */
#include "guest/entropy.h"

#include "shared/fd.h"
#include "shared/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <string.h>
#include <sys/ioctl.h>

/* struct rand_pool_info with its flexible array at a fixed size. */
struct entropy_pool {
	int entropy_count; /* bits */
	int buf_size;	   /* bytes */
	uint8_t buf[LIMIT_SEED];
};

int entropy_add(struct bytes seed, struct why *why)
{
	fd_auto int fd = -1;
	struct entropy_pool pool;

	if (!seed.len)
		return 0;
	if (seed.len > sizeof(pool.buf))
		return why_failed(why, -EINVAL, "random seed");
	pool.entropy_count = (int)seed.len * 8;
	pool.buf_size = (int)seed.len;
	memcpy(pool.buf, seed.data, seed.len);
	fd = fd_open("/dev/urandom", O_RDWR, 0);
	if (fd < 0)
		return why_failed(why, fd, "/dev/urandom");
	if (ioctl(fd, RNDADDENTROPY, &pool) < 0)
		return why_failed(why, -errno, "RNDADDENTROPY");
	/* ENODATA: too little to be ready, and the kernel gathers on. */
	if (ioctl(fd, RNDRESEEDCRNG) < 0 && errno != ENODATA && errno != ENOTTY)
		return why_failed(why, -errno, "RNDRESEEDCRNG");
	return 0;
}
