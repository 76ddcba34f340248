/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listener - a unix socket on which the controller waits for its QEMU. */
#include "host/link/listener.h"

#include "shared/fd.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int listener_open(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	fd_auto int fd = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 1) < 0)
		return -errno;
	return fd_release(&fd);
}

int listener_accept(int fd, pid_t *ret_peer)
{
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t len = sizeof(peer);
	fd_auto int accepted =
		accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (accepted < 0)
		return -errno;
	if (getsockopt(accepted, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 ||
	    peer.uid != geteuid())
		return -EPERM;
	if (ret_peer != NULL)
		*ret_peer = peer.pid;
	return fd_release(&accepted);
}
