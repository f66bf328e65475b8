/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects in two steps: first all that exist, with their names, so that references can be written;
 * then their bodies. Each run of a statement makes a tree of its own, which is merged into its
 * object: maps by key, keyed lists by their keys, other lists entry by entry. What two statements
 * say differently is a conflict; only a patch overrides.
 */
#include "eval/object.h"

#include <string.h>
#include "base/mem.h"
#include "eval/inside.h"
#include "graph/read.h"

/* --- finding and making --- */

static uint64_t
object_key(uint32_t kind, atom label, uint32_t owner, uint32_t attempt)
{
	return hash_mix(hash_mix(hash_mix(kind, label), owner), (uint64_t)attempt << 8 | 5);
}

uint32_t
object_find(struct world *w, uint32_t kind, atom label, uint32_t owner)
{
	for (uint32_t i = 0;; i++) {
		uint32_t o = table64_get(w->object_ids, object_key(kind, label, owner, i));
		const struct building *b = o ? BUILDING_AT(w, o - 1) : NULL;

		if (!b || (b->kind == kind && b->label == label && b->owner == owner))
			return o;
	}
}

static uint32_t
object_new(struct world *w, uint32_t kind, atom label, uint32_t owner)
{
	uint32_t i = 0, o = graph_add(w->g), b = vec_add(&w->objects, 1);
	struct building *x = BUILDING_AT(w, b);

	if (o != b)
		BUG("objects %u and %u", o, b);
	x->kind = kind;
	x->label = label;
	x->owner = owner;
	x->order = o;
	x->root = tree_new(w->g, TREE_MAP);
	while (table64_get(w->object_ids, object_key(kind, label, owner, i)))
		i++;
	table64_set(w->object_ids, object_key(kind, label, owner, i), o + 1);
	return o;
}

atom
object_block_label(struct world *w, struct frame *f, node_id n, bool *ok)
{
	node_id label = NODE_AT(w->p, n)->kid[1];
	struct value v;

	*ok = true;
	if (!label)
		return 0;
	if (NODE_AT(w->p, label)->kind == NODE_WORD)
		return NODE_AT(w->p, label)->a;
	v = eval_expr(w, f, label);
	*ok = v.kind == VALUE_TEXT;
	return *ok ? v.as.text.a : 0;
}

node_id
origin_src(const struct world *w, struct frame *f, const struct value *v, node_id node)
{
	return v && v->src ? v->src : node && is_user_node(w, node) ? node : frame_src(f);
}

struct origin
origin_of(struct world *w, struct frame *f, const struct value *v, node_id node, atom reason)
{
	struct origin o = { { 0, 0, 0 }, { 0, 0, 0 }, reason };
	struct value at = { .kind = VALUE_ABSENT, .src = origin_src(w, f, v, node) };

	o.user = place_of(w, f, &at);
	o.library = node ? NODE_AT(w->p, node)->span : o.user;
	return o;
}

/* A name or namespace: evaluated in a frame of the statement, text. */
static bool
name_part(struct world *w, struct frame *f, node_id expr, uint32_t type, const char *what,
	struct value *out)
{
	*out = value_absent();
	if (!expr)
		return true;
	*out = coerce(w, f, type, eval_expr(w, f, expr), expr, what);
	return out->kind == VALUE_TEXT;
}

struct frame *
object_frame(struct world *w, const struct object_statement *s, struct frame *up)
{
	struct frame *f = frame_new(w, s->context, up);
	node_id body = NODE_AT(w->p, s->node)->kid[3];

	f->src = is_user_node(w, s->node) ? s->node : 0;
	return body && NODE_AT(w->p, body)->aux ? frame_new(w, NODE_AT(w->p, body)->aux, f) : f;
}

struct value
object_block_owner(struct world *w, struct frame *f, node_id n)
{
	node_id owner = NODE_AT(w->p, n)->kid[2];

	return owner ? eval_expr(w, f, owner) : value_record(w->site, 0);
}

static void
set_names(struct world *w, uint32_t o, const struct value *name, const struct value *namespace_)
{
	const struct rtype *kind = RTYPE_AT(w->p, BUILDING_AT(w, o)->kind);
	struct object *x = graph_object(w->g, o);

	x->kind = kind->name;
	x->namespaced = kind->namespaced;
	x->phase = kind->phase;
	x->chart = kind->chart;
	x->name = name->as.text.a;
	x->namespace =
		namespace_->kind == VALUE_TEXT && (kind->namespaced || kind->form == FORM_VALUES)
		? namespace_->as.text.a
		: 0;
}

