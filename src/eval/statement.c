/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements about objects: those that make or extend run their bodies in the order of the
 * library, then patches have the last word.
 */
#include "eval/object.h"

#include "base/suggest.h"
#include "eval/inside.h"

static void
extend_missing(struct world *w, struct frame *f, node_id n, uint32_t kind,
	const struct value *owner, atom label)
{
	if (*VEC_AT(&w->rtype_incomplete, bool, RECORD_AT(w, owner->as.id)->rtype) ||
		*VEC_AT(&w->rtype_incomplete, bool, kind))
		return;
	world_fault(w, f, EGM0202, owner, n, "there is no %s%s%s of `%s` to extend",
		program_text(w->p, RTYPE_AT(w->p, kind)->name), label ? " " : "",
		program_text(w->p, label), program_text(w->p, RECORD_AT(w, owner->as.id)->label));
}

static void
run_extend(struct world *w, const struct object_statement *s, struct frame *up)
{
	const struct context *c = CONTEXT_AT(w->p, s->context);
	struct value owner = object_block_owner(w, up, s->node);
	bool ok;
	atom label = object_block_label(w, up, s->node, &ok);
	uint8_t rank = c->rank;
	uint32_t o;
	struct frame *f;

	if (owner.kind != VALUE_RECORD || !ok)
		return;
	o = object_find(w, c->rtype, label, owner.as.id);
	if (!o) {
		if (c->mode == BLOCK_EXTEND)
			extend_missing(w, up, s->node, c->rtype, &owner, label);
		return;
	}
	f = object_frame(w, s, up);
	f->object = o;
	body_run(w, o - 1, f, s->node, rank, false);
	if (!BUILDING_AT(w, o - 1)->assumed)
		return;
	if (!BUILDING_AT(w, o - 1)->added)
		BUILDING_AT(w, o - 1)->added = tree_new(w->g, TREE_MAP);
	BUILDING_AT(w, o - 1)->extended = true;
	body_run(w, o - 1, f, s->node, rank, true);
}

static void
run_plain(struct world *w, const struct object_statement *s, struct frame *up)
{
	struct value owner = object_block_owner(w, up, s->node);
	const struct context *c = CONTEXT_AT(w->p, s->context);
	bool ok;
	atom label = object_block_label(w, up, s->node, &ok);
	uint32_t o;
	struct frame *f;

	if (owner.kind != VALUE_RECORD || !ok)
		return;
	o = object_find(w, c->rtype, label, owner.as.id);
	if (!o || BUILDING_AT(w, o - 1)->poisoned)
		return;
	f = object_frame(w, s, up);
	f->object = o;
	body_run(w, o - 1, f, s->node, c->rank, false);
}

void
objects_run_bodies(struct world *w, bool after_crossing)
{
	for (uint32_t s = 1; s < w->p->objects.count && !w->stopped; s++) {
		struct object_statement statement = *OBJECT_AT(w->p, s);
		struct context c = *CONTEXT_AT(w->p, statement.context);
		struct instances *up;

		if (RTYPE_AT(w->p, c.rtype)->after_crossing != after_crossing ||
			NODE_AT(w->p, statement.node)->kind == NODE_PATCH)
			continue;
		up = record_instances(w, c.parent);
		for (uint32_t i = 0; i < up->count && !w->stopped; i++) {
			if (c.mode == BLOCK_PLAIN || c.mode == BLOCK_ASSUME)
				run_plain(w, &statement, up->items[i]);
			else
				run_extend(w, &statement, up->items[i]);
		}
	}
}

/* --- patches --- */

/* What comes out: objects of ours, and what we add to those of others. */
static bool
can_be_patched(const struct world *w, uint32_t o)
{
	return !BUILDING_AT(w, o)->assumed || BUILDING_AT(w, o)->extended;
}

static void
patch_nothing(struct world *w, node_id n, uint32_t kind)
{
	struct program *p = w->p;
	const struct node *x = NODE_AT(p, n);
	atom name = NODE_AT(p, x->kid[1])->a, ns = x->kid[2] ? NODE_AT(p, x->kid[2])->a : 0;
	struct value at = { .kind = VALUE_ABSENT, .src = x->kid[1] };
	struct diag *g = world_fault(w, NULL, EGM0204, &at, 0, "there is no %s `%s`%s%s%s",
		program_text(p, RTYPE_AT(p, kind)->name), program_text(p, name),
		ns ? " in namespace `" : "", program_text(p, ns), ns ? "`" : "");
	struct suggest s;
	const struct object *elsewhere = NULL;

	diag_here(&p->diags, g, "matches nothing");
	suggest_init(&s, program_text(p, name), atom_len(&p->atoms, name));
	for (uint32_t o = 0; o < w->objects.count; o++) {
		const struct object *other = graph_object(w->g, o);

		if (BUILDING_AT(w, o)->kind != kind || !can_be_patched(w, o))
			continue;
		if (other->name == name)
			elsewhere = other;
		suggest_offer(&s, program_text(p, other->name));
	}
	if (elsewhere)
		diag_line(&p->diags, g, LINE_HELP, "there is one in namespace `%s`",
			program_text(p, elsewhere->namespace));
	else if (s.best)
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
}

static void
run_patch(struct world *w, const struct object_statement *s, struct frame *up)
{
	struct program *p = w->p;
	const struct node *n = NODE_AT(p, s->node);
	uint32_t kind = CONTEXT_AT(p, s->context)->rtype, found = 0;
	atom name = NODE_AT(p, n->kid[1])->a, ns = n->kid[2] ? NODE_AT(p, n->kid[2])->a : 0;
	struct frame *f;

	for (uint32_t o = 0; o < w->objects.count; o++) {
		const struct object *x = graph_object(w->g, o);

		if (BUILDING_AT(w, o)->kind != kind || x->name != name ||
			(ns && x->namespace != ns) || !can_be_patched(w, o))
			continue;
		found++;
		f = frame_new(w, s->context, up);
		f->object = o + 1;
		f->src = s->node;
		body_run(w, o, f, s->node, RANK_PATCH, false);
		if (BUILDING_AT(w, o)->assumed)
			body_run(w, o, f, s->node, RANK_PATCH, true);
	}
	if (!found && !*VEC_AT(&w->rtype_incomplete, bool, kind))
		patch_nothing(w, s->node, kind);
}

void
objects_run_patches(struct world *w)
{
	for (uint32_t s = 1; s < w->p->objects.count && !w->stopped; s++) {
		struct object_statement statement = *OBJECT_AT(w->p, s);
		struct instances *up;

		if (NODE_AT(w->p, statement.node)->kind != NODE_PATCH)
			continue;
		up = record_instances(w, CONTEXT_AT(w->p, statement.context)->parent);
		for (uint32_t i = 0; i < up->count; i++)
			run_patch(w, &statement, up->items[i]);
	}
}
