/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts in JSON. What comes in are any bytes; what goes out is valid JSON in ASCII and UTF-8:
 * control characters and the line separators of Unicode are escaped, bytes that are not UTF-8
 * become U+FFFD.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stddef.h>
#include "base/str.h"

/* With its quotes. */
void
json_string(struct str *out, const char *text, size_t len);
/* The same for a text that ends with NUL; null for NULL. */
void
json_text(struct str *out, const char *text);

#endif
