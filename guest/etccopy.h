/* SPDX-License-Identifier: GPL-2.0-or-later */
/* etccopy - what of /etc each program opens when it starts, in memory.
 *
 * /etc is an overlay of the shared root. A file in it that is only copied up
 * is still looked at in the lower layer by every stat(2), for its inode number:
 * a round trip to the host. One that is made anew is the upper layer's alone.
 */
#pragma once

/* Copies of all that are known to be opened often. What can't be copied stays
 * as it is: that costs time, no more. */
void etccopy_make(void);
/* Of one file or link: the same contents, owner, mode and time. */
void etccopy_renew(const char *path);
