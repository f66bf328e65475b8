/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growable byte buffer. `bytes` is always NUL-terminated once anything was added (or str_text()
 * was called). Owned by the function that made it; released with str_release().
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stddef.h>

struct str {
	char *bytes;
	size_t len;
	size_t room;
};

#define STR_INIT \
	{ \
		NULL, 0, 0 \
	}

void
str_release(struct str *s);
void
str_clear(struct str *s);
void
str_add(struct str *s, const char *bytes, size_t n);
void
str_puts(struct str *s, const char *text);
void
str_putc(struct str *s, char c);
void
str_repeat(struct str *s, char c, size_t n);
void
str_format(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void
str_vformat(struct str *s, const char *fmt, va_list ap);
/* Forgets all bytes from len on. */
void
str_cut(struct str *s, size_t len);
/* Room for n more bytes at the end, for somebody who writes them himself; then str_grew() says how
 * many there were. */
char *
str_room(struct str *s, size_t n);
void
str_grew(struct str *s, size_t n);
/* The text, never NULL. Valid until the next change. */
const char *
str_text(struct str *s);

#endif
