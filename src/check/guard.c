/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guarantees that are more than types: no join compares everything with everything, every object
 * gets what its kind requires, no vocabulary is dead.
 */
#include "check/checker.h"

#include <string.h>
#include "base/mem.h"

#define SMALL \
	64 /* a set with at most so many members by declaration may be compared with anything */

/* --- joins --- */

/* The records that a set can hold by declaration; 0: no bound. */
static uint32_t
set_bound(const struct program *p, node_id set)
{
	const struct node *n = NODE_AT(p, set);
	const struct type *t = TYPE_AT(p, n->type);
	uint32_t sum = 0;

	if (n->type & TYPE_OPTIONAL || t->kind == TYPE_WORDS)
		return 1;
	if (t->kind == TYPE_RECORDS && t->hi > 0 && t->hi != INT64_MAX)
		return t->hi > UINT32_MAX ? 0 : (uint32_t)t->hi;
	if (t->kind != TYPE_RECORDS)
		return 0;
	for (uint32_t i = 0; i < t->count; i++) {
		uint32_t b = RTYPE_AT(p, NUMBER_AT(p, t->first + i))->bound;

		if (!b)
			return 0;
		sum += b;
	}
	return sum;
}

/* A set of the whole site, not one that is reached from a record. */
static bool
is_global_set(const struct program *p, node_id set)
{
	const struct node *n = NODE_AT(p, set);

	return n->aux == MEANING_SET || n->aux == MEANING_OBJECTS;
}

/* Is there more than one instance of what is around this binding? */
static bool
repeats(const struct program *p, uint32_t context, node_id binding)
{
	const struct context *c = CONTEXT_AT(p, context);

	for (node_id b = NODE_AT(p, c->node)->kid[0]; b && b != binding; b = NODE_AT(p, b)->next) {
		uint32_t bound = set_bound(p, NODE_AT(p, b)->kid[0]);

		if (bound != 1)
			return true;
	}
	for (uint32_t o = c->parent; o; o = CONTEXT_AT(p, o)->parent) {
		const struct context *x = CONTEXT_AT(p, o);

		if (x->kind == CONTEXT_FN)
			return true;
		if (x->kind == CONTEXT_SELF && RTYPE_AT(p, x->rtype)->bound != 1)
			return true;
		if (x->kind != CONTEXT_FOR && x->kind != CONTEXT_RULE)
			continue;
		for (node_id b = x->node ? NODE_AT(p, x->node)->kid[0] : 0; b;
			b = NODE_AT(p, b)->next)
			if (set_bound(p, NODE_AT(p, b)->kid[0]) != 1)
				return true;
	}
	return false;
}

struct ties {
	struct program *p;
	uint32_t var;
	node_id keys[8], probes[8];
	uint32_t count;
};

static bool
uses_later(const struct program *p, node_id e, node_id binding)
{
	for (node_id b = NODE_AT(p, binding)->next; b; b = NODE_AT(p, b)->next)
		if (check_uses(p, e, NODE_AT(p, b)->ref))
			return true;
	return false;
}

/* Collects the `==` of a conjunction that tie the variable to what is known before it. */
static void
collect_ties(struct ties *t, node_id cond, node_id binding)
{
	struct program *p = t->p;
	const struct node *n = NODE_AT(p, cond);

	if (!cond || n->kind != NODE_BINARY)
		return;
	if (n->op == OP_AND) {
		node_id second = n->kid[1];

		collect_ties(t, n->kid[0], binding);
		collect_ties(t, second, binding);
		return;
	}
	if (n->op != OP_EQ || t->count == 8)
		return;
	for (int side = 0; side < 2; side++) {
		node_id key = n->kid[side], probe = n->kid[1 - side];

		if (check_uses(p, key, t->var) && !check_uses(p, probe, t->var) &&
			!uses_later(p, probe, binding) && !uses_later(p, key, binding)) {
			bool other = false;

			/* The key may speak of the variable alone, or the index would differ
			 * from instance to instance. */
			for (node_id b = NODE_AT(p, CONTEXT_AT(p, VAR_AT(p, t->var)->context)->node)
						 ->kid[0];
				b; b = NODE_AT(p, b)->next)
				other |= NODE_AT(p, b)->ref != t->var &&
					check_uses(p, key, NODE_AT(p, b)->ref);
			if (other)
				continue;
			t->keys[t->count] = key;
			t->probes[t->count++] = probe;
			return;
		}
	}
}

