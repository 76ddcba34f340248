/* SPDX-License-Identifier: GPL-2.0-or-later */
/* message - envelopes packed into frames and unpacked within the limits.
 *
 * Unpacking goes through an arena and then checks every string, count and
 * blob against shared/limits.h, by a table over the generated descriptors:
 * what comes out is safe to copy into fixed storage and to pack again. Fields
 * that are not in the .proto are dropped.
 */
#pragma once

#include "fstvm.pb-c.h"
#include "shared/arena.h"
#include "shared/bytes.h"
#include "shared/frame.h"

#include <stddef.h>
#include <sys/types.h>

enum { MESSAGE_PROTOCOL_VERSION = 1 };

/* What one string or blob may have (bytes), and how many a repeated field. */
struct message_limit {
	size_t count;
	size_t bytes;
};

/* NULL: the field has none, and a string, blob or array in it is refused. */
const struct message_limit *
message_limit(const ProtobufCMessageDescriptor *message,
	      const ProtobufCFieldDescriptor *field);

/* Whether this body travels in FRAME_RELIABLE. */
bool message_is_reliable(Pb__Envelope__BodyCase body);
/* Whether the guest (true) or the host (false) may send it. Ack is true
 * here, and the host may send it as well. */
bool message_is_from_guest(Pb__Envelope__BodyCase body);
/* "test_started"; "unknown" for what is not in the table. */
const char *message_name(Pb__Envelope__BodyCase body);

/* The frame of an envelope. `to` has cap bytes; -EMSGSIZE when it does not
 * fit or is over LIMIT_MESSAGE. Returns the frame's size. */
must_check ssize_t message_pack(const Pb__Envelope *envelope, uint64_t sequence,
				uint8_t *to, size_t cap);
/* From a frame's payload. The result lives in the arena. -EBADMSG: not an
 * envelope, or no known body; -ERANGE: over a limit or an enum's value
 * that is not in the .proto, *ret_why names the field (static string);
 * -ENOMEM: over the arena. */
must_check int message_unpack(struct bytes payload, struct arena *arena,
			      const Pb__Envelope **ret_envelope,
			      const char **ret_why);
