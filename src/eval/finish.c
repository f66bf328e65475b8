/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The final form of objects: keys in the order of their declaration, every default of the API
 * server under a parent that is there, nothing missing that its kind requires, nothing that its
 * release cannot express, pods that selectors name.
 */
#include <string.h>
#include "base/mem.h"
#include "check/checker.h"
#include "eval/object.h"

/* --- apiVersion --- */

atom
kind_api_version(struct world *w, uint32_t kind)
{
	const struct rtype *t = RTYPE_AT(w->p, kind);
	uint32_t known = kind < w->api_versions.count ? *VEC_AT(&w->api_versions, atom, kind) : 0;
	struct value v;

	if (known || !t->api_version)
		return known ? known : w->p->words_.v1;
	v = eval_expr(w,
		frame_new(w, t->self,
			VEC_AT(&w->instances, struct instances, CONTEXT_AT(w->p, t->self)->parent)
				->items[0]),
		t->api_version);
	if (v.kind == VALUE_OPEN)
		v = open_report(w, &v, t->api_version);
	known = v.kind == VALUE_TEXT ? v.as.text.a : w->p->words_.v1;
	if (w->api_versions.count <= kind)
		vec_add(&w->api_versions, kind + 1 - w->api_versions.count);
	*VEC_AT(&w->api_versions, atom, kind) = known;
	return known;
}

atom
api_version_of(struct world *w, uint32_t object)
{
	const struct building *b = BUILDING_AT(w, object);

	return b->included ? graph_object(w->g, object)->api_version : kind_api_version(w, b->kind);
}

/* --- one object --- */

struct finish {
	struct world *w;
	uint32_t object;
	bool partial; /* only what was added: no defaults, nothing required */
};

static void
finish_struct(struct finish *x, struct tree *t, uint32_t type);

static const char *
object_title(const struct finish *x)
{
	const struct object *o = graph_object(x->w->g, x->object);

	return arena_format(&x->w->p->diags.arena, "%s `%s`", program_text(x->w->p, o->kind),
		program_text(x->w->p, o->name));
}

static struct diag *
object_fault(struct finish *x, enum diag_code code, const struct tree *t, const char *fmt,
	const char *name)
{
	struct diags *d = &x->w->p->diags;
	const struct origin *o = &t->origin;
	const struct object *object = graph_object(x->w->g, x->object);
	bool library = source_file(&x->w->p->source, o->library.file)->library;
	struct span span = o->user.file ? o->user : object->origin.user;
	struct diag *g;
	char *text = arena_format(&d->arena, fmt, name, object_title(x));

	g = diag_add(d, code, span, "%s", text);
	if (library)
		diag_note_at(d, g, o->library, "the library writes it here");
	g->inside = library;
	return g;
}

static struct frame *
kind_frame(struct finish *x, uint32_t context)
{
	struct world *w = x->w;
	struct frame *f = frame_new(w, context,
		VEC_AT(&w->instances, struct instances, CONTEXT_AT(w->p, context)->parent)
			->items[0]);

	f->up = f->up ? f->up : NULL;
	return f;
}

static struct tree *
default_tree(struct finish *x, const struct member *m, const struct tree *parent)
{
	struct world *w = x->w;
	struct frame *f = kind_frame(x, m->context);
	struct value v = eval_expr(w, f, m->value);
	struct origin origin = parent->origin;
	struct tree *t;

	origin.library = NODE_AT(w->p, m->decl)->span;
	origin.reason = 0;
	v = coerce(w, f, m->type, v, m->decl, program_text(w->p, m->name));
	t = value_tree(w, &v, &origin);
	if (t)
		t->key = m->name;
	return t;
}

/* A condition that asks whether a neighbour in the same struct is there. */
static bool
neighbour_there(const struct program *p, const struct tree *all, const struct tree *done,
	node_id cond, bool *there)
{
	node_id name = NODE_AT(p, cond)->kid[0];

	if (NODE_AT(p, cond)->kind != NODE_TEST_PRESENT ||
		NODE_AT(p, name)->aux != MEANING_STRUCT_MEMBER)
		return false;
	*there = tree_find(all, NODE_AT(p, name)->a) || tree_find(done, NODE_AT(p, name)->a);
	return true;
}

