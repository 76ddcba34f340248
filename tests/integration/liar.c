/* SPDX-License-Identifier: GPL-2.0-or-later */
/* liar - a guest that says what it likes, to the host's real library. */
#include "tests/integration/liar.h"

#include "shared/beneath.h"
#include "shared/fd.h"
#include "shared/message.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/sockios.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const names[] = {"generic/001", "generic/002", "generic/003",
				    NULL};

void liar_open(struct liar *liar)
{
	const char *where = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	int pair[2];

	memset(liar, 0, sizeof(*liar));
	snprintf(liar->jail, sizeof(liar->jail), "%s/fstvm-liar.XXXXXX", where);
	assert_non_null(mkdtemp(liar->jail));
	snprintf(liar->run_dir, sizeof(liar->run_dir), "%s/run", liar->jail);
	liar->loop = ev_loop_new(EVFLAG_AUTO);
	assert_non_null(liar->loop);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	liar->fd = pair[1];
	assert_int_equal(fd_set_nonblocking(liar->fd), 0);
	controller_init(&liar->controller, names);
	liar->controller.keeps_running = true;
	controller_open(&liar->controller, liar->loop, liar->run_dir, pair[0]);
}

/* ---- what it may have written ---- */

static const char *inside; /* the run directory; nftw() has no context */

static bool is_test_file(const char *name)
{
	static const char start[] = "results/default/";

	return strncmp(name, start, sizeof(start) - 1) == 0 &&
	       strstr(name, "..") == NULL &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
				 "0123456789./-")] == '\0';
}

static int check_entry(const char *path, const struct stat *st, int type,
		       struct FTW *ftw)
{
	size_t len = strlen(inside);
	const char *name = path + len + 1;

	(void)st;
	(void)ftw;
	if (type == FTW_D &&
	    (strncmp(inside, path, strlen(path)) == 0 ||
	     strcmp(name, "results") == 0 ||
	     strcmp(name, "results/default") == 0 || is_test_file(name)))
		return 0;
	if (type == FTW_F && strncmp(path, inside, len) == 0 &&
	    (strcmp(name, JOURNAL_NAME) == 0 ||
	     strcmp(name, OUTDIR_AGENT_LOG) == 0 || is_test_file(name)))
		return 0;
	print_error("not to be there: %s\n", path);
	return 1;
}

static void check_files(struct liar *liar)
{
	inside = liar->run_dir;
	assert_int_equal(nftw(liar->jail, check_entry, 8, FTW_PHYS), 0);
}

static void check_accounting(const struct controller *controller)
{
	assert_int_equal(tally_total(result_tally(controller->result)),
			 controller->spec.n_tests);
}

static void remove_jail(struct liar *liar)
{
	fd_auto int parent = fd_open("/", O_RDONLY | O_DIRECTORY, 0);

	assert_int_equal(beneath_remove_tree(parent, liar->jail + 1), 0);
}

void liar_close(struct liar *liar)
{
	struct controller *controller = &liar->controller;

	/* What has begun to arrive goes with the VM. */
	artifact_store_close(&controller->artifacts);
	check_accounting(controller);
	controller_check_journal(controller);
	check_files(liar);
	controller_close(controller);
	fd_close(&liar->fd);
	ev_loop_destroy(liar->loop);
	remove_jail(liar);
}

/* ---- what it says ---- */

static bool is_listening(const struct liar *liar)
{
	return !liar->controller.broken && !liar->controller.closed;
}

static void let_host_read(struct liar *liar)
{
	ev_run(liar->loop, EVRUN_NOWAIT);
}

static bool is_unread(const struct liar *liar)
{
	int unread = 0;

	assert_int_equal(ioctl(liar->fd, SIOCOUTQ, &unread), 0);
	return unread > 0;
}

