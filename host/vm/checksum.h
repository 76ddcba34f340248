/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checksum - tells whether a file is the one that it was.
 *
 * "8123456 bytes, crc32 0a1b2c3d": its length and zlib's crc32(). Against
 * change, not against forgery.
 */
#pragma once

#include "shared/must.h"

enum { CHECKSUM_TEXT = 48 };

/* Reads the whole file: some 50 ms for a kernel image. */
must_check int checksum_file(const char *path, char ret_text[CHECKSUM_TEXT]);
