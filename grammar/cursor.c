/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks the tokens for the parser: leaves out spaces, closes what was never closed, and after a
 * fault goes to a place where the parser can go on. That is the end of the statement, or the
 * beginning of a block of it that has several lines, so that faults inside the block are still
 * found.
 */
#include <string.h>
#include "grammar/tokens.h"
#include "grammar/parse.h"

static struct open *
innermost(const struct grammar *g)
{
	return g->open.count ? VEC_AT(&g->open, struct open, g->open.count - 1) : NULL;
}

static void
leave(struct grammar *g)
{
	const struct open *o = innermost(g);

	g->statement = o->statement;
	g->skipping |= o->broken;
	g->open.count--;
}

static void
enter(struct grammar *g, uint32_t i)
{
	struct open o = { .token = i, .statement = g->statement, .broken = g->entering };

	g->entering = false;
	vec_push(&g->open, &o);
	if (token_at(g, i)->kind == TOK_LBRACE)
		g->statement = i + 1;
}

/* The first token behind the brackets that open at i. */
static uint32_t
behind(const struct grammar *g, uint32_t i)
{
	const struct token *t = token_at(g, i);

	return t->flags & TOKEN_CLOSED ? t->link + 1 : t->link;
}

static bool
ends_at(const struct grammar *g, const struct open *o, uint32_t i)
{
	const struct token *t = token_at(g, o->token);

	return !(t->flags & TOKEN_CLOSED) && t->link == i;
}

static bool
has_lines(const struct grammar *g, uint32_t opener)
{
	uint32_t start = token_at(g, opener)->start,
		 end = token_at(g, token_at(g, opener)->link)->start;

	return memchr(g->bytes + start, '\n', end - start) != NULL;
}

/* From g->at to the end of the statement, or to a block of it. */
static void
skip(struct grammar *g)
{
	const struct open *o;
	uint32_t i;

	g->skipping = false;
	while ((o = innermost(g)) && token_at(g, o->token)->kind != TOK_LBRACE) {
		g->at = behind(g, o->token);
		leave(g);
	}
	for (i = g->at; !o || !ends_at(g, o, i); i++) {
		int kind = token_at(g, i)->kind;

		if (kind == TOK_SEP || kind == TOK_END || kind == TOK_RBRACE)
			break;
		g->entering = kind == TOK_LBRACE && has_lines(g, i);
		if (g->entering)
			break;
		if (grammar_closer(kind))
			i = behind(g, i) - 1;
	}
	g->at = i;
}

void
grammar_recover(struct grammar *g)
{
	const struct open *o = innermost(g);

	switch (g->kind) {
	case TOK_RBRACE:
	case TOK_END:
		break;
	case TOK_SEP:
		g->skipping = o && token_at(g, o->token)->kind != TOK_LBRACE;
		break;
	case TOK_LBRACE: /* the parser takes it for a block, whatever stands around it */
		VEC_AT(&g->open, struct open, g->open.count - 1)->broken = true;
		break;
	default:
		g->skipping = true;
	}
}

/* Goes to the next token that is no space. False if a bracket ends before it without a closer. */
static bool
advance(struct grammar *g)
{
	for (;; g->at++) {
		const struct open *o = innermost(g);

		if (o && ends_at(g, o, g->at))
			return false;
		if (!token_is_space(token_at(g, g->at)))
			return true;
		if (token_at(g, g->at)->flags & TOKEN_FAULT)
			g->fault = g->at + 1;
	}
}

static int
missing_closer(struct grammar *g, struct span *span)
{
	uint32_t start = token_at(g, g->at)->start;
	int kind = grammar_closer(token_at(g, innermost(g)->token)->kind);

	*span = grammar_span(g, start, start);
	leave(g);
	return kind;
}

static int
take(struct grammar *g, struct span *span)
{
	const struct token *t = token_at(g, g->at);

	*span = grammar_span(g, t->start, t->end);
	g->here = g->at;
	if (t->flags & TOKEN_FAULT)
		g->fault = g->here + 1;
	if (t->kind == TOK_END)
		return TOK_END;
	g->at++;
	if (grammar_closer(t->kind))
		enter(g, g->here);
	else if (grammar_opener(t->kind))
		leave(g);
	else if (t->kind == TOK_SEP)
		g->statement = g->at;
	return t->kind;
}

int
grammar_next(struct grammar *g, struct span *span)
{
	if (g->full) {
		g->open.count = 0;
		g->at = g->tokens.count - 1;
	}
	if (g->skipping)
		skip(g);
	g->around = g->statement;
	g->bracket = g->open.count ? token_at(g, innermost(g)->token)->kind : 0;
	g->missing = !advance(g);
	g->kind = g->missing ? missing_closer(g, span) : take(g, span);
	return g->kind;
}

int64_t
grammar_number(const struct grammar *g, const struct token *t)
{
	int64_t n = 0;

	for (uint32_t i = t->start; i < t->end; i++)
		n = n * 10 + (g->bytes[i] - '0');
	return n;
}
