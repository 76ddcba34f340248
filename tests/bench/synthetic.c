/* SPDX-License-Identifier: GPL-2.0-or-later */
/* synthetic - a guest without a kernel, for load. */
#include "tests/bench/synthetic.h"

#include "shared/clock.h"
#include "shared/fd.h"
#include "shared/latency.h"
#include "shared/wire.h"
#include "tests/bench/figure.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { CONSOLE_PIECE = 64 * 1024, BEAT_MS = 5000, CLOSE_MS = 10000 };

struct guest {
	struct synthetic_scene scene;
	int fd;
	struct wire wire;
	struct outbox outbox;
	uint64_t received_upto;
	char **tests; /* of the RunSpec */
	size_t n_tests;
	bool power_off;
	uint64_t console_line;
	uint32_t artifact;
	uint64_t records;
	uint64_t messages;
	struct latency starts; /* TestStarted until it is acknowledged */
};

static struct guest guest;
static struct wire_storage storage;

/* ---- the scene ---- */

int synthetic_write(const char *path, const struct synthetic_scene *scene)
{
	FILE *to = fopen(path, "we");

	if (to == NULL)
		return -errno;
	fprintf(to,
		"%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
		scene->console_bytes, scene->messages, scene->artifact_bytes,
		scene->idle_ms, scene->report_every);
	return fclose(to) == 0 ? 0 : -errno;
}

static void read_scene(const char *path, struct synthetic_scene *scene)
{
	FILE *from = fopen(path, "re");
	bool good =
		from != NULL && fscanf(from,
				       "%" SCNu64 " %" SCNu64 " %" SCNu64
				       " %" SCNu64 " %" SCNu64,
				       &scene->console_bytes, &scene->messages,
				       &scene->artifact_bytes, &scene->idle_ms,
				       &scene->report_every) == 5;

	figure_need(good, path);
	fclose(from);
}

/* ---- the channel ---- */

static int connect_to(const char *path, size_t len)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	figure_need(fd >= 0 && len < sizeof(address.sun_path), "socket");
	memcpy(address.sun_path, path, len);
	figure_need(connect(fd, (struct sockaddr *)&address, sizeof(address)) ==
			    0,
		    address.sun_path);
	return fd;
}

/* The channel's path in what vng is given for QEMU. */
static int connect_by_options(int argc, char **argv)
{
	static const char key[] = "id=fstvm,path=";

	for (int i = 1; i < argc; i++) {
		const char *path = strstr(argv[i], key);

		if (path != NULL) {
			path += strlen(key);
			return connect_to(path, strcspn(path, " ,"));
		}
	}
	figure_need(false, "no channel");
	return -1;
}

static void copy_tests(struct guest *g, const Pb__RunSpec *spec)
{
	g->n_tests = spec->n_tests;
	g->tests = calloc(spec->n_tests + 1, sizeof(*g->tests));
	figure_need(g->tests != NULL, "memory");
	for (size_t i = 0; i < spec->n_tests; i++)
		g->tests[i] = strdup(spec->tests[i]);
}

static void take(struct guest *g)
{
	const Pb__Envelope *envelope;
	uint64_t sequence;
	int rc;

	while ((rc = wire_next(&g->wire, &envelope, &sequence)) == 1) {
		if (envelope->body_case == PB__ENVELOPE__BODY_RUN_SPEC)
			copy_tests(g, envelope->run_spec);
		if (envelope->body_case == PB__ENVELOPE__BODY_POWER_OFF)
			g->power_off = true;
		wire_accept(&g->wire, sequence);
	}
	figure_need(rc == 0, "the controller's protocol");
}

/* One read or write, at most; waits for it as long as that. */
static void turn(struct guest *g, int wait_ms)
{
	struct pollfd poller = {.fd = g->fd, .events = POLLIN};
	size_t len;
	const uint8_t *data = wire_tx(&g->wire, &len);

	if (len > 0)
		poller.events |= POLLOUT;
	if (poll(&poller, 1, wait_ms) <= 0)
		return;
	if (poller.revents & POLLIN) {
		size_t room;
		uint8_t *to = wire_rx_room(&g->wire, &room);
		ssize_t n = recv(g->fd, to, room, MSG_DONTWAIT);

		figure_need(n > 0, "the controller is gone");
		wire_rx_filled(&g->wire, (size_t)n);
		take(g);
	}
	if (poller.revents & POLLOUT) {
		ssize_t n = send(g->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0)
			wire_tx_done(&g->wire, (size_t)n);
	}
}

static void say(struct guest *g, Pb__Envelope *envelope)
{
	int rc;

	while ((rc = wire_send(&g->wire, envelope)) == -ENOBUFS ||
	       rc == -EAGAIN)
		turn(g, -1);
	figure_need(rc == 0, "wire_send");
	g->messages++;
}

static void wait_acked(struct guest *g)
{
	uint64_t sequence = wire_last_sequence(&g->wire);

	while (!wire_is_acked(&g->wire, sequence))
		turn(g, -1);
}

/* ---- what it says ---- */

