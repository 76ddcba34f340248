/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kmsg - the kernel's messages, read from /dev/kmsg record by record. */
#include "guest/kmsg.h"

#include "shared/escape.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const uint64_t second_ns = 1000000000;

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Of "\xNN" at the start of text; -1: something else stands there. */
static int escaped_byte(struct bytes text)
{
	int high, low;

	if (text.len < 4 || text.data[0] != '\\' || text.data[1] != 'x')
		return -1;
	high = hex_digit(text.data[2]);
	low = hex_digit(text.data[3]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static size_t unescape(uint8_t *to, struct bytes text)
{
	size_t used = 0;

	while (text.len) {
		int byte = escaped_byte(text);

		/* A NUL would end the text on its way. */
		if (byte > 0) {
			(void)bytes_take(&text, 4);
			to[used++] = (uint8_t)byte;
		} else {
			to[used++] = *bytes_take(&text, 1).data;
		}
	}
	return used;
}

static bool put(char *to, size_t cap, size_t *used, const void *from,
		size_t len)
{
	if (len > cap - 1 - *used)
		return false;
	memcpy(to + *used, from, len);
	*used += len;
	to[*used] = '\0';
	return true;
}

/* Well-formed characters as they are, other bytes as the kernel wrote them;
 * never half of either. */
static void copy_text(char *to, size_t cap, struct bytes text)
{
	static const char digits[] = "0123456789abcdef";
	size_t used = 0;

	to[0] = '\0';
	while (text.len) {
		struct bytes good = {.data = text.data,
				     .len = escape_utf8_prefix(text)};
		size_t room = cap - 1 - used;
		char bad[4] = {'\\', 'x', '0', '0'};

		if (good.len > room) {
			good.len = room;
			good.len = escape_utf8_prefix(good);
		}
		(void)put(to, cap, &used, good.data, good.len);
		(void)bytes_take(&text, good.len);
		if (!text.len)
			return;
		bad[2] = digits[text.data[0] >> 4];
		bad[3] = digits[text.data[0] & 15];
		/* A good character that did not fit ends it as well. */
		if (escape_utf8_prefix(text) > 0 ||
		    !put(to, cap, &used, bad, sizeof(bad)))
			return;
		(void)bytes_take(&text, 1);
	}
}

static struct bytes take_until(struct bytes *text, int separator)
{
	const uint8_t *end = memchr(text->data, separator, text->len);
	size_t len = end ? (size_t)(end - text->data) : text->len;
	struct bytes taken = bytes_take(text, len);

	(void)bytes_take(text, 1);
	return taken;
}

static int parse_number(struct bytes text, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t i;

	if (text.len == 0)
		return -EBADMSG;
	for (i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9' ||
		    number > (UINT64_MAX - 9) / 10)
			return -EBADMSG;
		number = number * 10 + (uint64_t)(text.data[i] - '0');
	}
	*ret_number = number;
	return 0;
}

static void parse_caller(struct kmsg_record *record, struct bytes header)
{
	static const char key[] = "caller=";

	while (header.len) {
		struct bytes field = take_until(&header, ',');
		struct bytes start = bytes_take(&field, sizeof(key) - 1);

		if (bytes_equal_string(start, key))
			(void)escape_text(record->caller,
					  sizeof(record->caller), field, false);
	}
}

int kmsg_parse(struct kmsg_record *ret_record, struct bytes raw)
{
	uint8_t plain[KMSG_RECORD_MAX];
	const uint8_t *semicolon;
	struct bytes header;
	struct bytes text;
	uint64_t priority;

	if (raw.len > sizeof(plain))
		return -EBADMSG;
	semicolon = raw.len ? memchr(raw.data, ';', raw.len) : NULL;
	if (!semicolon)
		return -EBADMSG;
	header = take_until(&raw, ';');
	text = take_until(&raw, '\n');
	ret_record->caller[0] = '\0';
	if (parse_number(take_until(&header, ','), &priority) < 0 ||
	    priority > UINT32_MAX ||
	    parse_number(take_until(&header, ','), &ret_record->sequence) < 0 ||
	    parse_number(take_until(&header, ','), &ret_record->time_us) < 0)
		return -EBADMSG;
	ret_record->priority = (uint32_t)priority;
	(void)take_until(&header, ','); /* flags: '-', 'c', '+' */
	parse_caller(ret_record, header);
	copy_text(ret_record->text, sizeof(ret_record->text),
		  bytes_of(plain, unescape(plain, text)));
	return 0;
}

int kmsg_open(struct kmsg *kmsg, const char *path, uint64_t next)
{
	size_t i;

	memset(kmsg, 0, sizeof(*kmsg));
	kmsg->next = next;
	kmsg->tokens = KMSG_BURST;
	kmsg->test_left = KMSG_TEST_MAX;
	for (i = 0; i < LIMIT_KMSG_BATCH; i++) {
		pb__kernel_record__init(&kmsg->message[i]);
		kmsg->message[i].text = kmsg->record[i].text;
		kmsg->message[i].caller = kmsg->record[i].caller;
		kmsg->list[i] = &kmsg->message[i];
	}
	kmsg->fd = fd_open(path, O_RDONLY | O_NONBLOCK, 0);
	return kmsg->fd < 0 ? kmsg->fd : 0;
}

void kmsg_close(struct kmsg *kmsg)
{
	fd_close(&kmsg->fd);
}

void kmsg_begin_test(struct kmsg *kmsg)
{
	kmsg->test_left = KMSG_TEST_MAX;
}

static void refill(struct kmsg *kmsg, uint64_t now_ns)
{
	uint64_t passed_ns = now_ns - kmsg->refilled_ns;
	uint64_t earned;

	if (now_ns < kmsg->refilled_ns || passed_ns > 60 * second_ns)
		passed_ns = 60 * second_ns;
	earned = passed_ns * KMSG_RATE / second_ns;
	if (earned == 0)
		return;
	kmsg->refilled_ns = now_ns;
	kmsg->tokens += earned;
	if (kmsg->tokens > KMSG_BURST)
		kmsg->tokens = KMSG_BURST;
}

/* Takes a record into account; returns whether it is to be told. */
static bool admit(struct kmsg *kmsg, const struct kmsg_record *record)
{
	/* 0: a fresh reader; the ring may start anywhere after a flood. */
	if (record->sequence < kmsg->next)
		return false;
	kmsg->lost += record->sequence - kmsg->next;
	kmsg->next = record->sequence + 1;
	if (!kmsg->tokens || !kmsg->test_left) {
		kmsg->lost++;
		return false;
	}
	kmsg->tokens--;
	kmsg->test_left--;
	return true;
}

static void tell(struct kmsg *kmsg)
{
	size_t index = kmsg->batch.n_records++;
	const struct kmsg_record *record = &kmsg->record[index];
	Pb__KernelRecord *message = &kmsg->message[index];

	message->sequence = record->sequence;
	message->priority = record->priority;
	message->time_us = record->time_us;
}

/* 1: took a record; 0: none is waiting. */
static int read_one(struct kmsg *kmsg)
{
	struct kmsg_record *record = &kmsg->record[kmsg->batch.n_records];
	uint8_t raw[KMSG_RECORD_MAX];
	ssize_t len = read(kmsg->fd, raw, sizeof(raw));

	if (len == 0 || (len < 0 && errno == EAGAIN))
		return 0;
	/* Overwritten, or too large: the next one's number tells. */
	if (len < 0 && (errno == EPIPE || errno == EINVAL || errno == EINTR))
		return 1;
	if (len < 0)
		return -errno;
	if (kmsg_parse(record, bytes_of(raw, (size_t)len)) == 0 &&
	    admit(kmsg, record))
		tell(kmsg);
	return 1;
}

int kmsg_next_batch(struct kmsg *kmsg, uint64_t now_ns,
		    const Pb__KernelRecords **ret_batch, bool *ret_more)
{
	int reads = 0;
	int rc = 1;

	refill(kmsg, now_ns);
	pb__kernel_records__init(&kmsg->batch);
	kmsg->batch.records = kmsg->list;
	while (rc > 0 && reads++ < KMSG_READS &&
	       kmsg->batch.n_records < LIMIT_KMSG_BATCH)
		rc = read_one(kmsg);
	*ret_more = rc > 0;
	if (rc < 0)
		return rc;
	/* A loss alone is told when the flood is over, or with a record. */
	if (!kmsg->batch.n_records && (*ret_more || !kmsg->lost))
		return 0;
	kmsg->batch.lost = kmsg->lost;
	kmsg->lost = 0;
	*ret_batch = &kmsg->batch;
	return 1;
}