static void
keep_ties(struct program *p, node_id binding, const struct ties *t)
{
	uint32_t first = vec_add(&p->numbers, 1 + 2 * t->count);

	NUMBER_AT(p, first) = t->count;
	for (uint32_t i = 0; i < t->count; i++) {
		NUMBER_AT(p, first + 1 + 2 * i) = t->keys[i];
		NUMBER_AT(p, first + 2 + 2 * i) = t->probes[i];
	}
	NODE_AT(p, binding)->aux = first;
}

/* Lists in the texts of a rule are made only for rules that fail. */
static bool
in_rule_text(const struct checker *ck, uint32_t context)
{
	for (uint32_t c = CONTEXT_AT(ck->p, context)->parent; c; c = CONTEXT_AT(ck->p, c)->parent)
		if (CONTEXT_AT(ck->p, c)->kind == CONTEXT_RULE)
			return !ck->in_must;
	return false;
}

void
guard_join(struct checker *ck, uint32_t context)
{
	struct program *p = ck->p;
	node_id loop = CONTEXT_AT(p, context)->node;

	for (node_id b = NODE_AT(p, loop)->kid[0]; b; b = NODE_AT(p, b)->next) {
		struct ties t = { p, NODE_AT(p, b)->ref, { 0 }, { 0 }, 0 };
		node_id set = NODE_AT(p, b)->kid[0];
		uint32_t bound = set_bound(p, set);

		if (!is_global_set(p, set))
			continue;
		collect_ties(&t, NODE_AT(p, loop)->kid[1], b);
		if (t.count && repeats(p, context, b))
			keep_ties(p, b, &t);
		else if (!t.count && repeats(p, context, b) && (!bound || bound > SMALL) &&
			!in_rule_text(ck, context)) {
			struct diag *g = check_fault(ck, EGM0404, b,
				"this compares every `%s` with everything around it",
				program_text(p, RTYPE_AT(p, NODE_AT(p, set)->ref)->name));

			diag_line(&p->diags, g, LINE_HELP,
				"reach the set from what is known (x.%s), or tie it: where "
				"%s.field == ...",
				program_text(p, RTYPE_AT(p, NODE_AT(p, set)->ref)->name),
				program_text(p, NODE_AT(p, b)->a));
		}
	}
}

/* --- dead vocabulary --- */

bool
check_is_own(const struct checker *ck, node_id n)
{
	return n && (n < ck->p->library_nodes) != ck->user;
}

static void
guard_members(struct checker *ck)
{
	struct program *p = ck->p;

	for (uint32_t m = 1; m < p->members.count; m++) {
		const struct member *x = MEMBER_AT(p, m);
		const struct rtype *t = RTYPE_AT(p, x->owner);

		if (!x->owner || x->read || x->form == MEMBER_CHILD || t->form == FORM_CONTRACT ||
			t->form == FORM_CROSSING || !check_is_own(ck, x->decl))
			continue;
		check_fault(ck, EGM0407, x->decl, "nothing reads `%s` of %s",
			program_text(p, x->name), program_text(p, t->name));
	}
}

static void
guard_tables(struct checker *ck)
{
	struct program *p = ck->p;

	for (uint32_t t = 1; t < p->tables.count; t++)
		for (uint32_t m = TABLE_AT(p, t)->members; m; m = MEMBER_AT(p, m)->next)
			if (!MEMBER_AT(p, m)->read && check_is_own(ck, MEMBER_AT(p, m)->decl))
				check_fault(ck, EGM0407, MEMBER_AT(p, m)->decl,
					"nothing reads the column `%s` of %s",
					program_text(p, MEMBER_AT(p, m)->name),
					program_text(p, TABLE_AT(p, t)->name));
}

static void
guard_rtypes(struct checker *ck)
{
	struct program *p = ck->p;

	for (uint32_t t = 1; t < p->rtypes.count; t++) {
		const struct rtype *r = RTYPE_AT(p, t);

		if (r->form == FORM_CONTRACT && check_is_own(ck, r->decl) &&
			!COLUMN_AT(p, r->existence)->library_first)
			check_fault(ck, EGM0407, r->decl, "nothing fills the contract `%s`",
				program_text(p, r->name));
	}
}

/* --- required members of objects --- */

