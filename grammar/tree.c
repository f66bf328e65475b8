/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done to a file's tree when the parser is through. A scope takes the statements behind it
 * as its body. A tree that is too deep for those who walk it is cut and reported. Nodes around a
 * fault are marked.
 */
#include <stdlib.h>
#include "grammar/tokens.h"

#define TREE_DEPTH_MAX 1000 /* chains such as a + b + ... make a tree deep without a bracket */

struct visit {
	node_id node; /* the first of a list */
	uint32_t depth;
};

static void
take_rest(struct grammar *g)
{
	struct ast *t = g->in.ast;
	node_id n = g->first;

	while (n) {
		struct node *s = ast_node(t, n);

		n = s->next;
		if (s->flags & FLAG_SCOPE) {
			s->kid[s->kind == NODE_FOR ? 2 : 1] = s->next;
			s->next = 0;
		}
	}
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Whether a fault was reported in start..end. */
static bool
has_fault(const struct grammar *g, uint32_t start, uint32_t end)
{
	uint32_t low = 0, high = g->faults.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (*VEC_AT(&g->faults, uint32_t, middle) < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low < g->faults.count && *VEC_AT(&g->faults, uint32_t, low) <= end;
}

static void
cut(struct grammar *g, struct node *n)
{
	for (int i = 0; i < 4; i++)
		n->kid[i] = 0;
	n->flags |= FLAG_BROKEN;
	if (!g->cut)
		grammar_fault(g, EGM0010, n->span.start, n->span.end, "name parts of it with `let`",
			"this goes on more than %d levels deep", TREE_DEPTH_MAX);
	g->cut = true;
}

static void
visit(struct grammar *g, struct vec *todo, struct visit v, bool faults)
{
	struct node *n = ast_node(g->in.ast, v.node);

	if (faults && has_fault(g, n->span.start, n->flags & FLAG_SCOPE ? g->len : n->span.end))
		n->flags |= FLAG_BROKEN;
	if (v.depth == TREE_DEPTH_MAX)
		cut(g, n);
	if (n->next)
		vec_push(todo, &(struct visit){ n->next, v.depth });
	for (int i = 4; i--;)
		if (n->kid[i])
			vec_push(todo, &(struct visit){ n->kid[i], v.depth + 1 });
}

void
grammar_finish(struct grammar *g)
{
	struct vec todo;
	bool faults = g->faults.count > 0;

	if (faults)
		qsort(g->faults.data, g->faults.count, sizeof(uint32_t), compare);
	take_rest(g);
	vec_init(&todo, sizeof(struct visit), false);
	if (g->first)
		vec_push(&todo, &(struct visit){ g->first, 1 });
	while (todo.count) {
		struct visit v = *VEC_AT(&todo, struct visit, todo.count - 1);

		todo.count--;
		visit(g, &todo, v, faults);
	}
	vec_release(&todo);
}
