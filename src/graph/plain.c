/* SPDX-License-Identifier: Apache-2.0 */
/* The words are a table; numbers and dates are three small scanners. */
#include "graph/plain.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct word {
	const char *text; /* in lower case; other cases are meant as well */
	size_t len;
	enum plain_kind kind; /* of the three usual cases: true, True, TRUE; of others UNSURE */
};
#define WORD(text, kind) \
	{ \
		text, sizeof(text) - 1, kind \
	}
#define WORD_STARTS "~nNtTfFyYoO.+-<=" /* letters that a word of the table begins with */
#define WORD_MOST   5

static const struct word words[] = {
	WORD("~", PLAIN_NULL),
	WORD("null", PLAIN_NULL),
	WORD("true", PLAIN_BOOL),
	WORD("false", PLAIN_BOOL),
	WORD("y", PLAIN_UNSURE),
	WORD("n", PLAIN_UNSURE),
	WORD("yes", PLAIN_UNSURE),
	WORD("no", PLAIN_UNSURE),
	WORD("on", PLAIN_UNSURE),
	WORD("off", PLAIN_UNSURE),
	WORD(".inf", PLAIN_UNSURE),
	WORD("+.inf", PLAIN_UNSURE),
	WORD("-.inf", PLAIN_UNSURE),
	WORD(".nan", PLAIN_UNSURE),
	WORD("<<", PLAIN_UNSURE),
	WORD("=", PLAIN_UNSURE),
};

static bool
upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* null, Null, NULL. */
static bool
usual_case(const char *text, size_t len)
{
	size_t capitals = 0;

	for (size_t i = 0; i < len; i++)
		capitals += upper(text[i]);
	return !capitals || capitals == len || (capitals == 1 && upper(text[0]));
}

static enum plain_kind
word_kind(const char *text, size_t len)
{
	if (len > WORD_MOST || !memchr(WORD_STARTS, *text, sizeof(WORD_STARTS) - 1))
		return PLAIN_TEXT;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].len == len && strncasecmp(words[i].text, text, len) == 0)
			return usual_case(text, len) ? words[i].kind : PLAIN_UNSURE;
	return PLAIN_TEXT;
}

/* A reader that skips `_`, as the Go readers do before they look at a number. */
struct cursor {
	const char *at, *end;
};

static char
peek(struct cursor *c)
{
	while (c->at < c->end && *c->at == '_')
		c->at++;
	return c->at < c->end ? *c->at : '\0';
}

/* At the end; a NUL byte inside is not one. */
static bool
done(struct cursor *c)
{
	return !peek(c) && c->at == c->end;
}

static bool
take(struct cursor *c, const char *any)
{
	char next = peek(c);

	if (!next || !strchr(any, next))
		return false;
	c->at++;
	return true;
}

static size_t
take_all(struct cursor *c, const char *any)
{
	size_t n = 0;

	while (take(c, any))
		n++;
	return n;
}

#define DIGITS "0123456789"

/* 0x1F, 0b101, 0o17, each also in capitals; some readers take a sign behind the letter. */
static bool
is_based(struct cursor c)
{
	static const struct {
		const char *letter, *digits;
	} bases[] = {
		{ "xX", DIGITS "abcdefABCDEF" },
		{ "bB", "01" },
		{ "oO", "01234567" },
	};

	if (!take(&c, "0"))
		return false;
	for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++)
		if (take(&c, bases[i].letter)) {
			bool more = c.at < c.end;

			take(&c, "+-");
			take_all(&c, bases[i].digits);
			return more && done(&c);
		}
	return false;
}

/* 190:20:30, 12:30.5: base 60. */
static bool
is_sexagesimal(struct cursor c)
{
	bool parts = false;

	if (!take_all(&c, DIGITS))
		return false;
	for (; take(&c, ":"); parts = true)
		if (take(&c, "012345"))
			take(&c, DIGITS);
		else if (!take(&c, "6789"))
			return false;
	if (take(&c, "."))
		take_all(&c, DIGITS);
	return parts && done(&c);
}

/* Anything that is digits with at most one point and an exponent. */
static bool
is_decimal(struct cursor c)
{
	size_t digits = take_all(&c, DIGITS);

	if (take(&c, "."))
		digits += take_all(&c, DIGITS);
	if (digits && take(&c, "eE")) {
		take(&c, "+-");
		return take_all(&c, DIGITS) && done(&c);
	}
	return digits && done(&c);
}

/* 2026-1-2, alone or with a time behind it. */
static bool
is_date(const char *text, size_t len)
{
	static const size_t least[] = { 4, 1, 1 }, most[] = { 4, 2, 2 };
	size_t i = 0;

	for (size_t part = 0; part < 3; part++) {
		size_t n = 0;

		if (part && (i == len || text[i++] != '-'))
			return false;
		for (; i < len && n < most[part] && text[i] >= '0' && text[i] <= '9'; i++)
			n++;
		if (n < least[part])
			return false;
	}
	return i == len || strchr("Tt \t", text[i]);
}

/* A number that everybody reads alike, by its form. */
static enum plain_kind
number_kind(const char *text, size_t len)
{
	const char *p = text + (*text == '-'), *end = text + len, *digits = p;
	uint64_t n = 0;

	if (p < end && *p == '0' && ++p < end && *p != '.')
		return PLAIN_UNSURE;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		n = p - digits < 18 ? n * 10 + (uint64_t)(*p - '0') : UINT64_MAX;
	if (p == digits)
		return PLAIN_UNSURE;
	if (p == end)
		return n == UINT64_MAX ? PLAIN_UNSURE : PLAIN_INT;
	if (*p++ != '.')
		return PLAIN_UNSURE;
	for (digits = p; p < end && *p >= '0' && *p <= '9'; p++)
		;
	if (p == digits)
		return PLAIN_UNSURE;
	if (p < end && (*p == 'e' || *p == 'E') && ++p < end && (*p == '-' || *p == '+'))
		for (digits = ++p; p < end && *p >= '0' && *p <= '9'; p++)
			;
	return p == end && p > digits ? PLAIN_NUMBER : PLAIN_UNSURE;
}

enum plain_kind
plain_kind(const char *text, size_t len)
{
	struct cursor c = { text, text + len };
	enum plain_kind kind;

	if (!len)
		return PLAIN_NULL;
	if ((kind = word_kind(text, len)) != PLAIN_TEXT)
		return kind;
	if (!memchr("+-." DIGITS, *text, sizeof("+-." DIGITS) - 1))
		return PLAIN_TEXT;
	if (is_date(text, len))
		return PLAIN_UNSURE;
	take(&c, "+-");
	if (is_decimal(c))
		return number_kind(text, len);
	if (is_based(c) || is_sexagesimal(c) ||
		(*text == '.' && len > 1 && done(&(struct cursor){ text + 1, text + len })))
		return PLAIN_UNSURE;
	return PLAIN_TEXT;
}
