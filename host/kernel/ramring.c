/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ramring - the kernel's own log, read out of an image of its RAM. */
#include "host/kernel/ramring.h"

#include <errno.h>
#include <string.h>

enum {
	/* PRB_STATIC's least, and more than log_buf_len=2G has. */
	COUNT_BITS_MIN = 4,
	COUNT_BITS_MAX = 27,
	SIZE_BITS_MIN = 8,
	SIZE_BITS_MAX = 31,
	/* Of the structures; today 88, 24 and 88. */
	RB_MAX = 512,
	DESC_MAX = 128,
	INFO_MAX = 512,
	/* Records that may be being written at once, one per CPU and context;
	 * and how far a record is looked for that is not. */
	WRITERS = 256,
	ID_BYTES = 8,
	/* struct printk_info: behind text_len, u8 facility and u8 level */
	FACILITY = 2,
	LEVEL = 3,
	LEVEL_SHIFT = 5,
};

/* kernel/printk/printk_ringbuffer.h */
#define STATE_SHIFT 62
#define ID_MASK	    (~(3ULL << STATE_SHIFT))
#define NO_TEXT	    3ULL /* EMPTY_LINE_LPOS, once NO_LPOS */
#define IS_CPU	    0x80000000u

enum desc_state { DESC_RESERVED, DESC_COMMITTED, DESC_FINALIZED, DESC_FREE };

/* The ring's description as it is now; the kernel replaces the ring once. */
struct shape {
	uint64_t descs;
	uint64_t infos;
	uint64_t data;
	uint64_t head;
	uint64_t tail;
	unsigned int count_bits;
	unsigned int size_bits;
};

struct desc {
	uint64_t state; /* and id */
	uint64_t begin;
	uint64_t next;
};

/* The newest record that is whole. */
struct anchor {
	uint64_t id;
	uint64_t sequence;
};

static uint64_t value(const struct ramring *ring, enum vmcoreinfo_key key)
{
	return ring->vmcoreinfo.value[key];
}

/* A member of len bytes fits in a structure of size. */
static bool fits(uint64_t offset, uint64_t len, uint64_t size)
{
	return offset <= size && len <= size - offset;
}

static bool member_fits(const struct ramring *ring, enum vmcoreinfo_key key,
			uint64_t len, enum vmcoreinfo_key size)
{
	return fits(value(ring, key), len, value(ring, size));
}

/* Offset of a member of one of the two rings within printk_ringbuffer. */
static uint64_t within(const struct ramring *ring, enum vmcoreinfo_key outer,
		       enum vmcoreinfo_key member)
{
	uint64_t sum = value(ring, outer) + value(ring, member);

	return sum < value(ring, outer) ? UINT64_MAX : sum;
}

static bool rings_fit(const struct ramring *ring)
{
	static const struct {
		enum vmcoreinfo_key outer;
		enum vmcoreinfo_key member;
	} members[] = {
		{VMCOREINFO_RB_DESC_RING, VMCOREINFO_DESC_RING_COUNT_BITS},
		{VMCOREINFO_RB_DESC_RING, VMCOREINFO_DESC_RING_DESCS},
		{VMCOREINFO_RB_DESC_RING, VMCOREINFO_DESC_RING_INFOS},
		{VMCOREINFO_RB_DESC_RING, VMCOREINFO_DESC_RING_HEAD},
		{VMCOREINFO_RB_DESC_RING, VMCOREINFO_DESC_RING_TAIL},
		{VMCOREINFO_RB_TEXT_RING, VMCOREINFO_DATA_RING_SIZE_BITS},
		{VMCOREINFO_RB_TEXT_RING, VMCOREINFO_DATA_RING_DATA},
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!fits(within(ring, members[i].outer, members[i].member), 8,
			  value(ring, VMCOREINFO_RB_SIZE)))
			return false;
	return value(ring, VMCOREINFO_RB_SIZE) <= RB_MAX;
}

