/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decides, before anything is parsed, which newlines end a statement and which names are words of
 * the language. Both hang on the tokens beside: see docs/language.md, "Separators". Kinds are
 * changed in place. Reports nothing.
 */
#include "grammar/tokens.h"
#include "grammar/parse.h"

/* What must follow for a name at the start of a statement to be a word of the language. */
enum follower {
	NEVER,
	BY_NUMBER,
	BY_STRING,
	BY_NAME,
	BY_WORD, /* a word: name or string */
	BY_VALUE, /* whatever an expression can begin with, but no brace */
	BY_FROM,
	BY_TO
};

static enum follower
follower(int word)
{
	switch (word) {
	case TOK_EDITION:
		return BY_NUMBER;
	case TOK_TEST:
	case TOK_LABEL:
	case TOK_ANNOTATION:
	case TOK_SEE:
	case TOK_FROM:
		return BY_STRING;
	case TOK_PARAM:
	case TOK_ALLOW:
	case TOK_BLOCK:
	case TOK_RECORD:
	case TOK_CONTRACT:
	case TOK_CHOICE:
	case TOK_CASE:
	case TOK_TYPE:
	case TOK_TABLE:
	case TOK_FN:
	case TOK_KIND:
	case TOK_VALUES:
	case TOK_RULE:
		return BY_NAME;
	case TOK_SITE:
	case TOK_PROFILE:
	case TOK_PATCH:
	case TOK_FIX:
	case TOK_USE:
	case TOK_INCLUDE:
		return BY_WORD;
	case TOK_EXPECT:
	case TOK_MUST:
	case TOK_AT:
	case TOK_SAYS:
	case TOK_HELP:
	case TOK_SHOWS:
		return BY_VALUE;
	case TOK_FAILS:
	case TOK_PASSES:
		return BY_FROM;
	case TOK_REFERS:
		return BY_TO;
	default:
		return NEVER;
	}
}

struct layout {
	struct grammar *g;
	struct vec open; /* uint32_t: openers around the current token */
	uint32_t before; /* the solid token before it; UINT32_MAX at the start of the file */
	int lead; /* the word that the current statement begins with, or 0 */
	bool starts; /* the current token begins a statement */
	bool in_type; /* behind a colon, or the = of a type */
	bool wants_because; /* behind `only` or `allow`, until `because` */
	struct vec outer; /* struct outer: of the statements around */
};

/* The part of the state that belongs to one statement. */
struct outer {
	int lead;
	bool in_type, wants_because;
};

static int
kind_at(const struct grammar *g, uint32_t i)
{
	return token_at(g, i)->kind;
}

static int
kind_before(const struct layout *l)
{
	return l->before == UINT32_MAX ? TOK_SEP : kind_at(l->g, l->before);
}

/* --- newlines --- */

/* A statement cannot end behind these. */
static bool
goes_on_behind(int kind)
{
	switch (kind) {
	case TOK_COMMA:
	case TOK_ASSIGN:
	case TOK_ADD:
	case TOK_PLUS:
	case TOK_MINUS:
	case TOK_TIMES:
	case TOK_OVER:
	case TOK_BAR:
	case TOK_EQ:
	case TOK_NE:
	case TOK_LT:
	case TOK_LE:
	case TOK_GT:
	case TOK_GE:
	case TOK_IN:
	case TOK_IS:
	case TOK_AND:
	case TOK_OR:
	case TOK_NOT:
	case TOK_THEN:
	case TOK_ELSE:
	case TOK_OF:
	case TOK_COLON:
	case TOK_WHERE:
	case TOK_BECAUSE:
		return true;
	default:
		return false;
	}
}

/* No statement begins with these, or none that could stand here. */
static bool
goes_on_before(const struct layout *l, int kind)
{
	switch (kind) {
	case TOK_WHERE:
	case TOK_AND:
	case TOK_OR:
	case TOK_THEN:
	case TOK_ELSE:
	case TOK_ONLY:
	case TOK_REQUIRED:
	case TOK_BAR:
		return true;
	case TOK_FOR: /* before the body of a rule, not after it */
		return l->lead == TOK_RULE && kind_before(l) != TOK_RBRACE;
	case TOK_BECAUSE:
		return l->wants_because;
	default:
		return false;
	}
}