/* The user's statement or block that an object comes from; 0 if none but the site does. */
static node_id
object_src(const struct world *w, uint32_t o)
{
	if (is_user_node(w, BUILDING_AT(w, o)->head))
		return BUILDING_AT(w, o)->head;
	for (uint32_t r = BUILDING_AT(w, o)->owner; r && r != w->site; r = RECORD_AT(w, r)->owner)
		if (RECORD_AT(w, r)->user_head)
			return RECORD_AT(w, r)->user_head;
	return 0;
}

static void
two_identities(struct world *w, uint32_t a, uint32_t b)
{
	const struct object *x = graph_object(w->g, b);
	node_id first = object_src(w, a);
	struct value at = { .kind = VALUE_ABSENT, .src = object_src(w, b) };
	struct diag *g = world_fault(w, BUILDING_AT(w, b)->frame, EGM0201, &at,
		BUILDING_AT(w, b)->head, "two objects are %s `%s%s%s`", program_text(w->p, x->kind),
		program_text(w->p, x->namespace), x->namespace ? "/" : "",
		program_text(w->p, x->name));

	diag_label(&w->p->diags, g,
		first ? program_head(w->p, first) : graph_object(w->g, a)->origin.user,
		"the other comes from here");
	diag_line(&w->p->diags, g, LINE_HELP, "give one of them another name");
	BUILDING_AT(w, b)->poisoned = true;
}

/* The object that claimed this name first, or 0 and the key under which to claim it. */
static uint32_t
first_of_name(struct world *w, atom kind, atom namespace_, atom name, uint64_t *key)
{
	*key = hash_mix(hash_mix(hash_mix(kind, namespace_), name), 13);
	for (;; *key = hash_mix(*key, 13)) {
		uint32_t other = table64_get(w->object_names, *key);
		const struct object *x = other ? graph_object(w->g, other - 1) : NULL;

		if (!other || (x->kind == kind && x->namespace == namespace_ && x->name == name))
			return other;
	}
}

uint32_t
object_named(struct world *w, atom kind, atom namespace_, atom name)
{
	uint64_t key;

	return first_of_name(w, kind, namespace_, name, &key);
}

static void
claim_name(struct world *w, uint32_t o)
{
	const struct object *x = graph_object(w->g, o);
	uint64_t key;
	uint32_t other = first_of_name(w, x->kind, x->namespace, x->name, &key);

	/* An assumed object may be assumed by several statements; two of them are one object for
	 * every reader. */
	if (!other)
		table64_set(w->object_names, key, o + 1);
	else if (BUILDING_AT(w, other - 1)->assumed && BUILDING_AT(w, o)->assumed)
		BUILDING_AT(w, o)->same_as = other;
	else
		two_identities(w, other - 1, o);
}

static void
make_object(struct world *w, const struct object_statement *s, struct frame *up)
{
	const struct context *c = CONTEXT_AT(w->p, s->context);
	struct value owner = object_block_owner(w, up, s->node), name, namespace_;
	struct frame *f;
	bool ok, fine;
	atom label = object_block_label(w, up, s->node, &ok);
	uint32_t o;

	if (owner.kind != VALUE_RECORD || !ok) {
		record_mark_incomplete(w, c->rtype);
		return;
	}
	if (w->objects.count >= WORLD_OBJECTS_MAX) {
		w->stopped = true;
		world_fault(
			w, up, EGM0501, &owner, s->node, "more than %u objects", WORLD_OBJECTS_MAX);
		return;
	}
	o = object_find(w, c->rtype, label, owner.as.id);
	if (o)
		return;
	o = object_new(w, c->rtype, label, owner.as.id);
	f = object_frame(w, s, up);
	f->object = o + 1;
	BUILDING_AT(w, o)->frame = f;
	BUILDING_AT(w, o)->head = s->node;
	BUILDING_AT(w, o)->assumed = c->mode == BLOCK_ASSUME;
	fine = name_part(w, f, s->name, TYPE_T(OBJECT_NAME), "metadata.name", &name);
	fine &= name_part(
		w, f, s->namespace_, TYPE_T(DNS_LABEL), "metadata.namespace", &namespace_);
	graph_object(w->g, o)->origin = origin_of(w, f, &owner, s->node, 0);
	if (!fine) {
		BUILDING_AT(w, o)->poisoned = true;
		record_mark_incomplete(w, c->rtype);
		return;
	}
	set_names(w, o, &name, &namespace_);
	claim_name(w, o);
}

