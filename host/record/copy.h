/* SPDX-License-Identifier: GPL-2.0-or-later */
/* copy - a deep copy of a protobuf message.
 *
 * Through its packed form, as protobuf-c has no other way. Fields that this
 * version does not know are copied, too; when their bytes make no sense the
 * copy can't be read back, and that is what -EBADMSG is for.
 */
#pragma once

#include "shared/must.h"

#include <protobuf-c/protobuf-c.h>

/* Free it with its own free_unpacked(…, NULL). -ENOMEM or -EBADMSG. */
must_check int copy_message(const ProtobufCMessage *message,
			    ProtobufCMessage **ret_copy);