/* `a =` and on the next line `b = 2`: the value is missing, `b` is not it. */
static bool
is_next_field(const struct layout *l, uint32_t i)
{
	const struct grammar *g = l->g;

	return kind_before(l) == TOK_ASSIGN &&
		(kind_at(g, i) == TOK_NAME || kind_at(g, i) == TOK_STRING) &&
		kind_at(g, grammar_solid(g, i + 1)) == TOK_ASSIGN;
}

/* `ended`: a bracket without a closer ends at this newline, as if its closer stood before it. */
static bool
newline_separates(const struct layout *l, uint32_t i, bool ended)
{
	const struct grammar *g = l->g;

	if (l->open.count &&
		kind_at(g, *VEC_AT(&l->open, uint32_t, l->open.count - 1)) != TOK_LBRACE)
		return false;
	if (goes_on_before(l, kind_at(g, i)))
		return false;
	if (ended)
		return true;
	if (l->before == UINT32_MAX || kind_before(l) == TOK_SEP || kind_before(l) == TOK_LBRACE)
		return false;
	return !goes_on_behind(kind_before(l)) || is_next_field(l, i);
}

/* --- words --- */

/* `shows [ ... ]` is a clause, `shows [name] 1.. { ... }` a member: what comes behind the
 * brackets tells. */
static bool
begins_list_value(const struct grammar *g, uint32_t bracket)
{
	const struct token *b = token_at(g, bracket);
	int behind;

	if (!(b->flags & TOKEN_CLOSED))
		return true;
	behind = kind_at(g, b->link + 1);
	return behind != TOK_LBRACE && behind != TOK_INT && behind != TOK_NAME;
}

static bool
begins_value(const struct grammar *g, uint32_t i)
{
	switch (kind_at(g, i)) {
	case TOK_NAME:
	case TOK_STRING:
	case TOK_HEAD:
	case TOK_INT:
	case TOK_UNIT:
	case TOK_TRUE:
	case TOK_FALSE:
	case TOK_ABSENT:
	case TOK_NOT:
	case TOK_MINUS:
	case TOK_LPAREN:
	case TOK_BAD:
		return true;
	case TOK_IF:
		return true;
	case TOK_LBRACKET:
		return begins_list_value(g, i);
	default:
		return false;
	}
}

static bool
follows(const struct grammar *g, enum follower f, uint32_t i)
{
	const struct token *t = token_at(g, i);

	switch (f) {
	case BY_NUMBER:
		return t->kind == TOK_INT || t->kind == TOK_STRING || t->kind == TOK_BAD;
	case BY_STRING:
		return t->kind == TOK_STRING;
	case BY_NAME:
		return t->kind == TOK_NAME;
	case BY_WORD:
		return t->kind == TOK_NAME || t->kind == TOK_STRING;
	case BY_VALUE:
		return begins_value(g, i);
	case BY_FROM:
		return t->word == TOK_FROM && kind_at(g, grammar_solid(g, i + 1)) == TOK_NAME;
	case BY_TO:
		return t->word == TOK_TO && kind_at(g, grammar_solid(g, i + 1)) == TOK_NAME;
	case NEVER:
		break;
	}
	return false;
}

static void
name_at_start(struct layout *l, uint32_t i)
{
	struct grammar *g = l->g;
	struct token *t = token_at(g, i);
	uint32_t next = grammar_solid(g, i + 1);

	if (!follows(g, follower(t->word), next))
		return;
	t->kind = t->word == TOK_FROM ? TOK_ROW : t->word;
	l->lead = t->kind;
	l->wants_because = t->kind == TOK_ALLOW;
}

