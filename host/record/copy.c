/* SPDX-License-Identifier: GPL-2.0-or-later */
/* copy - see copy.h. */
#include "host/record/copy.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* protobuf-c says NULL for both failures; the allocator knows which it was. */
static void *on_alloc(void *data, size_t size)
{
	bool *failed = data;
	void *memory = malloc(size);

	if (!memory)
		*failed = true;
	return memory;
}

static void on_free(void *data, void *memory)
{
	(void)data;
	free(memory);
}

int copy_message(const ProtobufCMessage *message, ProtobufCMessage **ret_copy)
{
	bool failed = false;
	ProtobufCAllocator allocator = {
		.alloc = on_alloc,
		.free = on_free,
		.allocator_data = &failed,
	};
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *packed = malloc(size + 1);
	ProtobufCMessage *copy;

	if (!packed)
		return -ENOMEM;
	protobuf_c_message_pack(message, packed);
	copy = protobuf_c_message_unpack(message->descriptor, &allocator, size,
					 packed);
	free(packed);
	if (!copy)
		return failed ? -ENOMEM : -EBADMSG;
	*ret_copy = copy;
	return 0;
}