static void
make_objects(struct world *w, bool after_crossing)
{
	for (uint32_t s = 1; s < w->p->objects.count && !w->stopped; s++) {
		struct object_statement statement = *OBJECT_AT(w->p, s);
		const struct context *c = CONTEXT_AT(w->p, statement.context);
		struct instances *up;

		if ((c->mode != BLOCK_PLAIN && c->mode != BLOCK_ASSUME) ||
			RTYPE_AT(w->p, c->rtype)->after_crossing != after_crossing)
			continue;
		up = record_instances(w, c->parent);
		if (up->incomplete)
			record_mark_incomplete(w, c->rtype);
		for (uint32_t i = 0; i < up->count && !w->stopped; i++)
			make_object(w, &statement, up->items[i]);
	}
}

/* --- crossings --- */

static void
set_slot(struct world *w, uint32_t r, uint32_t slot, atom a)
{
	struct slot *s = &RECORD_AT(w, r)->slots[slot];

	s->value = value_text(a, 0);
	s->state = SLOT_SET;
}

/* The fields of a record of `crossing`, in the order of declare_crossing(). */
static void
fill_crossing(struct world *w, uint32_t r, const struct crossing *c)
{
	const struct object *from = graph_object(w->g, c->from), *to = graph_object(w->g, c->to);

	set_slot(w, r, 0, object_group(w, api_version_of(w, c->from)));
	set_slot(w, r, 1, from->kind);
	set_slot(w, r, 2, from->namespace);
	set_slot(w, r, 3, from->name);
	set_slot(w, r, 4, object_group(w, api_version_of(w, c->to)));
	set_slot(w, r, 5, to->kind);
	set_slot(w, r, 6, to->namespace);
	set_slot(w, r, 7, to->name);
}

static void
make_crossings(struct world *w)
{
	for (uint32_t i = 0; i < w->crossings.count; i++) {
		const struct crossing *c = VEC_AT(&w->crossings, struct crossing, i);
		uint32_t r = record_add(w, w->p->crossing_rtype, i + 1);

		RECORD_AT(w, r)->user_head = graph_object(w->g, c->from)->origin.user.file &&
				BUILDING_AT(w, c->from)->frame
			? frame_src(BUILDING_AT(w, c->from)->frame)
			: 0;
		fill_crossing(w, r, c);
	}
}

/* The grants come before what needs them: an edge from each reference to the object that the
 * library made for its pair. */
static void
order_grants(struct world *w, uint32_t from)
{
	for (uint32_t o = from; o < w->objects.count; o++) {
		struct building *b = BUILDING_AT(w, o);

		for (uint32_t i = 0; i < w->crossings.count; i++) {
			const struct crossing *c = VEC_AT(&w->crossings, struct crossing, i);
			const struct object *x = graph_object(w->g, o);

			if (b->kind == c->across &&
				x->namespace == graph_object(w->g, c->to)->namespace &&
				c->from != o)
				refer(w, c->from, o, x->origin);
		}
	}
}

/* --- included YAML --- */

static atom
child_text(struct world *w, const struct tree *t, atom key)
{
	const struct tree *c = t && t->kind == TREE_MAP ? tree_find(t, key) : NULL;

	(void)w;
	return c && c->kind == TREE_SCALAR ? c->text : 0;
}

/* Key material in any text of a document. */
static void
refuse_secrets(struct world *w, const struct tree *root)
{
	struct diags *d = &w->p->diags;
	struct steps steps;
	const struct tree *t;

	steps_init(&steps, root);
	while ((t = steps_next(&steps))) {
		const char *what = t->kind == TREE_SCALAR && t->scalar == SCALAR_TEXT
			? secret_looks_like(
				  atom_text(&w->p->atoms, t->text), atom_len(&w->p->atoms, t->text))
			: NULL;

		if (what)
			diag_line(d,
				diag_add(d, EGM0016, t->origin.user, "this looks like %s", what),
				LINE_HELP, "refer to a Secret by its name");
	}
	steps_release(&steps);
}

