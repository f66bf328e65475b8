/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References between objects: their parts are filled in, and each is an edge of the graph. Where a
 * user or an included file wrote the parts himself, what names an object of this site, or one that
 * is assumed, is an edge like any other; what names nothing is an error.
 */
#include "eval/object.h"

#include <string.h>
#include "base/suggest.h"
#include "eval/inside.h"

/* --- what the library refers to --- */

static void
put_text(struct world *w, struct tree *at, atom key, atom text, const struct origin *origin)
{
	struct tree *t = tree_scalar(w, SCALAR_TEXT, text, 0), *old = tree_find(at, key);

	t->key = key;
	t->origin = *origin;
	if (old)
		tree_replace(old, t);
	else
		tree_add(at, t);
}

atom
object_group(struct world *w, atom api_version)
{
	const char *text = atom_text(&w->p->atoms, api_version), *slash = strchr(text, '/');

	return atom_of(&w->p->atoms, text, slash ? (size_t)(slash - text) : 0);
}

/* Must `from` come after `to`? Not if its kind is declared to come before the other. */
static bool
gives_order(const struct world *w, uint32_t from, uint32_t to)
{
	const struct rtype *kind = RTYPE_AT(w->p, BUILDING_AT(w, from)->kind);

	for (uint32_t i = 0; i < kind->before_count; i++)
		if (NUMBER_AT(w->p, kind->before_first + i) == BUILDING_AT(w, to)->kind)
			return false;
	return true;
}

void
refer(struct world *w, uint32_t from, uint32_t to, struct origin origin)
{
	if (BUILDING_AT(w, to)->same_as)
		to = BUILDING_AT(w, to)->same_as - 1;
	if (from != to && gives_order(w, from, to))
		graph_refer(w->g, from, to, origin);
}

static void
leaves_namespace(struct world *w, struct frame *f, uint32_t from, uint32_t to,
	const struct value *v, node_id node)
{
	const struct object *a = graph_object(w->g, from), *b = graph_object(w->g, to);

	world_fault(w, f, EGM0206, v, node,
		"%s `%s/%s` can refer only to objects of its own namespace, and %s `%s` lies in "
		"`%s`",
		program_text(w->p, a->kind), program_text(w->p, a->namespace),
		program_text(w->p, a->name), program_text(w->p, b->kind),
		program_text(w->p, b->name), program_text(w->p, b->namespace));
}

void
write_reference(struct world *w, uint32_t object, struct frame *f, struct tree *at,
	uint32_t struct_type, const struct value *v, node_id node, atom reason)
{
	const struct refers *r = REFERS_AT(w->p, TYPE_AT(w->p, struct_type)->refers);
	const struct object *self = graph_object(w->g, object),
			    *target = graph_object(w->g, v->as.id);
	struct origin origin = origin_of(w, f, v, node, reason);
	struct crossing crossing = { object, v->as.id, r->across };
	const struct words *x = &w->p->words_;
	bool other = target->namespace && self->namespaced && target->namespace != self->namespace;

	if (BUILDING_AT(w, v->as.id)->poisoned)
		return;
	if (r->has_group)
		put_text(w, at, x->group, object_group(w, api_version_of(w, v->as.id)), &origin);
	if (r->has_kind)
		put_text(w, at, x->kind, target->kind, &origin);
	put_text(w, at, x->name, target->name, &origin);
	if (r->has_namespace && target->namespace && (other || !self->namespaced))
		put_text(w, at, x->namespace, target->namespace, &origin);
	else if (!r->has_namespace && other) {
		leaves_namespace(w, f, object, v->as.id, v, node);
		at->flags |= TREE_FAULTY;
	}
	if (other && r->across)
		vec_push(&w->crossings, &crossing);
	refer(w, object, v->as.id, origin);
}

/* --- what stands as plain text --- */

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

#define NEAR_MOST 20 /* errors: behind so many nobody looks for a misspelt name */

/* Of all names of that kind, the nearest to what was written. */
static void
offer_names(struct world *w, atom kind, struct suggest *s)
{
	for (uint32_t o = 0; o < w->objects.count && w->p->diags.errors <= NEAR_MOST; o++)
		if (graph_object(w->g, o)->kind == kind)
			suggest_offer(s, program_text(w->p, graph_object(w->g, o)->name));
}

static void
refers_to_nothing(
	struct link *x, atom kind, atom namespace_, atom name, const struct origin *origin)
{
	struct program *p = x->w->p;
	const struct object *from = graph_object(x->w->g, x->from);
	struct str self = STR_INIT;
	struct suggest near;
	struct diag *d;

	object_label(x->w->g, from, &self);
	d = diag_add(&p->diags, EGM0202, origin_span(origin),
		"%s refers to %s `%s%s%s`, which nothing makes or assumes", str_text(&self),
		program_text(p, kind), namespace_ ? program_text(p, namespace_) : "",
		namespace_ ? "/" : "", program_text(p, name));
	suggest_init(&near, program_text(p, name), atom_len(&p->atoms, name));
	offer_names(x->w, kind, &near);
	if (near.best)
		diag_line(&p->diags, d, LINE_HELP, "did you mean `%s`?", near.best);
	diag_line(&p->diags, d, LINE_HELP,
		"if somebody else makes it, state it in a file of manifests: assume \"cluster.yaml\"");
	str_release(&self);
}

static void
link_to(struct link *x, uint32_t rtype, atom namespace_, atom name, uint32_t across,
	const struct origin *origin)
{
	const struct rtype *kind = RTYPE_AT(x->w->p, rtype);
	atom place = kind->namespaced ? namespace_ : 0;
	uint32_t to = name ? object_named(x->w, kind->name, place, name) : 0;
	struct crossing crossing = { x->from, to - 1, across };

	if (!to) {
		if (name && !x->crossings && !*VEC_AT(&x->w->rtype_incomplete, bool, rtype))
			refers_to_nothing(x, kind->name, place, name, origin);
		return;
	}
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
	const struct tree *name = tree_find(t, p->words_.name);
	atom namespace_ = part(t, p->words_.namespace);

	if (!kind)
		return;
	if (!namespace_)
		namespace_ = graph_object(x->w->g, x->from)->namespace;
	/* A patch may have written the name alone. */
	if (name && name->kind == TREE_SCALAR)
		link_to(x, kind, namespace_, name->text, r->across, &name->origin);
}

/* `: ref GatewayClass`: the value is the bare name. */
static void
link_name(struct link *x, const struct tree *t, const struct type *y)
{
	struct program *p = x->w->p;
	atom namespace_ = graph_object(x->w->g, x->from)->namespace;

	uint32_t kind = NUMBER_AT(p, y->first);

	for (uint32_t i = 0; i < y->count; i++) {
		uint32_t other = NUMBER_AT(p, y->first + i);

		if (object_named(x->w, RTYPE_AT(p, other)->name,
			    RTYPE_AT(p, other)->namespaced ? namespace_ : 0, t->text))
			kind = other;
	}
	link_to(x, kind, namespace_, t->text, 0, &t->origin);
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
	if (t->kind == TREE_MAP && y->kind == TYPE_STRUCT && y->refers &&
		!(t->flags & TREE_FAULTY))
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

		if (b->kind && !b->poisoned && b->included && !b->assumed)
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