/* The first `only when` of the member that does not hold, or 0; and the user's text that decided. */
static node_id
forbidden_by(struct finish *x, const struct member *m, const struct tree *all,
	const struct tree *done, node_id *src)
{
	struct world *w = x->w;
	bool poisoned = false, holds;

	for (node_id c = program_conditions(w->p, m->decl); c; c = NODE_AT(w->p, c)->next) {
		struct node cond = *NODE_AT(w->p, c);

		if (cond.kind != NODE_ONLY)
			continue;
		if (!neighbour_there(w->p, all, done, cond.kid[0], &holds))
			holds = eval_condition(
				w, kind_frame(x, m->context), cond.kid[0], &poisoned, src);
		if (!holds && !poisoned)
			return c;
	}
	return 0;
}

static void
check_only(struct finish *x, const struct member *m, const struct tree *t, const struct tree *all,
	const struct tree *done)
{
	struct world *w = x->w;
	node_id src = 0, only = forbidden_by(x, m, all, done, &src);
	struct diag *g;

	if (!only)
		return;
	g = object_fault(
		x, EGM0151, t, "`%s` cannot be written in %s here", program_text(w->p, m->name));
	if (src)
		diag_label(&w->p->diags, g, NODE_AT(w->p, src)->span, "because of this");
	diag_line(&w->p->diags, g, LINE_BECAUSE, "%s",
		program_text(w->p, NODE_AT(w->p, NODE_AT(w->p, only)->kid[1])->a));
}

static void
check_count(struct finish *x, const struct tree *t, uint32_t type)
{
	const struct type *y = TYPE_AT(x->w->p, type);
	const char *name = program_text(x->w->p, t->key);

	if (!(y->flags & TYPE_FLAG_RANGED) || x->partial || t->kind == TREE_SCALAR)
		return;
	if (!t->count && y->lo > 0)
		object_fault(x, EGM0170, t, "`%s` of %s may not be empty", name);
	else if (t->count < y->lo)
		object_fault(x, EGM0205, t, "`%s` of %s has too few entries", name);
	else if (t->count > y->hi) {
		struct diag *g =
			object_fault(x, EGM0205, t, "`%s` of %s has too many entries", name);

		diag_line(&x->w->p->diags, g, LINE_SHOW, "%u here, at most %lld are possible",
			t->count, (long long)y->hi);
	}
}

static int
by_key(struct world *w, const struct tree *a, const struct tree *b)
{
	return atom_compare(&w->p->atoms, a->key, b->key);
}

/* Maps are sorted by the bytes of their keys: whoever adds one changes one line. */
static void
sort_map(struct world *w, struct tree *t)
{
	struct tree *sorted = NULL;

	for (struct tree *c = t->first, *next; c; c = next) {
		struct tree **at = &sorted;

		next = c->next;
		while (*at && by_key(w, *at, c) < 0)
			at = &(*at)->next;
		c->next = *at;
		*at = c;
	}
	t->first = sorted;
	t->last = NULL;
	for (struct tree *c = sorted; c; c = c->next)
		t->last = c;
}

static void
finish_value(struct finish *x, struct tree *t, uint32_t type)
{
	const struct type *y = TYPE_AT(x->w->p, type);

	if (t->kind == TREE_MAP && y->kind == TYPE_STRUCT) {
		finish_struct(x, t, type);
	} else if (t->kind == TREE_MAP && y->kind == TYPE_MAP) {
		for (struct tree *c = t->first; c; c = c->next)
			finish_value(x, c, y->elem);
		sort_map(x->w, t);
		check_count(x, t, type);
	} else if (t->kind == TREE_LIST && (y->kind == TYPE_LIST || y->kind == TYPE_SET)) {
		for (struct tree *c = t->first; c; c = c->next)
			finish_value(x, c, y->elem);
		check_count(x, t, type);
	}
}

/* A struct that is always there, made for what must stand in it. */
static struct tree *
always_there(struct finish *x, const struct member *m, const struct tree *parent)
{
	struct tree *t = tree_new(x->w->g, TREE_MAP);

	t->key = m->name;
	t->origin = parent->origin;
	return t;
}

/* What was not written: its default, nothing, or a fault. Where it must not be written there is no
 * default. */
static struct tree *
missing_member(
	struct finish *x, const struct member *m, const struct tree *all, const struct tree *parent)
{
	bool structure = m->decl && NODE_AT(x->w->p, m->decl)->kind == NODE_MEMBER_STRUCT;
	node_id src = 0;

	if (x->partial || m->part_of_ref)
		return NULL;
	if (!m->optional && m->decl && forbidden_by(x, m, all, parent, &src))
		return NULL;
	if (m->value)
		return default_tree(x, m, parent);
	if (m->optional)
		return NULL;
	if (structure)
		return always_there(x, m, parent);
	object_fault(x, EGM0205, parent, "`%s` is missing in %s", program_text(x->w->p, m->name));
	return NULL;
}