static bool records_fit(const struct ramring *ring)
{
	uint64_t lpos = value(ring, VMCOREINFO_DESC_LPOS);
	uint64_t desc_size = value(ring, VMCOREINFO_DESC_SIZE);

	return desc_size <= DESC_MAX &&
	       value(ring, VMCOREINFO_INFO_SIZE) <= INFO_MAX &&
	       fits(value(ring, VMCOREINFO_DESC_STATE), 8, desc_size) &&
	       fits(lpos, 16, desc_size) &&
	       value(ring, VMCOREINFO_LPOS_BEGIN) <= desc_size - lpos - 8 &&
	       value(ring, VMCOREINFO_LPOS_NEXT) <= desc_size - lpos - 8 &&
	       member_fits(ring, VMCOREINFO_INFO_SEQ, 8,
			   VMCOREINFO_INFO_SIZE) &&
	       member_fits(ring, VMCOREINFO_INFO_TIME, 8,
			   VMCOREINFO_INFO_SIZE) &&
	       member_fits(ring, VMCOREINFO_INFO_TEXT_LEN, LEVEL + 1,
			   VMCOREINFO_INFO_SIZE) &&
	       member_fits(ring, VMCOREINFO_INFO_CALLER, 4,
			   VMCOREINFO_INFO_SIZE);
}

static uint64_t rb_u64(const struct ramring *ring, const uint8_t *rb,
		       enum vmcoreinfo_key outer, enum vmcoreinfo_key member)
{
	return bytes_get_u64(rb + within(ring, outer, member));
}

static unsigned int rb_u32(const struct ramring *ring, const uint8_t *rb,
			   enum vmcoreinfo_key outer,
			   enum vmcoreinfo_key member)
{
	return bytes_get_u32(rb + within(ring, outer, member));
}

static int read_shape(struct ramring *ring, struct shape *shape)
{
	uint8_t pointer[8];
	uint8_t rb[RB_MAX];

	if (kernelmap_read(&ring->map, value(ring, VMCOREINFO_PRB), pointer,
			   sizeof(pointer)) < 0 ||
	    kernelmap_read(&ring->map, bytes_get_u64(pointer), rb,
			   value(ring, VMCOREINFO_RB_SIZE)) < 0)
		return -EBADMSG;
	shape->count_bits = rb_u32(ring, rb, VMCOREINFO_RB_DESC_RING,
				   VMCOREINFO_DESC_RING_COUNT_BITS);
	shape->descs = rb_u64(ring, rb, VMCOREINFO_RB_DESC_RING,
			      VMCOREINFO_DESC_RING_DESCS);
	shape->infos = rb_u64(ring, rb, VMCOREINFO_RB_DESC_RING,
			      VMCOREINFO_DESC_RING_INFOS);
	shape->head = rb_u64(ring, rb, VMCOREINFO_RB_DESC_RING,
			     VMCOREINFO_DESC_RING_HEAD) &
		      ID_MASK;
	shape->tail = rb_u64(ring, rb, VMCOREINFO_RB_DESC_RING,
			     VMCOREINFO_DESC_RING_TAIL) &
		      ID_MASK;
	shape->size_bits = rb_u32(ring, rb, VMCOREINFO_RB_TEXT_RING,
				  VMCOREINFO_DATA_RING_SIZE_BITS);
	shape->data = rb_u64(ring, rb, VMCOREINFO_RB_TEXT_RING,
			     VMCOREINFO_DATA_RING_DATA);
	if (shape->count_bits < COUNT_BITS_MIN ||
	    shape->count_bits > COUNT_BITS_MAX ||
	    shape->size_bits < SIZE_BITS_MIN ||
	    shape->size_bits > SIZE_BITS_MAX)
		return -EBADMSG;
	return 0;
}

static uint64_t slot_of(const struct shape *shape, uint64_t id)
{
	return id & ((1ULL << shape->count_bits) - 1);
}

static enum desc_state state_of(uint64_t state)
{
	return (enum desc_state)(state >> STATE_SHIFT);
}

/* Whether the record is written, and not yet another's. */
static bool is_whole(const struct desc *desc, uint64_t id)
{
	return (desc->state & ID_MASK) == id &&
	       (state_of(desc->state) == DESC_COMMITTED ||
		state_of(desc->state) == DESC_FINALIZED);
}

