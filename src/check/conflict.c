/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two statements that contradict each other wherever they run: the same field, of records that are
 * named alike in loops that are written alike, without a condition, two constants. Contradictions
 * that only some sites have are found when such a site is evaluated.
 */
#include "check/checker.h"

#include <string.h>

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
contradict(const struct program *p, const struct part *a, const struct part *b)
{
	const struct node *x = NODE_AT(p, a->node), *y = NODE_AT(p, b->node);

	return x->kind == NODE_FIELD && y->kind == NODE_FIELD && x->op == OP_ASSIGN &&
		y->op == OP_ASSIGN && is_constant(p, x->kid[1]) && is_constant(p, y->kid[1]) &&
		same_text(p, list_span(p, x->kid[0]), list_span(p, y->kid[0])) &&
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

void
check_conflicts(struct checker *ck)
{
	struct program *p = ck->p;

	for (uint32_t c = 1; c < p->columns.count; c++) {
		if (!COLUMN_AT(p, c)->member)
			continue;
		for (uint32_t a = COLUMN_AT(p, c)->library_first; a; a = PART_AT(p, a)->next)
			for (uint32_t b = PART_AT(p, a)->next; b; b = PART_AT(p, b)->next)
				if (check_is_own(ck, PART_AT(p, b)->node) &&
					contradict(p, PART_AT(p, a), PART_AT(p, b)))
					report(ck, c, PART_AT(p, a), PART_AT(p, b));
	}
}
