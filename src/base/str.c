/* SPDX-License-Identifier: Apache-2.0 */
/* Growable text. There is always room for the NUL behind the last byte. */
#include "base/str.h"

#include <stdio.h>
#include <string.h>
#include "base/mem.h"

void
str_release(struct str *s)
{
	mem_free(s->bytes);
	*s = (struct str)STR_INIT;
}

void
str_clear(struct str *s)
{
	str_cut(s, 0);
}

void
str_cut(struct str *s, size_t len)
{
	if (len > s->len)
		BUG("cut at %zu of %zu bytes", len, s->len);
	s->len = len;
	if (s->bytes)
		s->bytes[len] = '\0';
}

/* Makes room for n more bytes and the NUL. */
static void
reserve(struct str *s, size_t n)
{
	if (s->bytes && s->room > n && s->room - n > s->len)
		return;
	s->room = mem_grown(s->room ? s->room : 32, mem_grown(0, s->len + n, 1) + 1, 1);
	s->bytes = mem_resize(s->bytes, s->room);
}

char *
str_room(struct str *s, size_t n)
{
	reserve(s, n);
	return s->bytes + s->len;
}

void
str_grew(struct str *s, size_t n)
{
	s->len += n;
	s->bytes[s->len] = '\0';
}

void
str_add(struct str *s, const char *bytes, size_t n)
{
	reserve(s, n);
	if (n)
		memcpy(s->bytes + s->len, bytes, n);
	str_grew(s, n);
}

void
str_puts(struct str *s, const char *text)
{
	str_add(s, text, strlen(text));
}

void
str_putc(struct str *s, char c)
{
	str_add(s, &c, 1);
}

void
str_repeat(struct str *s, char c, size_t n)
{
	memset(str_room(s, n), c, n);
	str_grew(s, n);
}

void
str_format(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_vformat(s, fmt, ap);
	va_end(ap);
}

void
str_vformat(struct str *s, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		BUG("a text that cannot be formatted: %s", fmt);
	vsnprintf(str_room(s, (size_t)n), (size_t)n + 1, fmt, again);
	va_end(again);
	str_grew(s, (size_t)n);
}

const char *
str_text(struct str *s)
{
	if (!s->bytes)
		str_add(s, "", 0);
	return s->bytes;
}