static int read_desc(struct ramring *ring, const struct shape *shape,
		     uint64_t id, struct desc *desc)
{
	uint64_t size = value(ring, VMCOREINFO_DESC_SIZE);
	uint64_t lpos = value(ring, VMCOREINFO_DESC_LPOS);
	uint8_t raw[DESC_MAX];

	if (kernelmap_read(&ring->map, shape->descs + slot_of(shape, id) * size,
			   raw, size) < 0)
		return -EFAULT;
	desc->state = bytes_get_u64(raw + value(ring, VMCOREINFO_DESC_STATE));
	desc->begin =
		bytes_get_u64(raw + lpos + value(ring, VMCOREINFO_LPOS_BEGIN));
	desc->next =
		bytes_get_u64(raw + lpos + value(ring, VMCOREINFO_LPOS_NEXT));
	return 0;
}

/* text_len: what the record says that its text has. */
static int read_info(struct ramring *ring, const struct shape *shape,
		     uint64_t id, struct ramring_record *record,
		     size_t *ret_text_len)
{
	uint64_t size = value(ring, VMCOREINFO_INFO_SIZE);
	uint8_t raw[INFO_MAX];
	const uint8_t *text_len = raw + value(ring, VMCOREINFO_INFO_TEXT_LEN);
	uint32_t caller;

	if (kernelmap_read(&ring->map, shape->infos + slot_of(shape, id) * size,
			   raw, size) < 0)
		return -EFAULT;
	caller = bytes_get_u32(raw + value(ring, VMCOREINFO_INFO_CALLER));
	record->sequence =
		bytes_get_u64(raw + value(ring, VMCOREINFO_INFO_SEQ));
	record->time_ns =
		bytes_get_u64(raw + value(ring, VMCOREINFO_INFO_TIME));
	record->is_cpu = (caller & IS_CPU) != 0;
	record->cpu = record->is_cpu ? caller & ~IS_CPU : 0;
	record->thread = record->is_cpu ? 0 : caller;
	record->facility = text_len[FACILITY];
	record->level = text_len[LEVEL] >> LEVEL_SHIFT;
	*ret_text_len = bytes_get_u16(text_len);
	return 0;
}

/* Where the block of a record begins in the data, and its length without its
 * id. A block that does not fit behind the last one begins at 0. */
static int find_block(const struct shape *shape, const struct desc *desc,
		      uint64_t *ret_at, uint64_t *ret_len)
{
	uint64_t size = 1ULL << shape->size_bits;
	uint64_t at = desc->begin & (size - 1);
	uint64_t wraps = desc->begin >> shape->size_bits;
	uint64_t len = desc->next - desc->begin;

	if (desc->begin % ID_BYTES != 0 || desc->next % ID_BYTES != 0)
		return -EBADMSG;
	if ((desc->next - 1) >> shape->size_bits == wraps + 1) {
		at = 0;
		len = ((desc->next - 1) & (size - 1)) + 1;
	} else if ((desc->next - 1) >> shape->size_bits != wraps) {
		return -EBADMSG;
	}
	if (len < ID_BYTES || len > size - at)
		return -EBADMSG;
	*ret_at = at;
	*ret_len = len - ID_BYTES;
	return 0;
}

/* storage: of ID_BYTES + RAMRING_TEXT. */
static int read_text(struct ramring *ring, const struct shape *shape,
		     const struct desc *desc, size_t text_len, uint8_t *storage,
		     struct bytes *ret_text)
{
	uint64_t at, len;

	*ret_text = bytes_of(storage + ID_BYTES, 0);
	if (desc->begin == NO_TEXT && desc->next == NO_TEXT)
		return 0;
	if (find_block(shape, desc, &at, &len) < 0)
		return -EBADMSG;
	if (len > text_len)
		len = text_len;
	if (len > RAMRING_TEXT)
		len = RAMRING_TEXT;
	if (kernelmap_read(&ring->map, shape->data + at, storage,
			   ID_BYTES + len) < 0)
		return -EFAULT;
	/* The block was given to another record meanwhile. */
	if (bytes_get_u64(storage) != (desc->state & ID_MASK))
		return -EAGAIN;
	ret_text->len = len;
	return 0;
}

/* Its text is in storage. -EAGAIN, -EBADMSG, -EFAULT: torn. */
static int read_record(struct ramring *ring, const struct shape *shape,
		       uint64_t id, uint8_t *storage,
		       struct ramring_record *record)
{
	struct desc desc, again;
	size_t text_len;
	int rc = read_desc(ring, shape, id, &desc);

