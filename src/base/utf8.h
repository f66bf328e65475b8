/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8: what comes in are bytes of any origin, what goes out are scalars and how many columns they
 * take. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The offset of the first byte that is not part of valid UTF-8 (overlong forms and surrogates are
 * not), or len. */
size_t
utf8_check(const char *bytes, size_t len);
/* The scalar at bytes[0..], and its length in *n (1..4); len is not 0. A byte that starts no valid
 * form is U+FFFD, length 1, so that a file with a bad encoding can still be shown. */
uint32_t
utf8_decode(const char *bytes, size_t len, size_t *n);
/* Columns that a terminal gives the scalar: 0, 1 or 2 (a small table; no locale). */
unsigned
utf8_width(uint32_t scalar);

#endif