/* A Secret is stated by name and type; its key material has no place in a project. */
static bool
is_secret(struct world *w, const struct tree *t, atom kind_name, bool assumed)
{
	struct program *p = w->p;
	bool bare = !tree_find(t, atom_of(&p->atoms, "data", 4)) &&
		!tree_find(t, atom_of(&p->atoms, "stringData", 10));
	struct diag *d;

	if (strcmp(program_text(p, kind_name), "Secret") || (assumed && bare))
		return false;
	d = diag_add(&p->diags, EGM0016, t->origin.user,
		assumed ? "a Secret is stated without its data"
			: "a Secret does not belong among manifests");
	diag_line(&p->diags, d, LINE_HELP,
		assumed ? "leave `data` and `stringData` out: name, namespace and type are enough"
			: "refer to it by name; it is made where its key material is kept");
	return true;
}

static void
include_document(struct world *w, struct tree *t, bool assumed)
{
	struct program *p = w->p;
	const struct words *x = &p->words_;
	atom kind_name = child_text(w, t, x->kind), api = child_text(w, t, x->apiVersion);
	const struct tree *metadata = t->kind == TREE_MAP ? tree_find(t, x->metadata) : NULL;
	atom name = child_text(w, metadata, x->name);
	uint32_t kind = program_symbol(p, kind_name).rtype, o;
	struct object *g;
	bool formed;

	if (!kind_name || !api || !name) {
		diag_add(&p->diags, EGM0015, t->origin.user,
			"this document has no apiVersion, kind or metadata.name");
		return;
	}
	if (is_secret(w, t, kind_name, assumed))
		return;
	if (kind &&
		(RTYPE_AT(p, kind)->form != FORM_KIND ||
			object_group(w, api) != object_group(w, kind_api_version(w, kind))))
		kind = 0;
	refuse_secrets(w, t);
	formed = object_has_form(w, t, metadata, kind);
	o = object_new(w, kind, name, 0);
	BUILDING_AT(w, o)->poisoned = !formed;
	BUILDING_AT(w, o)->included = true;
	BUILDING_AT(w, o)->assumed = assumed;
	BUILDING_AT(w, o)->root = t;
	BUILDING_AT(w, o)->head = 0;
	g = graph_object(w->g, o);
	g->kind = kind_name;
	g->api_version = api;
	g->name = name;
	g->namespace = child_text(w, metadata, x->namespace);
	g->namespaced = kind ? RTYPE_AT(p, kind)->namespaced : g->namespace != 0;
	g->phase = kind ? RTYPE_AT(p, kind)->phase : 0;
	g->origin = t->origin;
	claim_name(w, o);
}

static void
include_files(struct world *w)
{
	struct vec documents;

	vec_init(&documents, sizeof(struct tree *), false);
	for (uint32_t i = 0; i < w->p->includes.count; i++) {
		struct include inc = *VEC_AT(&w->p->includes, struct include, i);

		vec_cut(&documents, 0);
		if (!yaml_read(w->g, &w->p->source, inc.file, &w->p->diags, &documents))
			continue;
		for (uint32_t d = 0; d < documents.count; d++)
			include_document(
				w, *VEC_AT(&documents, struct tree *, d), inc.assumed);
	}
	vec_release(&documents);
}

/* --- the whole --- */

struct value
object_path(struct world *w, uint32_t object, node_id n)
{
	const struct building *b = BUILDING_AT(w, object);
	const struct tree *t;

	if (b->poisoned)
		return value_poison();
	t = tree_find(b->root, NODE_AT(w->p, n)->a);
	return t ? tree_value(w, t, TYPE_ID(NODE_AT(w->p, n)->type)) : value_absent();
}

void
objects_run(struct world *w)
{
	uint32_t first;

	include_files(w);
	make_objects(w, false);
	w->objects_named = true;
	objects_run_bodies(w, false);
	objects_link_included(w);
	make_crossings(w);
	first = w->objects.count;
	make_objects(w, true);
	objects_run_bodies(w, true);
	order_grants(w, first);
	objects_run_patches(w);
	if (!w->stopped)
		objects_finish(w);
}
