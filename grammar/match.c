/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links each bracket to its partner. What has none is reported here, once, and given a place where
 * it ends, so that the parser sees balanced brackets only: an unclosed brace ends at the closer
 * that cannot be its own, an unclosed parenthesis or bracket at the line where the next statement
 * seems to begin. Where a brace too few or too many shows by how the lines are indented, it is
 * mended there, so that the rest of the file means what it looks like. What is nested too deeply is
 * skipped.
 */
#include "grammar/tokens.h"
#include "grammar/parse.h"

enum bracket { PAREN, BRACKET, BRACE, STRING_PIECE, BRACKET_COUNT };

struct matching {
	struct grammar *g;
	struct vec open; /* uint32_t: openers */
	uint32_t count[BRACKET_COUNT]; /* of each kind open; inside a string only its own */
	uint32_t outside[BRACKET_COUNT];
	uint32_t deep; /* the opener below which it is too deep, or UINT32_MAX */
	/* Braces that the lines give away (slip.c); UINT32_MAX: none. */
	struct slip_of_braces slip;
};

static const struct {
	int opener, closer;
} brackets[BRACKET_COUNT] = {
	[PAREN] = { TOK_LPAREN, TOK_RPAREN },
	[BRACKET] = { TOK_LBRACKET, TOK_RBRACKET },
	[BRACE] = { TOK_LBRACE, TOK_RBRACE },
	[STRING_PIECE] = { TOK_HEAD, TOK_TAIL },
};

static enum bracket
bracket_of(int kind)
{
	enum bracket b = 0;

	while (b < BRACKET_COUNT && brackets[b].opener != kind && brackets[b].closer != kind)
		b++;
	return b;
}

int
grammar_closer(int kind)
{
	enum bracket b = bracket_of(kind);

	return b < BRACKET_COUNT && brackets[b].opener == kind ? brackets[b].closer : 0;
}

int
grammar_opener(int kind)
{
	enum bracket b = bracket_of(kind);

	return b < BRACKET_COUNT && brackets[b].closer == kind ? brackets[b].opener : 0;
}

uint32_t
grammar_solid(const struct grammar *g, uint32_t i)
{
	while (token_is_space(token_at(g, i)))
		i++;
	return i;
}

/* --- faults --- */

static void
report_unclosed(struct grammar *g, uint32_t opener, uint32_t closer)
{
	const struct token *o = token_at(g, opener), *c = token_at(g, closer);
	struct diag *d = grammar_fault(g, EGM0003, o->start, o->end, NULL,
		"this %s is never closed", grammar_quoted(g, o->start, o->end));

	if (d && c->kind != TOK_END)
		diag_label(g->in.diags, d, grammar_span(g, c->start, c->end),
			"comes before it is closed");
}

/* At the end of the file one message is enough: most likely one brace is missing, wherever it
 * is. */
static void
report_open_at_end(struct matching *m)
{
	const struct token *o = token_at(m->g, *VEC_AT(&m->open, uint32_t, m->open.count - 1));

	grammar_fault(m->g, EGM0003, o->start, o->end, NULL, "this %s is never closed",
		grammar_quoted(m->g, o->start, o->end));
}

/* --- linking --- */

/* Whether a statement seems to begin at this token: a name or text, and behind it what can only
 * follow there. */
static bool
begins_statement(const struct grammar *g, uint32_t i)
{
	int next = token_at(g, i)->kind == TOK_END ? TOK_END
						   : token_at(g, grammar_solid(g, i + 1))->kind;

	switch (token_at(g, i)->kind) {
	case TOK_LET:
	case TOK_FOR:
	case TOK_EXTEND:
	case TOK_ASSUME:
	case TOK_BECAUSE:
		return true;
	case TOK_NAME:
	case TOK_STRING:
		return next == TOK_ASSIGN || next == TOK_ADD || next == TOK_COLON ||
			next == TOK_LBRACE || next == TOK_NAME || next == TOK_STRING;
	default:
		return false;
	}
}