	if (rc == 0 && !is_whole(&desc, id))
		rc = -EAGAIN;
	if (rc == 0)
		rc = read_info(ring, shape, id, record, &text_len);
	if (rc == 0)
		rc = read_text(ring, shape, &desc, text_len, storage,
			       &record->text);
	/* It may have been overwritten while we read it. */
	if (rc == 0)
		rc = read_desc(ring, shape, id, &again);
	if (rc == 0 && again.state != desc.state && !is_whole(&again, id))
		rc = -EAGAIN;
	return rc;
}

/* From the newest back, behind those that are being written. */
static int find_anchor(struct ramring *ring, const struct shape *shape,
		       struct anchor *ret_anchor)
{
	uint8_t storage[ID_BYTES + RAMRING_TEXT];
	uint64_t count = 1ULL << shape->count_bits;
	struct ramring_record record;

	for (uint64_t back = 0; back < count && back < WRITERS; back++) {
		uint64_t id = (shape->head - back) & ID_MASK;

		if (read_record(ring, shape, id, storage, &record) == 0) {
			ret_anchor->id = id;
			ret_anchor->sequence = record.sequence;
			return 0;
		}
		if (id == shape->tail)
			break;
	}
	return -EBADMSG;
}

int ramring_init(struct ramring *ring, const struct vmcoreinfo *vmcoreinfo,
		 struct kernelmap_ram ram)
{
	uint64_t newest;
	int rc;

	ring->vmcoreinfo = *vmcoreinfo;
	if (!vmcoreinfo_knows(vmcoreinfo, VMCOREINFO_RB_SIZE,
			      VMCOREINFO_LONG_SIZE) ||
	    value(ring, VMCOREINFO_LONG_SIZE) != sizeof(uint64_t) ||
	    !rings_fit(ring) || !records_fit(ring))
		return -EOPNOTSUPP;
	rc = kernelmap_init(&ring->map, vmcoreinfo, ram);
	return rc < 0 ? rc : ramring_newest(ring, &newest);
}

int ramring_newest(struct ramring *ring, uint64_t *ret_sequence)
{
	struct shape shape;
	struct anchor anchor;
	int rc = read_shape(ring, &shape);

	if (rc == 0)
		rc = find_anchor(ring, &shape, &anchor);
	if (rc == 0)
		*ret_sequence = anchor.sequence;
	return rc;
}

/* How many records before the anchor there are, at most. */
static uint64_t depth_of(const struct shape *shape, const struct anchor *anchor)
{
	uint64_t depth = (anchor->id - shape->tail) & ID_MASK;
	uint64_t count = 1ULL << shape->count_bits;

	if (depth > count - 1)
		depth = count - 1;
	if (depth > RAMRING_RECORDS - 1)
		depth = RAMRING_RECORDS - 1;
	return depth < anchor->sequence ? depth : anchor->sequence;
}

int ramring_read(struct ramring *ring, uint64_t from, ramring_sink *sink,
		 void *context, struct ramring_outcome *ret_outcome)
{
	uint8_t storage[ID_BYTES + RAMRING_TEXT];
	struct ramring_outcome outcome = {0};
	struct ramring_record record;
	struct shape shape;
	struct anchor anchor;
	uint64_t depth;
	int rc = read_shape(ring, &shape);

	if (rc == 0)
		rc = find_anchor(ring, &shape, &anchor);
	if (rc < 0)
		return rc;
	depth = depth_of(&shape, &anchor);
	outcome.newest = anchor.sequence;
	outcome.oldest = anchor.sequence - depth;
	if (from > outcome.oldest)
		depth = from > anchor.sequence ? 0 : anchor.sequence - from;
	for (; from <= anchor.sequence; depth--) {
		rc = read_record(ring, &shape, (anchor.id - depth) & ID_MASK,
				 storage, &record);
		if (rc == 0 && record.sequence == anchor.sequence - depth) {
			outcome.told++;
			sink(context, &record);
		} else {
			outcome.skipped++;
		}
		if (depth == 0)
			break;
	}
	*ret_outcome = outcome;
	return 0;
}