void liar_push(struct liar *liar, const void *data, size_t len)
{
	const uint8_t *at = data;

	while (len > 0 && is_listening(liar)) {
		ssize_t n = send(liar->fd, at, len, MSG_NOSIGNAL);

		if (n > 0) {
			at += n;
			len -= (size_t)n;
		} else if (errno != EAGAIN) {
			return;
		}
		let_host_read(liar);
	}
	while (is_listening(liar) && is_unread(liar))
		let_host_read(liar);
}

void liar_frame(struct liar *liar, enum frame_kind kind, uint64_t sequence,
		const void *payload, size_t len)
{
	static uint8_t frame[FRAME_MAX_SIZE];

	memcpy(frame + FRAME_HEADER_SIZE, payload, len);
	len = frame_encode(frame, kind, sequence,
			   bytes_of(frame + FRAME_HEADER_SIZE, len));
	liar_push(liar, frame, len);
}

void liar_say(struct liar *liar, const Pb__Envelope *envelope)
{
	static uint8_t payload[LIMIT_MESSAGE];
	bool reliable = message_is_reliable(envelope->body_case);
	size_t len = pb__envelope__get_packed_size(envelope);

	assert_true(len <= sizeof(payload));
	pb__envelope__pack(envelope, payload);
	if (reliable)
		liar->sequence++;
	liar_frame(liar, reliable ? FRAME_RELIABLE : FRAME_PLAIN,
		   reliable ? liar->sequence : 0, payload, len);
}

void liar_hello(struct liar *liar, uint32_t incarnation)
{
	Pb__Hello body = PB__HELLO__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.protocol_version = MESSAGE_PROTOCOL_VERSION;
	body.boot_id = (char *)(uintptr_t) "boot";
	body.incarnation = incarnation;
	envelope.body_case = PB__ENVELOPE__BODY_HELLO;
	envelope.hello = &body;
	liar_say(liar, &envelope);
}

void liar_setup_done(struct liar *liar)
{
	Pb__SetupDone body = PB__SETUP_DONE__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = PB__ENVELOPE__BODY_SETUP_DONE;
	envelope.setup_done = &body;
	liar_say(liar, &envelope);
}

void liar_start(struct liar *liar, uint32_t index)
{
	Pb__TestStarted body = PB__TEST_STARTED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.index = index;
	body.name = (char *)(uintptr_t)names[index];
	envelope.body_case = PB__ENVELOPE__BODY_TEST_STARTED;
	envelope.test_started = &body;
	liar_say(liar, &envelope);
}

void liar_finish(struct liar *liar, uint32_t index)
{
	Pb__TestFinished body = PB__TEST_FINISHED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.index = index;
	body.name = (char *)(uintptr_t)names[index];
	body.check_verdict = PB__CHECK_VERDICT__CHECK_VERDICT_PASS;
	envelope.body_case = PB__ENVELOPE__BODY_TEST_FINISHED;
	envelope.test_finished = &body;
	liar_say(liar, &envelope);
}

void liar_chunk(struct liar *liar, uint32_t artifact, const void *data,
		size_t len)
{
	Pb__ArtifactChunk body = PB__ARTIFACT_CHUNK__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	body.artifact = artifact;
	body.data.data = (uint8_t *)(uintptr_t)data;
	body.data.len = len;
	envelope.body_case = PB__ENVELOPE__BODY_ARTIFACT_CHUNK;
	envelope.artifact_chunk = &body;
	liar_say(liar, &envelope);
}

void liar_expect_broken(struct liar *liar, const char *why)
{
	if (!liar->controller.broken)
		fail_msg("believed; wanted: %s", why);
	if (strstr(liar->controller.why, why) == NULL)
		fail_msg("%s, not: %s", liar->controller.why, why);
	assert_false(channel_is_connected(&liar->controller.channel));
}

void liar_expect_trusted(struct liar *liar)
{
	if (liar->controller.broken)
		fail_msg("not believed: %s", liar->controller.why);
	assert_true(channel_is_connected(&liar->controller.channel));
}
