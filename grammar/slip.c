/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One brace too few or too many, and which: braces alone only tell that it is so, and tell it at the
 * end of the file. Lines tell more. A block that is closed further left than the line that opened it
 * lacks its own brace; one that is closed further right was closed by a brace of somebody else's.
 */
#include "grammar/parse.h"
#include "grammar/tokens.h"

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

/* How the line of b is indented beside that of a: < 0 further left, > 0 further right; 0 where
 * that says nothing. */
static int
beside(const struct grammar *g, uint32_t a, uint32_t b)
{
	uint32_t x = indentation(g, token_at(g, a)->start),
		 y = indentation(g, token_at(g, b)->start);

	return x == FAR || y == FAR ? 0 : (y > x) - (y < x);
}

bool
grammar_ends_block(const struct grammar *g, uint32_t opener, uint32_t i)
{
	const struct token *t = token_at(g, i);

	if (token_is_space(t) || !is_first_on_line(g, i) ||
		indentation(g, token_at(g, opener)->start) == FAR)
		return false;
	return t->kind == TOK_RBRACE ? beside(g, opener, i) < 0 : beside(g, opener, i) <= 0;
}

/* A block and the brace that closes it, as braces pair. */
struct block {
	uint32_t opener, closer;
};

/* What was met in the outermost block so far. */
struct odd {
	struct block left, right; /* the first that is closed further left, or right; or none */
};

static const struct block none = { UINT32_MAX, UINT32_MAX };

static void
note(const struct grammar *g, struct odd *odd, struct block b)
{
	int side = is_first_on_line(g, b.closer) ? beside(g, b.opener, b.closer) : 0;

	if (side < 0 && odd->left.opener == UINT32_MAX)
		odd->left = b;
	if (side > 0 && odd->right.opener == UINT32_MAX)
		odd->right = b;
}

static uint32_t
last_open(const struct vec *open)
{
	return *VEC_AT(open, uint32_t, open->count - 1);
}

/* Runs over braces until one closes nothing (its index) or the file ends. With any other bracket
 * out of pair there is more at fault than a brace: UINT32_MAX. */
static uint32_t
walk(const struct grammar *g, struct vec *open, struct odd *odd)
{
	uint32_t end = g->tokens.count - 1;

	for (uint32_t i = 0; i < end; i++) {
		int kind = token_at(g, i)->kind, opener = grammar_opener(kind);
		struct block b = { .closer = i };

		if (grammar_closer(kind))
			vec_push(open, &i);
		if (!opener)
			continue;
		if (!open->count && kind == TOK_RBRACE)
			return i;
		if (!open->count || token_at(g, last_open(open))->kind != opener)
			return UINT32_MAX;
		b.opener = last_open(open);
		open->count--;
		if (kind != TOK_RBRACE)
			continue;
		note(g, odd, b);
		/* What began at the margin and closed well is whole. */
		if (!open->count && odd->right.closer != i &&
			!indentation(g, token_at(g, b.opener)->start) &&
			(!is_first_on_line(g, i) || beside(g, b.opener, i) <= 0))
			*odd = (struct odd){ none, none };
	}
	return end;
}

struct slip_of_braces
grammar_slip_of_braces(const struct grammar *g)
{
	struct slip_of_braces slip = { UINT32_MAX, UINT32_MAX, UINT32_MAX };
	struct odd odd = { none, none };
	struct vec open;
	uint32_t stop;

	vec_init(&open, sizeof(uint32_t), false);
	stop = walk(g, &open, &odd);
	if (stop < g->tokens.count - 1) {
		slip.extra = odd.right.closer;
		slip.partner = odd.right.opener;
	} else if (stop != UINT32_MAX && open.count && odd.left.opener != UINT32_MAX &&
		odd.left.opener > last_open(&open)) {
		slip.unclosed = odd.left.opener;
	}
	vec_release(&open);
	return slip;
}
