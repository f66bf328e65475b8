/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A checked library as bytes, and back: the pools of a program behind a header. All of it is plain
 * data whose parts know each other by number, so that taking it in is copying; the nodes are not
 * even copied, so the image must outlive the program that has read it. An image fits the program
 * that wrote it: other sizes or another byte order are noticed. What is not in it: the bytes of
 * source files (they are inside the program anyway) and diagnostics.
 */
#ifndef CHECK_IMAGE_H
#define CHECK_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"
#include "check/program.h"

/* The image of the library inside the program; absent (address NULL) in the programs that are
 * linked without one. */
struct image {
	const unsigned char *bytes; /* 16-byte aligned */
	size_t len;
	const char *hash; /* of the library, as library_hash() gives it */
};
extern const struct image embedded_image __attribute__((weak));

void
image_write(const struct program *p, struct str *out);
/* Into a fresh program whose source files have been added in the same order. False, and nothing
 * changed, if the image does not fit. */
bool
image_read(struct program *p, const unsigned char *bytes, size_t len);

#endif
