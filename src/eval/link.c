/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References that stand in objects as plain text, because a user or an included file wrote the
 * parts himself: each that names an object of this site is an edge of the graph like any other.
 * One that names something else is somebody else's object, and says nothing.
 */
#include "eval/object.h"

struct link {
	struct world *w;
	uint32_t from;
	bool crossings; /* look for references that need a grant, make no edges */
};

static atom
part(const struct tree *t, atom key)
{
	const struct tree *c = tree_find(t, key);

	return c && c->kind == TREE_SCALAR ? c->text : 0;
}

static void
link_to(struct link *x, atom kind, atom namespace_, atom name, uint32_t across,
	const struct origin *origin)
{
	uint32_t to = name ? object_named(x->w, kind, namespace_, name) : 0;
	struct crossing crossing = { x->from, to - 1, across };

	if (!to)
		return;
	if (!x->crossings)
		refer(x->w, x->from, to - 1, *origin);
	else if (across && namespace_ != graph_object(x->w->g, x->from)->namespace)
		vec_push(&x->w->crossings, &crossing);
}

/* The kind that the reference names, of those that it may name; the first if it names none. */
static uint32_t
kind_named(const struct program *p, const struct refers *r, atom name)
{
	for (uint32_t i = 0; i < r->count; i++) {
		uint32_t kind = NUMBER_AT(p, r->first + i);

		if (!name || RTYPE_AT(p, kind)->name == name)
			return kind;
	}
	return 0;
}

static void
link_parts(struct link *x, const struct tree *t, const struct refers *r)
{
	struct program *p = x->w->p;
	uint32_t kind = kind_named(p, r, part(t, p->words_.kind));
	atom namespace_ = part(t, p->words_.namespace);

	if (!kind)
		return;
	if (!namespace_)
		namespace_ = graph_object(x->w->g, x->from)->namespace;
	link_to(x, RTYPE_AT(p, kind)->name, RTYPE_AT(p, kind)->namespaced ? namespace_ : 0,
		part(t, p->words_.name), r->across, &t->origin);
}

/* `: ref GatewayClass`: the value is the bare name. */
static void
link_name(struct link *x, const struct tree *t, const struct type *y)
{
	struct program *p = x->w->p;
	atom namespace_ = graph_object(x->w->g, x->from)->namespace;

	for (uint32_t i = 0; i < y->count; i++) {
		const struct rtype *kind = RTYPE_AT(p, NUMBER_AT(p, y->first + i));

		link_to(x, kind->name, kind->namespaced ? namespace_ : 0, t->text, 0, &t->origin);
	}
}

static void
link_tree(struct link *x, const struct tree *t, uint32_t type)
{
	struct program *p = x->w->p;
	const struct type *y = TYPE_AT(p, type);

	if (t->kind == TREE_SCALAR) {
		if (y->kind == TYPE_OBJECT)
			link_name(x, t, y);
		return;
	}
	if (t->kind == TREE_MAP && y->kind == TYPE_STRUCT && y->refers)
		link_parts(x, t, REFERS_AT(p, y->refers));
	for (const struct tree *c = t->first; c; c = c->next) {
		uint32_t m =
			y->kind == TYPE_STRUCT ? program_struct_member(p, y->members, c->key) : 0;
		uint32_t inner = m               ? TYPE_ID(MEMBER_AT(p, m)->type)
			: y->kind == TYPE_STRUCT ? 0
						 : y->elem;

		if (inner)
			link_tree(x, c, inner);
	}
}

/* Included objects came without statements, so nobody has seen what they refer to. */
void
objects_link_included(struct world *w)
{
	for (uint32_t i = 0; i < w->objects.count; i++) {
		const struct building *b = BUILDING_AT(w, i);
		struct link x = { w, i, true };

		if (b->kind && !b->poisoned && b->included)
			link_tree(&x, b->root, RTYPE_AT(w->p, b->kind)->body);
	}
}

void
objects_link(struct world *w)
{
	for (uint32_t i = 0; i < w->objects.count; i++) {
		const struct building *b = BUILDING_AT(w, i);
		const struct object *o = graph_object(w->g, i);
		struct link x = { w, i, false };

		if (b->kind && !b->poisoned && o->root && o->form != OBJECT_ASSUMED)
			link_tree(&x, o->root, RTYPE_AT(w->p, b->kind)->body);
	}
}
