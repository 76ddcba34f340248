/* SPDX-License-Identifier: GPL-2.0-or-later */
/* liar - a guest that says what it likes, to the host's real library.
 *
 * It has a socket to a controller and no rules: frames with any kind, sequence
 * number and payload, or bytes that are none. The controller's run directory
 * stands in a directory of its own, the jail, so that a file anywhere else
 * would be seen.
 */
#pragma once

#include "tests/integration/controller.h"

struct liar {
	char jail[64];
	char run_dir[80];
	struct ev_loop *loop;
	struct controller controller;
	int fd;
	uint64_t sequence; /* of the last reliable message */
};

/* A job of generic/001 to generic/003. */
void liar_open(struct liar *liar);
/* Checks that all that was written is where it may be, that journal and
 * result are one, and that every test has a verdict; removes it. */
void liar_close(struct liar *liar);

/* Until the host has read all of it, or has closed the channel. */
void liar_push(struct liar *liar, const void *data, size_t len);
void liar_frame(struct liar *liar, enum frame_kind kind, uint64_t sequence,
		const void *payload, size_t len);
/* The envelope in the kind of frame that is right for it, with the next
 * number. */
void liar_say(struct liar *liar, const Pb__Envelope *envelope);

/* Honest messages, to get somewhere. */
void liar_hello(struct liar *liar, uint32_t incarnation);
void liar_setup_done(struct liar *liar);
void liar_start(struct liar *liar, uint32_t index);
void liar_finish(struct liar *liar, uint32_t index);
void liar_chunk(struct liar *liar, uint32_t artifact, const void *data,
		size_t len);

/* The host has seen through it, with these words; or has not. */
void liar_expect_broken(struct liar *liar, const char *why);
void liar_expect_trusted(struct liar *liar);