/* Takes the child with this key out of the list; NULL if there is none. */
static struct tree *
take(struct tree *t, atom key)
{
	struct tree *c = tree_find(t, key);

	if (c) {
		tree_remove(t, c);
		c->next = NULL;
	}
	return c;
}

static void
finish_struct(struct finish *x, struct tree *t, uint32_t type)
{
	struct program *p = x->w->p;
	struct tree all = *t;

	t->first = t->last = NULL;
	t->count = 0;
	for (uint32_t m = TYPE_AT(p, type)->members; m; m = MEMBER_AT(p, m)->next) {
		struct member member = *MEMBER_AT(p, m);
		struct tree *c;

		if (member.part_of_ref && member.name == p->words_.to)
			continue;
		c = take(&all, member.name);
		if (c)
			check_only(x, &member, c, &all, t);
		else
			c = missing_member(x, &member, &all, t);
		if (!c)
			continue;
		tree_add(t, c);
		finish_value(x, c, TYPE_ID(member.type));
	}
	for (struct tree *c = all.first, *next; c;
		c = next) { /* what an included file has beyond the declaration */
		next = c->next;
		c->next = NULL;
		tree_add(t, c);
	}
}

/* The reason of the whole object: that of the statement which named it, or what all parts have. */
static atom
whole_reason(const struct world *w, const struct tree *body)
{
	const struct tree *metadata = tree_find(body, w->p->words_.metadata);
	atom reason = body->first ? body->first->origin.reason : 0;

	if (metadata && metadata->origin.reason)
		return metadata->origin.reason;
	for (const struct tree *c = body->first; c; c = c->next)
		reason = c->origin.reason == reason ? reason : 0;
	return reason;
}

/* apiVersion and kind before the rest. */
static struct tree *
document(struct finish *x, struct tree *body)
{
	struct world *w = x->w;
	struct object *o = graph_object(w->g, x->object);
	struct tree *root = tree_new(w->g, TREE_MAP), *c;
	struct value api = value_text(o->api_version, 0), kind = value_text(o->kind, 0);

	root->origin = o->origin;
	root->origin.reason = whole_reason(w, body);
	c = value_tree(w, &api, &o->origin);
	c->key = w->p->words_.apiVersion;
	tree_add(root, c);
	c = value_tree(w, &kind, &o->origin);
	c->key = w->p->words_.kind;
	tree_add(root, c);
	for (struct tree *next = body->first; next;) {
		c = next;
		next = c->next;
		c->next = NULL;
		tree_add(root, c);
	}
	return root;
}

/* The name and namespace of a partial object stand in it, though nobody added them. */
static void
name_partial(struct world *w, uint32_t object, struct tree *body)
{
	const struct object *o = graph_object(w->g, object);
	const struct words *x = &w->p->words_;
	struct tree *metadata = tree_find(body, x->metadata);
	const struct {
		atom key, text;
	} rows[] = { { x->name, o->name }, { x->namespace, o->namespace } };

	if (!metadata) {
		metadata = tree_new(w->g, TREE_MAP);
		metadata->key = x->metadata;
		metadata->origin = o->origin;
		tree_add(body, metadata);
	}
	for (size_t i = 0; i < 2; i++)
		if (rows[i].text && !tree_find(metadata, rows[i].key)) {
			struct value v = value_text(rows[i].text, 0);
			struct tree *c = value_tree(w, &v, &o->origin);

			c->key = rows[i].key;
			tree_add(metadata, c);
		}
}

static enum object_form
form_of(const struct world *w, const struct building *b)
{
	if (b->included)
		return b->assumed ? OBJECT_ASSUMED : b->kind ? OBJECT_OWNED : OBJECT_OPAQUE;
	if (RTYPE_AT(w->p, b->kind)->form == FORM_VALUES)
		return OBJECT_VALUES;
	if (!b->assumed)
		return OBJECT_OWNED;
	return b->extended ? OBJECT_PARTIAL : OBJECT_ASSUMED;
}

/* What is known of somebody else's object to which we add. */
static struct tree *
whole_of(struct finish *x, const struct building *b)
{
	name_partial(x->w, x->object, b->root);
	finish_struct(x, b->root, RTYPE_AT(x->w->p, b->kind)->body);
	return document(x, b->root);
}

