/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands between two tokens of a line, and which bodies are too long for theirs. Both look at
 * the tokens alone, so that they say the same of a file and of its canonical form.
 */
#include <string.h>
#include "base/utf8.h"
#include "grammar/format.h"

#define WIDTH_MAX 120

uint32_t
format_width(const char *text, uint32_t len)
{
	uint32_t width = 0;
	size_t n;

	for (uint32_t i = 0; i < len; i += (uint32_t)n)
		width += utf8_width(utf8_decode(text + i, len - i, &n));
	return width;
}

static uint32_t
token_width(const struct format *f, uint32_t i)
{
	const struct token *t = token_at(f->g, i);

	return format_width(f->g->bytes + t->start, t->end - t->start);
}

/* --- bodies --- */

static bool
is_empty(const struct format *f, uint32_t brace)
{
	const struct token *t = token_at(f->g, brace);

	for (uint32_t i = brace + 1; i < t->link; i++)
		if (format_kind(f, i) != TOK_SEP && format_kind(f, i) != LAYOUT_NEWLINE)
			return false;
	return true;
}

bool
format_is_spread(const struct format *f, uint32_t brace)
{
	const struct token *t = token_at(f->g, brace);

	if (t->flags & TOKEN_SPREAD)
		return true;
	return memchr(f->g->bytes + t->start, '\n', token_at(f->g, t->link)->start - t->start) &&
		!is_empty(f, brace);
}

/* --- spaces --- */

static bool
ends_value(int kind)
{
	switch (kind) {
	case TOK_NAME:
	case TOK_STRING:
	case TOK_OF_STRING:
	case TOK_TAIL:
	case TOK_INT:
	case TOK_UNIT:
	case TOK_TRUE:
	case TOK_FALSE:
	case TOK_ABSENT:
	case TOK_RPAREN:
	case TOK_RBRACKET:
	case TOK_RBRACE:
	case TOK_QUESTION:
		return true;
	default:
		return false;
	}
}

/* The token before i that is no space, or NO_TOKEN. */
static uint32_t
solid_before(const struct format *f, uint32_t i)
{
	while (i--)
		if (!token_is_space(token_at(f->g, i)))
			return i;
	return NO_TOKEN;
}

/* `ports [name] { }` and `ports? [] { }` declare a list; everywhere else a bracket behind a
 * value is an index. */
static bool
declares_list(const struct format *f, uint32_t first, uint32_t before, uint32_t bracket)
{
	bool at_head = before == first ||
		(format_kind(f, before) == TOK_QUESTION && solid_before(f, before) == first);

	return at_head && format_kind(f, grammar_solid(f->g, bracket + 1)) != TOK_INT;
}

static bool
space_before_bracket(const struct format *f, uint32_t first, uint32_t before, uint32_t i)
{
	switch (format_kind(f, before)) {
	case TOK_NAME:
	case TOK_STRING:
	case TOK_QUESTION:
	case TOK_RPAREN:
	case TOK_RBRACKET:
		return declares_list(f, first, before, i);
	default:
		return true;
	}
}

bool
format_has_space(const struct format *f, uint32_t first, uint32_t before, uint32_t i)
{
	int a = format_kind(f, before), b = format_kind(f, i);

	switch (a) {
	case TOK_LPAREN:
	case TOK_LBRACKET:
	case TOK_DOT:
	case TOK_HEAD:
	case TOK_MIDDLE:
		return false;
	case TOK_LBRACE:
		return b != TOK_RBRACE;
	case TOK_DOTS:
		if (b == TOK_INT)
			return false;
		break;
	case TOK_MINUS:
		if (!ends_value(format_kind(f, solid_before(f, before))))
			return false;
		break;
	default:
		break;
	}
	switch (b) {
	case TOK_COMMA:
	case TOK_SEP:
	case TOK_RPAREN:
	case TOK_RBRACKET:
	case TOK_DOT:
	case TOK_DOTS:
	case TOK_QUESTION:
	case TOK_MIDDLE:
	case TOK_TAIL:
		return false;
	case TOK_LPAREN:
		return a != TOK_NAME;
	case TOK_LBRACKET:
		return space_before_bracket(f, first, before, i);
	default:
		return true;
	}
}

/* --- widths --- */

void
format_fit(struct format *f, uint32_t first, uint32_t indent)
{
	uint32_t width = indent, before = NO_TOKEN, candidate = NO_TOKEN, depth = 0;

	for (uint32_t i = first;; i++) {
		int kind = format_kind(f, i);

		if (!depth && (kind == TOK_SEP || kind == TOK_RBRACE || kind == TOK_END))
			return;
		if (token_is_space(token_at(f->g, i))) {
			if (kind == LAYOUT_NEWLINE) {
				width = indent + FORMAT_STEP;
				before = candidate = NO_TOKEN;
			}
			continue;
		}
		if (kind == TOK_LBRACE && !depth && format_is_spread(f, i)) {
			i = before = token_at(f->g, i)->link;
			width = indent + 1;
			candidate = NO_TOKEN;
			continue;
		}
		if (kind == TOK_LBRACE && !depth && candidate == NO_TOKEN && !is_empty(f, i))
			candidate = i;
		depth += grammar_closer(kind) != 0;
		depth -= grammar_opener(kind) != 0;
		width += token_width(f, i) +
			(before != NO_TOKEN && format_has_space(f, first, before, i));
		before = i;
		if (width > WIDTH_MAX && candidate != NO_TOKEN) {
			token_at(f->g, candidate)->flags |= TOKEN_SPREAD;
			i = candidate - 1;
			depth = 0;
			candidate = NO_TOKEN;
		}
	}
}