/* Whether the word has its one place here: the words around it decide. */
static bool
is_word_here(const struct layout *l, int word, int next)
{
	int before = kind_before(l);
	bool after_name = before == TOK_NAME || before == TOK_STRING;

	switch (word) {
	case TOK_BLOCK:
		return before == TOK_EXTEND && next == TOK_NAME;
	case TOK_FROM:
		return l->lead == TOK_FAILS || l->lead == TOK_PASSES ? before == l->lead
								     : after_name &&
				(l->lead == TOK_SITE || l->lead == TOK_PROFILE ||
					l->lead == TOK_TEST);
	case TOK_TO:
		return before == TOK_REFERS;
	case TOK_BY:
		return before == TOK_NAME &&
			(l->lead == TOK_RECORD || l->lead == TOK_TABLE || l->lead == TOK_REFERS);
	case TOK_ACROSS:
		return before == TOK_NAME && l->lead == TOK_REFERS;
	case TOK_ONCE:
		return before == TOK_NAME &&
			(l->lead == TOK_BLOCK || l->lead == TOK_RECORD || l->lead == TOK_CHOICE);
	case TOK_WEAKENS:
		return next == TOK_LBRACE && (l->lead == TOK_BLOCK || l->lead == TOK_CASE) &&
			(before == TOK_NAME || before == TOK_INT || before == TOK_DOTS ||
				before == TOK_ONCE);
	case TOK_WHEN:
		return before == TOK_REQUIRED || before == TOK_ONLY;
	case TOK_LIST:
	case TOK_SET:
	case TOK_MAP:
		return l->in_type && (next == TOK_OF || (word == TOK_MAP && next == TOK_NAME)) &&
			(before == TOK_COLON || before == TOK_ASSIGN || before == TOK_OF);
	case TOK_REF:
	case TOK_OBJECT:
		return l->in_type && next == TOK_NAME &&
			(before == TOK_COLON || before == TOK_ASSIGN || before == TOK_OF);
	case TOK_MAX:
		return l->in_type && (next == TOK_INT || next == TOK_UNIT || next == TOK_BAD);
	case TOK_MATCHING:
		return l->in_type && (next == TOK_STRING || next == TOK_HEAD || next == TOK_BAD);
	default:
		return false;
	}
}

static void
name_inside(struct layout *l, uint32_t i)
{
	struct token *t = token_at(l->g, i);

	if (t->word && is_word_here(l, t->word, kind_at(l->g, grammar_solid(l->g, i + 1)))) {
		t->kind = t->word;
		if (t->kind == TOK_BLOCK)
			l->lead = TOK_BLOCK;
	}
}

/* In an expression, the label of `Service "a.b" of x` is told from the text behind an expression
 * (`at x "..."`). */
static void
string_inside(struct layout *l, uint32_t i)
{
	if (kind_before(l) == TOK_NAME && kind_at(l->g, grammar_solid(l->g, i + 1)) == TOK_OF)
		token_at(l->g, i)->kind = TOK_OF_STRING;
}

/* --- the pass --- */

static void
begin_statement(struct layout *l)
{
	l->starts = true;
	l->lead = 0;
	l->in_type = l->wants_because = false;
}

static void
enter(struct layout *l, uint32_t i)
{
	struct outer o = { l->lead, l->in_type, l->wants_because };

	vec_push(&l->open, &i);
	vec_push(&l->outer, &o);
	if (kind_at(l->g, i) == TOK_LBRACE)
		begin_statement(l);
}

static void
leave(struct layout *l)
{
	const struct outer *o = VEC_AT(&l->outer, struct outer, l->outer.count - 1);

	l->lead = o->lead;
	l->in_type = o->in_type;
	l->wants_because = o->wants_because;
	l->starts = false;
	l->outer.count--;
	l->open.count--;
}

/* Brackets without a closer of their own end where the matching said. Was there one? */
static bool
leave_ended(struct layout *l, uint32_t i)
{
	bool ended = false;

	while (l->open.count) {
		const struct token *o =
			token_at(l->g, *VEC_AT(&l->open, uint32_t, l->open.count - 1));

		if (o->link > i || o->flags & TOKEN_CLOSED)
			break;
		leave(l);
		ended = true;
	}
	return ended;
}