/* Is `word` of this struct surely assigned by these statements: directly, in every branch of an
 * `if`? */
static bool
surely_assigned(const struct program *p, node_id body, const atom *path, uint32_t depth)
{
	for (node_id s = body; s; s = NODE_AT(p, s)->next) {
		const struct node *n = NODE_AT(p, s);
		uint32_t i = 0;
		node_id w;

		if (n->kind == NODE_IF && n->kid[1] && n->kid[2] &&
			surely_assigned(p, n->kid[1], path, depth) &&
			surely_assigned(p, NODE_AT(p, s)->kid[2], path, depth))
			return true;
		if (n->kind == NODE_FOR && n->kid[2] && !n->kid[1] &&
			NODE_AT(p, NODE_AT(p, n->kid[0])->kid[0])->kind == NODE_DOT &&
			surely_assigned(p, n->kid[2], path, depth)) {
			const struct type *t =
				TYPE_AT(p, NODE_AT(p, NODE_AT(p, n->kid[0])->kid[0])->type);

			if (t->kind == TYPE_RECORDS && t->count &&
				RTYPE_AT(p, NUMBER_AT(p, t->first))->lo >= 1)
				return true;
			if (t->flags & TYPE_FLAG_RANGED && t->lo >= 1)
				return true;
		}
		if (n->kind != NODE_FIELD && n->kind != NODE_BLOCK)
			continue;
		for (w = n->kid[0]; w && i < depth && NODE_AT(p, w)->a == path[i];
			w = NODE_AT(p, w)->next)
			i++;
		if (w)
			if (i == depth)
				return true;
		if (!w &&
			(i == depth ||
				(n->kind == NODE_FIELD &&
					NODE_AT(p, n->kid[1])->kind == NODE_STRUCT &&
					surely_assigned(p, NODE_AT(p, n->kid[1])->kid[0], path + i,
						depth - i)) ||
				(n->kind == NODE_BLOCK &&
					surely_assigned(p, n->kid[3], path + i, depth - i))))
			return true;
	}
	return false;
}

/* Required members on the way of structs that are always there. */
static void
guard_required(struct checker *ck, uint32_t o, uint32_t members, atom *path, uint32_t depth)
{
	struct program *p = ck->p;
	const struct object_statement *s = OBJECT_AT(p, o);

	for (uint32_t m = members; m && depth < 16; m = MEMBER_AT(p, m)->next) {
		const struct member *x = MEMBER_AT(p, m);
		const struct type *t = TYPE_AT(p, x->type);

		if (x->optional || x->value || !x->decl)
			continue;
		path[depth] = x->name;
		if (t->kind == TYPE_STRUCT && NODE_AT(p, x->decl)->kind == NODE_MEMBER_STRUCT) {
			guard_required(ck, o, t->members, path, depth + 1);
		} else if (!(t->kind == TYPE_LIST && t->flags & TYPE_FLAG_ENTRIES &&
				   !(t->flags & TYPE_FLAG_RANGED && t->lo > 0)) &&
			!surely_assigned(p, NODE_AT(p, s->node)->kid[3], path, depth + 1)) {
			struct str text = STR_INIT;

			for (uint32_t i = 0; i <= depth; i++)
				str_format(&text, "%s%s", i ? "." : "", program_text(p, path[i]));
			struct diag *g = check_fault(ck, EGM0408, s->node,
				"`%s` may be missing in this object", str_text(&text));

			diag_label(&p->diags, g, NODE_AT(p, x->decl)->span, "required here");
			str_release(&text);
		}
	}
}

void
guard_objects(struct checker *ck, uint32_t from)
{
	struct program *p = ck->p;
	atom path[16];

	for (uint32_t o = from; o < p->objects.count; o++) {
		const struct context *c = CONTEXT_AT(p, OBJECT_AT(p, o)->context);

		if (c->mode == BLOCK_PLAIN && RTYPE_AT(p, c->rtype)->form == FORM_KIND &&
			!(NODE_AT(p, c->node)->flags & FLAG_BROKEN))
			guard_required(ck, o,
				MEMBER_AT(p, TYPE_AT(p, RTYPE_AT(p, c->rtype)->body)->members)
					->next,
				path, 0);
	}
}

void
guard_vocabulary(struct checker *ck)
{
	guard_members(ck);
	guard_tables(ck);
	guard_rtypes(ck);
}