static void say_hello(struct guest *g)
{
	Pb__Hello hello = PB__HELLO__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	hello.protocol_version = MESSAGE_PROTOCOL_VERSION;
	hello.agent_version = (char *)(uintptr_t) "synthetic";
	hello.boot_id = (char *)(uintptr_t) "boot";
	hello.incarnation = 1;
	hello.kernel_release = (char *)(uintptr_t) "6.1.0-synthetic";
	envelope.body_case = PB__ENVELOPE__BODY_HELLO;
	envelope.hello = &hello;
	say(g, &envelope);
	while (g->tests == NULL)
		turn(g, -1);
}

static void say_set_up(struct guest *g)
{
	Pb__SetupDone done = PB__SETUP_DONE__INIT;
	Pb__CheckStarted check = PB__CHECK_STARTED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = PB__ENVELOPE__BODY_SETUP_DONE;
	envelope.setup_done = &done;
	say(g, &envelope);
	check.invocation = 1;
	envelope.body_case = PB__ENVELOPE__BODY_CHECK_STARTED;
	envelope.check_started = &check;
	say(g, &envelope);
	wait_acked(g);
}

static void say_start(struct guest *g, uint32_t index)
{
	Pb__TestStarted started = PB__TEST_STARTED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	uint64_t began_ns = clock_mono_ns();

	started.index = index;
	started.name = g->tests[index];
	started.kmsg_sequence = g->records;
	envelope.body_case = PB__ENVELOPE__BODY_TEST_STARTED;
	envelope.test_started = &started;
	say(g, &envelope);
	wait_acked(g);
	latency_add(&g->starts, clock_mono_ns() - began_ns);
}

static void say_records(struct guest *g)
{
	Pb__KernelRecords records = PB__KERNEL_RECORDS__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;
	Pb__KernelRecord record[4];
	Pb__KernelRecord *list[4];

	for (size_t i = 0; i < 4; i++) {
		pb__kernel_record__init(&record[i]);
		record[i].sequence = g->records++;
		record[i].priority = 6;
		record[i].time_us = g->records * 1000;
		record[i].text =
			(char *)(uintptr_t) "EXT4-fs (loop0): mounted "
					    "filesystem with ordered data "
					    "mode. Quota mode: none.";
		list[i] = &record[i];
	}
	records.records = list;
	records.n_records = 4;
	envelope.body_case = PB__ENVELOPE__BODY_KERNEL_RECORDS;
	envelope.kernel_records = &records;
	say(g, &envelope);
}

static void say_artifact(struct guest *g, uint32_t index)
{
	static uint8_t plain[16 * 1024 * 1024];
	static uint8_t packed[LIMIT_CHUNK * 4];
	uLongf len = sizeof(packed);
	uLong size = g->scene.artifact_bytes < sizeof(plain)
			     ? (uLong)g->scene.artifact_bytes
			     : sizeof(plain);
	Pb__ArtifactChunk chunk = PB__ARTIFACT_CHUNK__INIT;
	Pb__ArtifactEnd end = PB__ARTIFACT_END__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	for (size_t i = 0; plain[0] == 0 && i < sizeof(plain); i++)
		plain[i] = (uint8_t)('a' + i % 61 % 26);
	figure_need(compress2(packed, &len, plain, size, 1) == Z_OK,
		    "compress");
	chunk.artifact = end.artifact = ++g->artifact;
	for (size_t at = 0; at < len; at += chunk.data.len) {
		chunk.data.data = packed + at;
		chunk.data.len =
			len - at < LIMIT_CHUNK ? len - at : LIMIT_CHUNK;
		envelope.body_case = PB__ENVELOPE__BODY_ARTIFACT_CHUNK;
		envelope.artifact_chunk = &chunk;
		say(g, &envelope);
	}
	end.index = index;
	end.name = (char *)(uintptr_t) "001.full";
	end.size_bytes = end.kept_bytes = size;
	end.wire_bytes = len;
	end.crc32 = (uint32_t)crc32(0, plain, (uInt)size);
	envelope.body_case = PB__ENVELOPE__BODY_ARTIFACT_END;
	envelope.artifact_end = &end;
	say(g, &envelope);
}

static void say_finish(struct guest *g, uint32_t index)
{
	Pb__TestFinished finished = PB__TEST_FINISHED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	finished.index = index;
	finished.name = g->tests[index];
	finished.check_verdict = PB__CHECK_VERDICT__CHECK_VERDICT_PASS;
	finished.has_status = true;
	finished.duration_ns = finished.total_ns = 1000000;
	finished.kmsg_sequence = g->records;
	envelope.body_case = PB__ENVELOPE__BODY_TEST_FINISHED;
	envelope.test_finished = &finished;
	say(g, &envelope);
}

static void say_end(struct guest *g)
{
	Pb__CheckExited exited = PB__CHECK_EXITED__INIT;
	Pb__JobFinished finished = PB__JOB_FINISHED__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	exited.invocation = 1;
	envelope.body_case = PB__ENVELOPE__BODY_CHECK_EXITED;
	envelope.check_exited = &exited;
	say(g, &envelope);
	finished.end = PB__JOB_END__JOB_END_COMPLETE;
	envelope.body_case = PB__ENVELOPE__BODY_JOB_FINISHED;
	envelope.job_finished = &finished;
	say(g, &envelope);
	while (!g->power_off)
		turn(g, CLOSE_MS);
}

