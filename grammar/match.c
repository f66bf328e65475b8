/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links each bracket to its partner. What has none is reported here, once, and given a place where
 * it ends, so that the parser sees balanced brackets only: an unclosed brace ends at the closer
 * that cannot be its own, an unclosed parenthesis or bracket at the line where the next statement
 * seems to begin. What is nested too deeply is skipped.
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
	/* The first block inside the current outermost one whose closing brace stands further
	 * left than the line that opened it: in a file that lacks a brace, most likely the one
	 * that lacks it. UINT32_MAX: none. */
	uint32_t odd_opener, odd_closer;
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

/* --- places --- */

#define FAR 1000 /* a line that begins further away says nothing about the shape of the file */

/* How far the line of this byte is indented, in bytes; FAR if it begins too far away. */
static uint32_t
indentation(const struct grammar *g, uint32_t at)
{
	uint32_t line = at, i;

	while (line && at - line < FAR && g->bytes[line - 1] != '\n')
		line--;
	if (at - line == FAR)
		return FAR;
	for (i = line; i < at && (g->bytes[i] == ' ' || g->bytes[i] == '\t'); i++)
		;
	return i - line;
}

static bool
is_first_on_line(const struct grammar *g, uint32_t token)
{
	uint32_t at = token_at(g, token)->start;

	while (at && (g->bytes[at - 1] == ' ' || g->bytes[at - 1] == '\t'))
		at--;
	return !at || g->bytes[at - 1] == '\n';
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
	struct grammar *g = m->g;
	uint32_t last = *VEC_AT(&m->open, uint32_t, m->open.count - 1);
	bool odd = m->odd_opener > last && m->odd_opener != UINT32_MAX;
	const struct token *o = token_at(g, odd ? m->odd_opener : last);
	struct diag *d = grammar_fault(g, EGM0003, o->start, o->end, NULL,
		"this %s is never closed", grammar_quoted(g, o->start, o->end));

	if (d && odd) {
		const struct token *c = token_at(g, m->odd_closer);

		diag_label(g->in.diags, d, grammar_span(g, c->start, c->end),
			"this closes it, but stands further left than the line that opened it");
	}
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
note_odd(struct matching *m, uint32_t opener, uint32_t closer)
{
	struct grammar *g = m->g;
	uint32_t indented;

	if (m->open.count == 1) {
		m->odd_opener = UINT32_MAX;
		return;
	}
	if (m->odd_opener != UINT32_MAX || m->open.count > GRAMMAR_DEPTH_MAX ||
		token_at(g, closer)->kind != TOK_RBRACE || !is_first_on_line(g, closer))
		return;
	indented = indentation(g, token_at(g, opener)->start);
	if (indented < FAR && indentation(g, token_at(g, closer)->start) < indented) {
		m->odd_opener = opener;
		m->odd_closer = closer;
	}
}

static void
close_with(struct matching *m, uint32_t i)
{
	struct grammar *g = m->g;
	uint32_t opener = *VEC_AT(&m->open, uint32_t, m->open.count - 1);

	token_at(g, opener)->link = i;
	token_at(g, opener)->flags |= TOKEN_CLOSED;
	token_at(g, i)->link = opener;
	note_odd(m, opener, i);
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
	struct matching m = { .g = g, .deep = UINT32_MAX, .odd_opener = UINT32_MAX };
	uint32_t end = g->tokens.count - 1;

	vec_init(&m.open, sizeof(uint32_t), false);
	for (uint32_t i = 0; i < end; i++) {
		int kind = token_at(g, i)->kind;
		enum bracket b = bracket_of(kind);

		if (b == BRACKET_COUNT)
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