static void
finish_object(struct world *w, uint32_t i)
{
	struct building *b = BUILDING_AT(w, i);
	struct object *o = graph_object(w->g, i);
	struct finish x = { w, i, false };
	struct tree *body;

	o->form = (uint8_t)form_of(w, b);
	o->position = OBJECT_NONE;
	if (b->poisoned) {
		o->form = OBJECT_ASSUMED;
		return;
	}
	if (b->included) {
		o->root = b->root;
		return;
	}
	o->api_version = kind_api_version(w, b->kind);
	x.partial = o->form == OBJECT_PARTIAL || o->form == OBJECT_ASSUMED;
	body = o->form == OBJECT_PARTIAL ? b->added : b->root;
	if (x.partial)
		name_partial(w, i, body);
	body->origin = o->origin;
	finish_struct(&x, body, RTYPE_AT(w->p, b->kind)->body);
	if (o->form == OBJECT_VALUES) {
		tree_remove(body, tree_find(body, w->p->words_.metadata));
		if (!body->count) /* values without fields make no file */
			o->form = OBJECT_ASSUMED;
		o->root = body;
		return;
	}
	o->root = document(&x, body);
	if (o->form == OBJECT_PARTIAL)
		o->whole = whole_of(&x, b);
	if (!x.partial)
		b->root = o->root;
}

/* --- pods that selectors name --- */

static void
selector_labels(const struct program *p, struct tree *t, uint32_t type, const struct object *o,
	struct vec *out)
{
	const struct type *y = TYPE_AT(p, type);

	(void)o;
	if (y->flags & TYPE_FLAG_POD_SELECTOR) {
		vec_push(out, &t);
		return;
	}
	for (struct tree *c = t->first; c; c = c->next) {
		uint32_t next = 0;

		if (t->kind == TREE_LIST || y->kind == TYPE_MAP)
			next = y->elem;
		else if (y->kind == TYPE_STRUCT) {
			uint32_t m = program_struct_member(p, y->members, c->key);

			next = m ? TYPE_ID(MEMBER_AT(p, m)->type) : 0;
		}
		if (next && c->kind != TREE_SCALAR)
			selector_labels(p, c, next, o, out);
	}
}

/* The labels of a pod that is known: of a Pod that was stated. */
static const struct tree *
pod_labels(const struct world *w, uint32_t i, uint32_t pod)
{
	const struct building *b = BUILDING_AT(w, i);
	const struct tree *metadata =
		b->kind == pod && !b->poisoned ? tree_find(b->root, w->p->words_.metadata) : NULL;

	return metadata ? tree_find(metadata, w->p->words_.labels) : NULL;
}

/* Pods by namespace and by each of their labels. */
struct pods {
	struct table64 *heads; /* (namespace, key, value) -> place in list */
	struct vec list; /* struct pod_place, dummy first */
	struct table64 *namespaces;
};
struct pod_place {
	const struct tree *labels;
	uint32_t next;
};

static uint64_t
label_key(atom namespace_, const struct tree *label)
{
	return hash_mix(hash_mix(namespace_, label->key), label->text);
}

static void
find_pods(struct world *w, struct pods *pods, uint32_t pod)
{
	pods->heads = table64_new();
	pods->namespaces = table64_new();
	vec_init(&pods->list, sizeof(struct pod_place), true);
	for (uint32_t i = 0; i < w->objects.count; i++) {
		const struct tree *labels = pod_labels(w, i, pod);
		atom namespace_ = graph_object(w->g, i)->namespace;

		for (const struct tree *l = labels ? labels->first : NULL; l; l = l->next) {
			uint64_t key = label_key(namespace_, l);
			struct pod_place place = { labels, table64_get(pods->heads, key) };

			table64_set(pods->heads, key, vec_push(&pods->list, &place));
		}
		if (labels && namespace_)
			table64_set(pods->namespaces, namespace_, 1);
	}
}

static bool
carries_all(const struct tree *labels, const struct tree *wanted)
{
	for (const struct tree *c = wanted->first; c; c = c->next) {
		const struct tree *l = tree_find(labels, c->key);

		if (!l || l->text != c->text)
			return false;
	}
	return true;
}

/* Are all labels of the selector carried by some pod that is known in that namespace? *known:
 * some pod there is. */
static bool
selects_some(struct pods *pods, const struct tree *wanted, atom namespace_, bool *known)
{
	*known = table64_get(pods->namespaces, namespace_) != 0;
	if (!wanted->first)
		return true;
	for (uint32_t i = table64_get(pods->heads, label_key(namespace_, wanted->first)); i;
		i = VEC_AT(&pods->list, struct pod_place, i)->next)
		if (carries_all(VEC_AT(&pods->list, struct pod_place, i)->labels, wanted))
			return true;
	return false;
}