/* ---- the console ---- */

static size_t console_line(struct guest *g, char *to, size_t cap)
{
	static const char *const quiet[] = {
		"EXT4-fs (loop0): mounted filesystem with ordered data mode. "
		"Quota mode: none.",
		"EXT4-fs (loop1): unmounting filesystem.",
		"loop1: detected capacity change from 0 to 1048576",
	};
	uint64_t n = g->console_line++;
	bool report = g->scene.report_every > 0 &&
		      n % g->scene.report_every == g->scene.report_every - 1;

	return (size_t)snprintf(
		to, cap, "[%12.6f] %s\r\n", (double)n / 1000.0,
		report ? "WARNING: CPU: 1 PID: 42 at fs/ext4/inode.c:12 "
			 "ext4_write+0x12/0x34"
		       : quiet[n % 3]);
}

static void print_console(struct guest *g, uint64_t bytes)
{
	static char text[CONSOLE_PIECE + 256];

	while (bytes > 0) {
		size_t used = 0;

		while (used < CONSOLE_PIECE && used < bytes)
			used += console_line(g, text + used,
					     sizeof(text) - used);
		figure_need(fd_write_all(2, text, used) == 0, "console");
		bytes -= used < bytes ? used : bytes;
	}
}

/* ---- the whole ---- */

static void idle(struct guest *g)
{
	uint64_t until_ns = clock_mono_ns() + clock_ns_of_ms(g->scene.idle_ms);
	uint64_t beat_ns = 0;

	while (clock_mono_ns() < until_ns) {
		Pb__Heartbeat beat = PB__HEARTBEAT__INIT;
		Pb__Envelope envelope = PB__ENVELOPE__INIT;

		if (clock_mono_ns() > beat_ns) {
			envelope.body_case = PB__ENVELOPE__BODY_HEARTBEAT;
			envelope.heartbeat = &beat;
			say(g, &envelope);
			print_console(g, 1000);
			beat_ns = clock_mono_ns() + clock_ns_of_ms(BEAT_MS);
		}
		turn(g, 100);
	}
}

static void run_job(struct guest *g)
{
	for (uint32_t i = 0; i < g->n_tests; i++) {
		say_start(g, i);
		if (i == 0)
			idle(g);
		for (uint64_t j = 0; j < g->scene.messages; j++)
			say_records(g);
		if (g->scene.artifact_bytes > 0 && i % 10 == 0)
			say_artifact(g, i);
		print_console(g, g->scene.console_bytes / g->n_tests);
		say_finish(g, i);
	}
}

static void write_figures(const struct guest *g, const char *path,
			  uint64_t job_ns)
{
	FILE *to = fopen(path, "we");

	figure_need(to != NULL, path);
	fprintf(to, "events\t%f\tevents/s\n",
		(double)g->messages * 1e9 / (double)job_ns);
	fprintf(to, "a start's acknowledgement, 50%%\t%f\tms\n",
		(double)latency_percentile_ns(&g->starts, 50) / 1e6);
	fprintf(to, "a start's acknowledgement, 99%%\t%f\tms\n",
		(double)latency_percentile_ns(&g->starts, 99) / 1e6);
	fprintf(to, "a start's acknowledgement, worst\t%f\tms\n",
		(double)g->starts.max_ns / 1e6);
	figure_need(fclose(to) == 0, path);
}

static void beside(char *to, size_t cap, const char *link, const char *name)
{
	const char *slash = strrchr(link, '/');

	snprintf(to, cap, "%.*s/%s", slash != NULL ? (int)(slash - link) : 1,
		 slash != NULL ? link : ".", name);
}

int synthetic_main(int argc, char **argv)
{
	struct guest *g = &guest;
	char path[256];
	uint64_t began_ns;

	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		puts("virtme-ng 1.35");
		return 0;
	}
	beside(path, sizeof(path), argv[0], "scene");
	read_scene(path, &g->scene);
	outbox_init(&g->outbox);
	wire_init(&g->wire, &storage, &g->outbox, &g->received_upto, true);
	g->fd = connect_by_options(argc, argv);
	say_hello(g);
	say_set_up(g);
	began_ns = clock_mono_ns();
	g->messages = 0;
	run_job(g);
	wait_acked(g);
	beside(path, sizeof(path), argv[0], "figures");
	write_figures(g, path, clock_mono_ns() - began_ns);
	say_end(g);
	return 0;
}

void synthetic_print(const char *directory, const char *scene)
{
	char path[256];
	char line[256];
	FILE *from;

	snprintf(path, sizeof(path), "%s/figures", directory);
	from = fopen(path, "re");
	figure_need(from != NULL, path);
	while (fgets(line, sizeof(line), from) != NULL)
		printf("%s: %s", scene, line);
	fflush(stdout);
	fclose(from);
}