/* Where an unclosed parenthesis or bracket is taken to end, at the latest at `limit`. */
static uint32_t
likely_end(const struct grammar *g, uint32_t opener, uint32_t limit)
{
	uint32_t i = opener + 1;

	while (i < limit) {
		uint32_t newline = i;

		while (newline < limit && token_is_space(token_at(g, newline)) &&
			!token_is_newline(g, token_at(g, newline)))
			newline++;
		i = grammar_solid(g, i);
		if (i < limit && newline < i && begins_statement(g, i))
			return newline;
		if (i < limit)
			i = token_at(g, i)->link > i ? token_at(g, i)->link : i + 1;
	}
	return limit;
}

static void
end_early(struct matching *m, uint32_t opener, uint32_t limit)
{
	struct token *o = token_at(m->g, opener);

	o->flags |= TOKEN_FAULT;
	o->link = o->kind == TOK_LBRACE ? limit : likely_end(m->g, opener, limit);
}

static void
pop(struct matching *m)
{
	uint32_t opener = *VEC_AT(&m->open, uint32_t, m->open.count - 1);
	enum bracket b = bracket_of(token_at(m->g, opener)->kind);

	m->open.count--;
	if (b == STRING_PIECE)
		for (unsigned i = 0; i < BRACKET_COUNT; i++)
			m->count[i] = m->outside[i];
	else
		m->count[b]--;
}

static void
push(struct matching *m, uint32_t i, enum bracket b)
{
	struct grammar *g = m->g;

	vec_push(&m->open, &i);
	if (b == STRING_PIECE)
		for (unsigned k = 0; k < BRACKET_COUNT; k++) {
			m->outside[k] = m->count[k];
			m->count[k] = k == STRING_PIECE;
		}
	else
		m->count[b]++;
	if (m->open.count == GRAMMAR_DEPTH_MAX + 1) {
		struct token *t = token_at(g, i);

		m->deep = i;
		t->flags |= TOKEN_FAULT;
		grammar_fault(g, EGM0010, t->start, t->end, NULL,
			"this is nested more than %d levels deep", GRAMMAR_DEPTH_MAX);
	}
}

/* What lies between an opener that is too deep and its end is not parsed. */
static void
skip_deep(struct matching *m, uint32_t end)
{
	if (m->deep == UINT32_MAX || m->open.count > GRAMMAR_DEPTH_MAX)
		return;
	for (uint32_t i = m->deep + 1; i < end; i++)
		token_at(m->g, i)->kind = LAYOUT_SKIPPED;
	m->deep = UINT32_MAX;
}

static void
close_with(struct matching *m, uint32_t i)
{
	struct grammar *g = m->g;
	uint32_t opener = *VEC_AT(&m->open, uint32_t, m->open.count - 1);

	token_at(g, opener)->link = i;
	token_at(g, opener)->flags |= TOKEN_CLOSED;
	token_at(g, i)->link = opener;
	pop(m);
	skip_deep(m, i);
}

#define NEAR 32 /* tokens */

/* In `[1}, 2]` the brace is wrong, not the bracket: what closes the innermost opener comes soon,
 * on the same line. */
static bool
closes_soon(const struct grammar *g, uint32_t opener, uint32_t i)
{
	int closer = grammar_closer(token_at(g, opener)->kind);
	uint32_t soon = i + NEAR < g->tokens.count ? i + NEAR : g->tokens.count;

	for (i++; i < soon && token_at(g, i)->kind != LAYOUT_NEWLINE; i++) {
		if (token_at(g, i)->kind == closer)
			return true;
		if (grammar_closer(token_at(g, i)->kind))
			return false;
	}
	return false;
}

static void
drop_closer(struct matching *m, uint32_t i)
{
	struct grammar *g = m->g;
	struct token *t = token_at(g, i);

	t->kind = LAYOUT_SKIPPED;
	t->flags |= TOKEN_FAULT;
	grammar_fault(g, EGM0003, t->start, t->end, NULL, "this %s closes nothing",
		grammar_quoted(g, t->start, t->end));
}