static void
check_selectors(struct world *w)
{
	uint32_t pod = program_symbol(w->p, w->p->words_.Pod).rtype;
	struct vec selectors;
	struct pods pods;

	if (!pod)
		return;
	find_pods(w, &pods, pod);
	vec_init(&selectors, sizeof(struct tree *), false);
	for (uint32_t i = 0; i < w->objects.count; i++) {
		const struct building *b = BUILDING_AT(w, i);
		const struct object *o = graph_object(w->g, i);
		struct finish x = { w, i, false };

		if (!b->kind || b->poisoned || o->form != OBJECT_OWNED || !o->namespaced)
			continue;
		vec_cut(&selectors, 0);
		selector_labels(w->p, o->root, RTYPE_AT(w->p, b->kind)->body, o, &selectors);
		for (uint32_t s = 0; s < selectors.count; s++) {
			const struct tree *t = *VEC_AT(&selectors, struct tree *, s);
			bool known = false;

			/* Only the object's own pods: peers may live in namespaces that the site
			 * says nothing of. */
			if (s == 0 && !selects_some(&pods, t, o->namespace, &known) && known)
				object_fault(&x, EGM0207, t,
					"the `%s` of %s match no pod that is known",
					program_text(w->p, t->key));
		}
	}
	vec_release(&selectors);
	vec_release(&pods.list);
	table64_free(pods.heads);
	table64_free(pods.namespaces);
}

/* --- the whole --- */

static void
fill_kinds(struct world *w)
{
	struct str path = STR_INIT;

	for (uint32_t t = 1; t < w->p->rtypes.count; t++) {
		struct kind_info info;
		const struct rtype *r = RTYPE_AT(w->p, t);

		if (r->form != FORM_KIND || t >= w->api_versions.count ||
			!*VEC_AT(&w->api_versions, atom, t))
			continue;
		memset(&info, 0, sizeof info);
		info.api_version = *VEC_AT(&w->api_versions, atom, t);
		info.kind = r->name;
		info.namespaced = r->namespaced;
		info.builtin = !strchr(program_text(w->p, info.api_version), '.') ||
			strstr(program_text(w->p, info.api_version), ".k8s.io/v1") ==
				strchr(program_text(w->p, info.api_version), '.');
		info.keys = NULL;
		str_clear(&path);
		add_merge_keys(w, &info, TYPE_AT(w->p, r->body)->members, &path);
		vec_push(&w->g->kinds, &info);
	}
	str_release(&path);
}

/* "name sectionName" */
static const char *
joined_keys(struct world *w, const struct type *t)
{
	const char *keys = program_text(w->p, WORD_AT(w->p, t->first));

	for (uint32_t i = 1; i < t->count; i++)
		keys = arena_format(&w->g->arena, "%s %s", keys,
			program_text(w->p, WORD_AT(w->p, t->first + i)));
	return keys;
}

static void
add_merge_key(struct world *w, struct kind_info *info, const struct type *t, const struct str *path)
{
	struct kind_key *k = ARENA_NEW(&w->g->arena, struct kind_key);
	struct kind_key **end = &info->keys;

	k->path = arena_copy(&w->g->arena, path->bytes, path->len);
	k->key = joined_keys(w, t);
	while (*end)
		end = &(*end)->next;
	*end = k;
}

void
add_merge_keys(struct world *w, struct kind_info *info, uint32_t members, struct str *path)
{
	struct program *p = w->p;
	size_t above = path->len;

	for (uint32_t m = members; m; m = MEMBER_AT(p, m)->next) {
		const struct type *t = TYPE_AT(p, MEMBER_AT(p, m)->type);
		bool keyed = t->kind == TYPE_LIST && t->flags & TYPE_FLAG_ENTRIES && t->count;

		if (!keyed && t->kind != TYPE_STRUCT)
			continue;
		if (above)
			str_putc(path, '.');
		str_puts(path, program_text(p, MEMBER_AT(p, m)->name));
		if (keyed)
			add_merge_key(w, info, t, path);
		add_merge_keys(
			w, info, keyed ? TYPE_AT(p, t->elem)->members : t->members, path);
		str_cut(path, above);
	}
}

static void
fill_phases(struct world *w)
{
	const struct type *t = TYPE_AT(w->p, w->p->phase_type);

	for (uint32_t i = 0; w->p->phase_type && i < t->count; i++) {
		atom a = WORD_AT(w->p, t->first + i);

		vec_push(&w->g->phases, &a);
	}
}

void
objects_finish(struct world *w)
{
	for (uint32_t i = 0; i < w->objects.count && !w->stopped; i++)
		finish_object(w, i);
	w->objects_done = true;
	objects_link(w);
	check_selectors(w);
	fill_phases(w);
	fill_kinds(w);
}