static void
classify(struct layout *l, uint32_t i)
{
	struct token *t = token_at(l->g, i);
	bool starts = l->starts;

	l->starts = false;
	switch (t->kind) {
	case TOK_NAME:
		if (starts)
			name_at_start(l, i);
		else
			name_inside(l, i);
		break;
	case TOK_STRING:
		if (!starts)
			string_inside(l, i);
		break;
	case TOK_COLON:
		l->in_type = true;
		break;
	case TOK_ASSIGN:
		l->in_type = l->lead == TOK_TYPE;
		break;
	case TOK_ONLY:
		l->wants_because = true;
		break;
	case TOK_BECAUSE:
		l->wants_because = false;
		break;
	case TOK_SEP:
		begin_statement(l);
		break;
	default:
		if (grammar_closer(t->kind))
			enter(l, i);
		else if (grammar_opener(t->kind) && l->open.count)
			leave(l);
	}
}

static void
add_doc(struct grammar *g, uint32_t first, uint32_t last, uint32_t start)
{
	struct str text = STR_INIT;
	struct doc d = { .start = start };

	for (uint32_t i = first; i <= last; i++) {
		const struct token *t = token_at(g, i);
		uint32_t at = t->start + 2, end = t->end;

		if (t->kind != LAYOUT_DOC)
			continue;
		at += at < end && g->bytes[at] == ' ';
		while (end > at && (g->bytes[end - 1] == '\r' || g->bytes[end - 1] == ' '))
			end--;
		if (i > first)
			str_putc(&text, '\n');
		str_add(&text, g->bytes + at, end - at);
	}
	d.text = atom_of(g->in.atoms, str_text(&text), text.len);
	vec_push(&g->docs, &d);
	str_release(&text);
}

/* What lies between two solid tokens: the first newline may separate, and `##` lines without a
 * blank line behind them belong to the statement that begins at `solid`. */
static void
space(struct layout *l, uint32_t from, uint32_t solid)
{
	struct grammar *g = l->g;
	uint32_t newline = solid, first_doc = solid, last_doc = solid;
	bool blank = !from; /* nothing on this line yet */
	bool ended = false;

	for (uint32_t i = from; i < solid; i++) {
		const struct token *t = token_at(g, i);

		if (t->kind == LAYOUT_DOC && blank) {
			first_doc = first_doc == solid ? i : first_doc;
			last_doc = i;
			blank = false;
		} else if (t->kind == LAYOUT_COMMENT || t->kind == LAYOUT_DOC) {
			blank = false;
		} else if (t->kind == LAYOUT_NEWLINE) {
			if (newline == solid)
				newline = i;
			else if (blank)
				first_doc = last_doc = solid;
			blank = true;
		}
	}
	if (newline < solid)
		ended = leave_ended(l, newline);
	leave_ended(l, solid);
	if (newline < solid && newline_separates(l, solid, ended)) {
		token_at(g, newline)->kind = TOK_SEP;
		l->before = newline;
		begin_statement(l);
	}
	if (first_doc < solid && l->starts && kind_at(g, solid) != TOK_RBRACE)
		add_doc(g, first_doc, last_doc, token_at(g, solid)->start);
}

void
grammar_layout(struct grammar *g)
{
	struct layout l = { .g = g, .before = UINT32_MAX, .starts = true };

	vec_init(&l.open, sizeof(uint32_t), false);
	vec_init(&l.outer, sizeof(struct outer), false);
	for (uint32_t i = 0;; i++) {
		uint32_t solid = grammar_solid(g, i);

		space(&l, i, solid);
		if (kind_at(g, solid) == TOK_END)
			break;
		classify(&l, solid);
		l.before = i = solid;
	}
	vec_release(&l.open);
	vec_release(&l.outer);
}

atom
grammar_doc(const struct grammar *g, uint32_t start)
{
	uint32_t low = 0, high = g->docs.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct doc *d = VEC_AT(&g->docs, struct doc, middle);

		if (d->start == start)
			return d->text;
		if (d->start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}