/* `(a, b]`: a slip of the finger. */
static void
close_wrongly(struct matching *m, uint32_t i, uint32_t opener)
{
	struct grammar *g = m->g;
	struct token *o = token_at(g, opener), *t = token_at(g, i);
	struct diag *d = grammar_fault(g, EGM0003, t->start, t->end, NULL, "%s does not close %s",
		grammar_quoted(g, t->start, t->end), grammar_quoted(g, o->start, o->end));

	if (d)
		diag_label(g->in.diags, d, grammar_span(g, o->start, o->end), "opened here");
	t->kind = (uint16_t)grammar_closer(o->kind);
	o->flags |= TOKEN_FAULT;
	close_with(m, i);
}

static void
meet_closer(struct matching *m, uint32_t i, enum bracket b)
{
	struct grammar *g = m->g;
	uint32_t innermost = m->open.count ? *VEC_AT(&m->open, uint32_t, m->open.count - 1) : 0;
	enum bracket around =
		m->open.count ? bracket_of(token_at(g, innermost)->kind) : BRACKET_COUNT;
	bool in_list = around == PAREN || around == BRACKET;

	if (!m->count[b] && in_list && (b == PAREN || b == BRACKET)) {
		close_wrongly(m, i, innermost);
		return;
	}
	if (!m->count[b]) {
		drop_closer(m, i);
		return;
	}
	if (b == BRACE && in_list && closes_soon(g, innermost, i)) {
		drop_closer(m, i);
		return;
	}
	for (;;) {
		uint32_t opener = *VEC_AT(&m->open, uint32_t, m->open.count - 1);

		if (token_at(g, opener)->kind == brackets[b].opener)
			break;
		report_unclosed(g, opener, i);
		end_early(m, opener, i);
		pop(m);
	}
	close_with(m, i);
}

/* A brace of which the lines tell that it is one too many. */
static void
drop_extra(struct matching *m)
{
	struct grammar *g = m->g;
	struct token *t = token_at(g, m->slip.extra);
	const struct token *o = token_at(g, m->slip.partner);
	struct diag *d = grammar_fault(
		g, EGM0003, t->start, t->end, NULL, "one `}` too many, here or shortly before");

	if (d)
		diag_label(g->in.diags, d, grammar_span(g, o->start, o->end),
			"it would close this block, further right than the block's line begins");
	t->kind = LAYOUT_SKIPPED;
	t->flags |= TOKEN_FAULT;
}

/* A brace of which the lines tell that it lacks its partner ends where a line begins no further
 * right than its own. */
static void
end_unclosed(struct matching *m, uint32_t i)
{
	uint32_t opener = m->slip.unclosed, newline = i;

	if (!m->open.count || *VEC_AT(&m->open, uint32_t, m->open.count - 1) != opener ||
		!grammar_ends_block(m->g, opener, i))
		return;
	while (newline && token_is_space(token_at(m->g, newline - 1)))
		newline--;
	while (newline < i && !token_is_newline(m->g, token_at(m->g, newline)))
		newline++;
	report_unclosed(m->g, opener, i);
	end_early(m, opener, newline);
	pop(m);
	skip_deep(m, newline);
}

static void
meet_end(struct matching *m, uint32_t end)
{
	if (m->open.count)
		report_open_at_end(m);
	while (m->open.count) {
		end_early(m, *VEC_AT(&m->open, uint32_t, m->open.count - 1), end);
		pop(m);
		skip_deep(m, end);
	}
}

void
grammar_match(struct grammar *g)
{
	struct matching m = { .g = g, .deep = UINT32_MAX, .slip = grammar_slip_of_braces(g) };
	uint32_t end = g->tokens.count - 1;

	vec_init(&m.open, sizeof(uint32_t), false);
	for (uint32_t i = 0; i < end; i++) {
		int kind = token_at(g, i)->kind;
		enum bracket b = bracket_of(kind);

		end_unclosed(&m, i);
		if (i == m.slip.extra)
			drop_extra(&m);
		if (b == BRACKET_COUNT || i == m.slip.extra)
			continue;
		if (brackets[b].opener == kind)
			push(&m, i, b);
		else
			meet_closer(&m, i, b);
	}
	meet_end(&m, end);
	vec_release(&m.open);
	for (uint32_t i = 0; i < end; i++)
		if (grammar_closer(token_at(g, i)->kind) && !(token_at(g, i)->flags & TOKEN_CLOSED))
			token_at(g, token_at(g, i)->link)->flags |= TOKEN_ENDS;
}
