/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alignment of lines that follow each other: fields at their sign, members at their colon, comments
 * behind lines; bodies on one line and the parts of clauses where the author aligned them.
 */
#include "grammar/format.h"

static enum align
align_class(int lead, int sign)
{
	switch (lead) {
	case TOK_LET:
		return sign == TOK_ASSIGN ? ALIGN_LET : ALIGN_NONE;
	case TOK_TYPE:
		return sign == TOK_ASSIGN ? ALIGN_TYPE : ALIGN_NONE;
	case TOK_PARAM:
		return sign == TOK_COLON ? ALIGN_PARAM : ALIGN_NONE;
	default:
		return sign == TOK_ASSIGN   ? ALIGN_FIELD
			: sign == TOK_COLON ? ALIGN_MEMBER
					    : ALIGN_NONE;
	}
}

/* The token behind the path or name at i: the sign that says what the statement is. */
static uint32_t
sign_behind(const struct format *f, uint32_t i)
{
	for (;; i = grammar_solid(f->g, i + 1))
		switch (format_kind(f, i)) {
		case TOK_NAME:
		case TOK_STRING:
		case TOK_DOT:
		case TOK_QUESTION:
		case TOK_LBRACKET:
		case TOK_INT:
		case TOK_RBRACKET:
			break;
		default:
			return i;
		}
}

/* The brace of the statement's body, or NO_TOKEN. */
static uint32_t
body_of(const struct format *f, uint32_t i)
{
	for (;; i = grammar_solid(f->g, i + 1)) {
		int kind = format_kind(f, i);

		if (kind == TOK_LBRACE)
			return i;
		if (kind == TOK_SEP || kind == TOK_END || grammar_opener(kind))
			return NO_TOKEN;
		if (grammar_closer(kind))
			i = token_at(f->g, i)->link;
	}
}

/* The text behind the expression of `at`, or NO_TOKEN. */
static uint32_t
label_of(const struct format *f, uint32_t at)
{
	uint32_t i = grammar_solid(f->g, at + 1), before = at;

	for (; format_kind(f, i) != TOK_SEP && !grammar_opener(format_kind(f, i)) &&
		format_kind(f, i) != TOK_END;
		i = grammar_solid(f->g, i + 1)) {
		int kind = format_kind(f, i);

		if ((kind == TOK_STRING || kind == TOK_HEAD) && before != at &&
			format_kind(f, before) != TOK_DOT)
			return i;
		before = grammar_closer(kind) ? token_at(f->g, i)->link : i;
		i = before;
	}
	return NO_TOKEN;
}

static uint32_t
next_of_kind(const struct format *f, uint32_t i, int kind)
{
	while (format_kind(f, i) != kind && format_kind(f, i) != TOK_SEP &&
		format_kind(f, i) != TOK_END)
		i = grammar_solid(f->g, i + 1);
	return format_kind(f, i) == kind ? i : NO_TOKEN;
}

static void
keep_column(struct spot *p, int c, uint32_t token)
{
	if (token != NO_TOKEN)
		p->column[c] = (struct column){ .align = ALIGN_KEPT, .token = token };
}

void
format_find_columns(const struct format *f, struct spot *p)
{
	int lead = format_kind(f, p->first);
	uint32_t second = lead == TOK_END ? p->first : grammar_solid(f->g, p->first + 1);
	uint32_t sign = sign_behind(
		f, lead == TOK_LET || lead == TOK_TYPE || lead == TOK_PARAM ? second : p->first);
	enum align align = align_class(lead, format_kind(f, sign));

	if (align != ALIGN_NONE) {
		p->column[0] = (struct column){ .align = align, .token = sign };
	} else if ((lead >= TOK_MUST && lead <= TOK_PASSES) || lead == TOK_BECAUSE) {
		keep_column(p, 0, second);
		if (lead == TOK_AT)
			keep_column(p, 1, label_of(f, p->first));
	} else if (lead == TOK_LABEL || lead == TOK_ANNOTATION) {
		keep_column(p, 0, next_of_kind(f, second, TOK_OF));
		keep_column(p, 1, next_of_kind(f, second, TOK_COLON));
	} else {
		keep_column(p, 0, body_of(f, p->first));
	}
}

