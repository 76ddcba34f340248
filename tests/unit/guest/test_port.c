/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/port.h"

#include "shared/fd.h"

#include "tests/unit/guest/sandbox.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static void add_port(const char *root, const char *node, const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", root, node);
	assert_int_equal(mkdir(path, 0755), 0);
	if (!name)
		return;
	(void)snprintf(path, sizeof(path), "%s/%s/name", root, node);
	sandbox_write(path, name, strlen(name));
}

static void test_find(void **state)
{
	char root[] = "/tmp/fstvm-port-XXXXXX";
	char command[64];
	char node[PORT_NODE_MAX] = "unset";

	(void)state;
	assert_non_null(mkdtemp(root));
	assert_int_equal(port_find(root, "fstvm.0", node), -ENOENT);
	add_port(root, "vport1p1", "virtme.stdin\n");
	add_port(root, "vport2p1", NULL);
	add_port(root, "vport3p1", "fstvm.01\n");
	add_port(root, "vport4p1", "fstvm.\n");
	add_port(root, "vport-whose-name-is-longer-than-it-may-be", "fstvm.0");
	assert_int_equal(port_find(root, "fstvm.0", node), -ENOENT);
	assert_string_equal(node, "unset");
	add_port(root, "vport6p2", "fstvm.0\n");
	assert_int_equal(port_find(root, "fstvm.0", node), 0);
	assert_string_equal(node, "vport6p2");
	(void)snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
	assert_int_equal(port_find(root, "fstvm.0", node), -ENOENT);
}

/* A socket behaves as a port does, but that it never has its host back. */
static void test_absent_is_told_from_blocked(void **state)
{
	char data[4096] = {0};
	int pair[2];
	ssize_t len;

	(void)state;
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_false(port_host_is_absent(pair[0]));
	assert_int_equal(port_wait_host(pair[0], 0), 0);
	assert_int_equal(port_read(pair[0], data, sizeof(data)), -EAGAIN);
	assert_int_equal(port_write(pair[0], "abc", 3), 3);
	assert_int_equal(port_read(pair[1], data, sizeof(data)), 3);
	do
		len = port_write(pair[0], data, sizeof(data));
	while (len > 0);
	assert_int_equal(len, -EAGAIN);
	while (port_read(pair[1], data, sizeof(data)) > 0)
		;
	close(pair[1]);
	assert_true(port_host_is_absent(pair[0]));
	assert_int_equal(port_wait_host(pair[0], 50), -ETIMEDOUT);
	assert_int_equal(port_read(pair[0], data, sizeof(data)), -ENOTCONN);
	close(pair[0]);
}

static void test_no_such_port(void **state)
{
	struct why why = {.text = ""};
	int fd;

	(void)state;
	if (access("/sys/module/virtio_console", F_OK) < 0) {
		fprintf(stderr, "needs virtio_console in this kernel\n");
		skip();
	}
	fd = port_open("fstvm.no-such-port", 50, &why);
	assert_int_equal(fd, -ENOENT);
	assert_string_equal(why.text,
			    "no virtio port is named fstvm.no-such-port");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_absent_is_told_from_blocked),
		cmocka_unit_test(test_no_such_port),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
