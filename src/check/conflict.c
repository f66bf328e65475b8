/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two statements that contradict each other wherever they run: the same field, of records that are
 * named alike in loops that are written alike, without a condition, two constants. Contradictions
 * that only some sites have are found when such a site is evaluated.
 */
#include "check/checker.h"

#include <stdlib.h>
#include <string.h>
#include "base/hash.h"

static bool
same_text(const struct program *p, struct span a, struct span b)
{
	uint32_t len = a.end - a.start;

	if (!a.file || !b.file)
		return a.file == b.file;
	return len == b.end - b.start &&
		memcmp(source_file(&p->source, a.file)->bytes + a.start,
			source_file(&p->source, b.file)->bytes + b.start, len) == 0;
}

/* From the first node of a list to the end of its last one; empty for no list. */
static struct span
list_span(const struct program *p, node_id first)
{
	struct span span = { 0 };

	if (!first)
		return span;
	span = NODE_AT(p, first)->span;
	for (node_id n = first; n; n = NODE_AT(p, n)->next)
		span.end = NODE_AT(p, n)->span.end;
	return span;
}

/* Type or variable, label and owner. */
static bool
same_head(const struct program *p, const struct node *a, const struct node *b)
{
	for (int kid = 0; kid < 3; kid++)
		if (!same_text(p, list_span(p, a->kid[kid]), list_span(p, b->kid[kid])))
			return false;
	return a->op != BLOCK_MAYBE && b->op != BLOCK_MAYBE;
}

/* Does whatever makes an instance of the one make one of the other, too? */
static bool
always_together(const struct program *p, uint32_t a, uint32_t b)
{
	const struct context *x = CONTEXT_AT(p, a), *y = CONTEXT_AT(p, b);

	if (x->kind != y->kind || x->kind == CONTEXT_IF)
		return false;
	if (x->kind == CONTEXT_FOR &&
		!same_text(p, program_head(p, x->node), program_head(p, y->node)))
		return false;
	if (x->kind == CONTEXT_RECORD && !same_head(p, NODE_AT(p, x->node), NODE_AT(p, y->node)))
		return false;
	if (!x->parent || !y->parent)
		return x->parent == y->parent;
	return always_together(p, x->parent, y->parent);
}

static bool
is_constant(const struct program *p, node_id n)
{
	switch ((enum node_kind)NODE_AT(p, n)->kind) {
	case NODE_STRING:
	case NODE_INT:
	case NODE_UNIT:
	case NODE_TRUE:
	case NODE_FALSE:
		return true;
	case NODE_NAME:
		return NODE_AT(p, n)->aux == MEANING_WORD;
	default:
		return false;
	}
}

static bool
is_claim(const struct program *p, const struct part *part)
{
	const struct node *n = NODE_AT(p, part->node);

	return n->kind == NODE_FIELD && n->op == OP_ASSIGN && is_constant(p, n->kid[1]);
}

static bool
contradict(const struct program *p, const struct part *a, const struct part *b)
{
	const struct node *x = NODE_AT(p, a->node), *y = NODE_AT(p, b->node);

	return same_text(p, list_span(p, x->kid[0]), list_span(p, y->kid[0])) &&
		!same_text(p, NODE_AT(p, x->kid[1])->span, NODE_AT(p, y->kid[1])->span) &&
		always_together(p, a->context, b->context);
}

static void
report(struct checker *ck, uint32_t column, const struct part *a, const struct part *b)
{
	struct program *p = ck->p;
	const struct column *c = COLUMN_AT(p, column);
	struct diag *g = check_fault(ck, EGM0301, NODE_AT(p, b->node)->kid[1],
		"two values for `%s` of %s, wherever this runs",
		program_text(p, MEMBER_AT(p, c->member)->name),
		program_text(p, RTYPE_AT(p, c->rtype)->name));

	diag_label(&p->diags, g, NODE_AT(p, NODE_AT(p, a->node)->kid[1])->span, "the other one");
}

/* A constant that is assigned, and the hash of all that must be alike for another to meet it. */
struct claim {
	uint64_t group;
	uint32_t part;
};

static uint64_t
hash_text(const struct program *p, uint64_t h, struct span s)
{
	if (!s.file)
		return h * 31;
	return (h * 31) ^
		hash_fast(source_file(&p->source, s.file)->bytes + s.start, s.end - s.start);
}

static uint64_t
group_of(const struct program *p, const struct part *part)
{
	uint64_t h = hash_text(p, 1, list_span(p, NODE_AT(p, part->node)->kid[0]));

	for (uint32_t c = part->context; c; c = CONTEXT_AT(p, c)->parent) {
		const struct context *x = CONTEXT_AT(p, c);

		h = h * 31 + x->kind;
		if (x->kind == CONTEXT_FOR)
			h = hash_text(p, h, program_head(p, x->node));
		for (int kid = 0; kid < 3 && x->kind == CONTEXT_RECORD; kid++)
			h = hash_text(p, h, list_span(p, NODE_AT(p, x->node)->kid[kid]));
	}
	return h;
}

static int
compare_claims(const void *x, const void *y)
{
	const struct claim *a = x, *b = y;

	return a->group != b->group ? (a->group > b->group) - (a->group < b->group)
				    : (a->part > b->part) - (a->part < b->part);
}

/* Claims of one group are neighbours once they are sorted. Of more than two values each
 * contradicts the one before it. */
static void
check_column(struct checker *ck, uint32_t column, struct vec *claims)
{
	struct program *p = ck->p;

	vec_cut(claims, 0);
	for (uint32_t i = COLUMN_AT(p, column)->library_first; i; i = PART_AT(p, i)->next) {
		const struct part *part = PART_AT(p, i);

		if (is_claim(p, part))
			vec_push(claims, &(struct claim){ group_of(p, part), i });
	}
	if (claims->count)
		qsort(claims->data, claims->count, claims->size, compare_claims);
	for (uint32_t i = 1; i < claims->count; i++) {
		const struct part *a = PART_AT(p, VEC_AT(claims, struct claim, i - 1)->part),
				  *b = PART_AT(p, VEC_AT(claims, struct claim, i)->part);

		if (check_is_own(ck, b->node) && contradict(p, a, b))
			report(ck, column, a, b);
	}
}

void
check_conflicts(struct checker *ck)
{
	struct program *p = ck->p;
	struct vec claims;

	vec_init(&claims, sizeof(struct claim), false);
	/* Parts stand as they were read: if the last one is not ours, none is. */
	for (uint32_t c = 1; c < p->columns.count; c++) {
		uint32_t last = COLUMN_AT(p, c)->library_last;

		if (COLUMN_AT(p, c)->member && last && check_is_own(ck, PART_AT(p, last)->node))
			check_column(ck, c, &claims);
	}
	vec_release(&claims);
}