/* --- runs --- */

/* Columns of the line's text up to the c-th place, or all of it, with what was padded before. */
static uint32_t
width_before(const struct format *f, const struct line *l, int c)
{
	uint32_t width = l->indent +
		format_width(f->text.bytes + l->text, c < COLUMNS ? l->column[c].at : l->len);

	for (int k = 0; k < c; k++)
		width += l->column[k].pad;
	return width;
}

#define FAR 1000

/* Where the token stands on the author's line, in bytes; FAR if that is too far to say. */
static uint32_t
author_column(const struct format *f, uint32_t token)
{
	uint32_t at = token_at(f->g, token)->start, start = at;

	while (start && at - start < FAR && f->g->bytes[start - 1] != '\n')
		start--;
	return at - start;
}

static bool
same_class(const struct format *f, const struct line *above, const struct line *l, int c)
{
	const struct column *a = &above->column[c], *b = &l->column[c];

	if (b->align != a->align || l->indent != above->indent)
		return false;
	return b->align != ALIGN_KEPT ||
		(author_column(f, b->token) == author_column(f, a->token) &&
			author_column(f, a->token) < FAR);
}

/* The next line of the run that line i is in, or the number of lines. Comments in between do not
 * end a run. */
static uint32_t
next_in_run(const struct format *f, uint32_t i, int c)
{
	uint32_t next = i + 1;

	while (next < f->lines.count && format_line(f, next)->is_comment &&
		!format_line(f, next)->blank)
		next++;
	if (next < f->lines.count && !format_line(f, next)->blank &&
		same_class(f, format_line(f, i), format_line(f, next), c))
		return next;
	return f->lines.count;
}

static void
align_column(struct format *f, int c)
{
	uint32_t i = 0;

	while (i < f->lines.count) {
		uint32_t widest = 0, last = i;

		if (format_line(f, i)->column[c].align == ALIGN_NONE) {
			i++;
			continue;
		}
		for (uint32_t k = i; k < f->lines.count; k = next_in_run(f, k, c)) {
			uint32_t width = width_before(f, format_line(f, k), c);

			widest = width > widest ? width : widest;
			last = k;
		}
		for (uint32_t k = i; k <= last; k++)
			if (!format_line(f, k)->is_comment)
				format_line(f, k)->column[c].pad =
					widest - width_before(f, format_line(f, k), c);
		i = last + 1;
	}
}

/* A line that opens a body stands apart from its neighbours. */
static bool
takes_part(const struct format *f, const struct line *l)
{
	return l->comment != NO_TOKEN && f->text.bytes[l->text + l->len - 1] != '{';
}

static bool
both_commented(const struct format *f, const struct line *above, const struct line *l)
{
	return takes_part(f, above) && takes_part(f, l) && l->indent == above->indent && !l->blank;
}

static void
align_comments(struct format *f)
{
	for (uint32_t i = 0, end; i < f->lines.count; i = end) {
		uint32_t widest = 0;

		for (end = i; end < f->lines.count; end++) {
			uint32_t width = width_before(f, format_line(f, end), COLUMNS);

			if (end > i &&
				!both_commented(f, format_line(f, end - 1), format_line(f, end)))
				break;
			widest = width > widest ? width : widest;
		}
		for (uint32_t k = i; k < end; k++)
			format_line(f, k)->comment_pad =
				widest - width_before(f, format_line(f, k), COLUMNS) + 2;
	}
}

void
format_align(struct format *f)
{
	for (int c = 0; c < COLUMNS; c++)
		align_column(f, c);
	align_comments(f);
}
