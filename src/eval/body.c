/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of objects: each run of a statement makes a tree, which is merged into its object;
 * patches write into it.
 */
#include "eval/object.h"

#include <string.h>
#include "eval/inside.h"

/* Where a body writes: a map or struct under construction. */
struct body {
	struct world *w;
	uint32_t object;
	uint8_t rank;
	bool patch; /* writes into the object itself: overrides, may index lists */
	struct tree *at;
	uint32_t type;
	atom reason;
};

static void
run_list(struct body *b, struct frame *f, node_id first);

static uint32_t
word_type(const struct program *p, uint32_t type, node_id word)
{
	const struct type *t = TYPE_AT(p, type);

	if (NODE_AT(p, word)->flags & FLAG_INDEX)
		return t->elem;
	return t->kind == TYPE_MAP ? t->elem : TYPE_ID(MEMBER_AT(p, NODE_AT(p, word)->ref)->type);
}

static struct tree *
nth(struct tree *list, int64_t n)
{
	struct tree *c = list->kind == TREE_LIST ? list->first : NULL;

	for (; c && n > 0; n--)
		c = c->next;
	return c;
}

/* The key as it may stand in this map; 0 if it may not, which has been told. */
static atom
fitting_key(struct body *b, struct frame *f, uint32_t map, struct value v, node_id node)
{
	uint32_t type = TYPE_AT(b->w->p, map)->key;

	v = coerce(b->w, f, type ? type : TYPE_T(TEXT), v, node, "key");
	if (v.kind == VALUE_TEXT)
		return v.as.text.a;
	BUILDING_AT(b->w, b->object)->poisoned = true;
	return 0;
}

/* The name of a part: a word, or a key of this map that is computed (0: it has no value). */
static atom
word_key(struct body *b, struct frame *f, node_id word, uint32_t map)
{
	if (NODE_AT(b->w->p, word)->kind != NODE_INTERP)
		return NODE_AT(b->w->p, word)->a;
	return fitting_key(b, f, map, eval_expr(b->w, f, word), word);
}

/* The map (or entry) behind one word, made if it is not there. NULL where a patch points
 * nowhere. */
static struct tree *
descend(struct body *b, struct frame *f, struct tree *at, node_id word, atom key, uint32_t type)
{
	struct world *w = b->w;
	const struct node *n = NODE_AT(w->p, word);
	struct tree *t;

	if (n->flags & FLAG_INDEX)
		return nth(at, n->n);
	t = tree_find(at, key);
	if (!t) {
		uint8_t kind = TYPE_AT(w->p, type)->kind;

		t = tree_new(w->g, kind == TYPE_LIST || kind == TYPE_SET ? TREE_LIST : TREE_MAP);
		t->key = key;
		t->origin = origin_of(w, f, NULL, word, b->reason);
		t->rank = b->rank;
		tree_add(at, t);
	}
	return t;
}

static void
patch_nowhere(struct body *b, const struct tree *at, node_id word)
{
	struct value v = { .kind = VALUE_ABSENT, .src = word };

	world_fault(b->w, NULL, EGM0204, &v, 0, "there is no entry %lld: the list has %u%s",
		(long long)NODE_AT(b->w->p, word)->n, at->count,
		at->count ? ", counted from 0" : "");
}

/* An entry of a list, by its name if it has one. */
static void
show_entry(const struct world *w, const struct tree *entry, unsigned number, struct str *out)
{
	const struct tree *name =
		entry->kind == TREE_MAP ? tree_find(entry, w->p->words_.name) : NULL;

	if (name && name->kind == TREE_SCALAR)
		str_format(out, "[%s]", program_text(w->p, name->text));
	else
		str_format(out, "[%u]", number);
}

/* The way from a tree to a part of it, as one would write it; false if it is no part. */
static bool
show_path(const struct world *w, const struct tree *at, const struct tree *part, struct str *out)
{
	size_t len = out->len;
	unsigned i = 0;

	for (const struct tree *c = at->first; c; c = c->next, i++) {
		if (c->key)
			str_format(out, "%s%s", len ? "." : "", program_text(w->p, c->key));
		else
			show_entry(w, c, i, out);
		if (c == part || show_path(w, c, part, out))
			return true;
		out->len = len;
	}
	return false;
}

void
report_conflict(struct world *w, uint32_t object, const struct tree *old, const struct tree *new)
{
	struct diags *d = &w->p->diags;
	const struct object *o = graph_object(w->g, object);
	bool old_user = old->origin.library.file == old->origin.user.file &&
		old->origin.library.start == old->origin.user.start;
	const struct tree *first = old_user ? old : new, *second = old_user ? new : old;
	struct str path = STR_INIT;
	struct diag *g;

	if (!show_path(w, BUILDING_AT(w, object)->root, old, &path))
		str_puts(&path, program_text(w->p, new->key));
	g = diag_add(d, EGM0301, first->origin.user, "two values for `%s` of %s `%s`",
		str_text(&path), program_text(w->p, o->kind), program_text(w->p, o->name));
	str_release(&path);
	diag_here(d, g, "%s here",
		first->kind == TREE_SCALAR ? program_text(w->p, first->text) : "this here");
	diag_label(d, g, second->origin.library, "%s here",
		second->kind == TREE_SCALAR ? program_text(w->p, second->text) : "that here");
	if (memcmp(&second->origin.user, &second->origin.library, sizeof second->origin.user) &&
		second->origin.user.file)
		diag_label(d, g, second->origin.user, "because of this");
	if (old->rank > RANK_LIBRARY || new->rank > RANK_LIBRARY)
		diag_line(d, g, LINE_HELP, "a `patch` overrides what the library writes");
}

static void
write_value(struct body *b, struct tree *at, atom key, uint32_t type, struct tree *value)
{
	struct tree *old = tree_find(at, key);

	value->key = key;
	value->rank = b->rank;
	if (!old) {
		tree_add(at, value);
	} else if (value->flags & TREE_ADDS && old->kind == TREE_LIST) {
		append_items(old, value, TYPE_AT(b->w->p, type)->kind == TYPE_SET);
	} else if (b->patch) {
		tree_replace(old, value);
	} else if (!tree_equal(old, value)) {
		report_conflict(b->w, b->object, old, value);
	}
}

/* A patch puts another value in the place of an entry, or takes it out (NULL). */
static void
write_numbered(struct body *b, struct tree *list, node_id word, struct tree *value)
{
	struct tree *old = nth(list, NODE_AT(b->w->p, word)->n);

	if (!old) {
		patch_nowhere(b, list, word);
	} else if (value) {
		value->rank = b->rank;
		tree_replace(old, value);
	} else {
		tree_remove(list, old);
	}
}

/* Follows all but the last word of a path. NULL if it leads nowhere, which has been told. */
static struct tree *
reach(struct body *b, struct frame *f, node_id path, node_id *last, uint32_t *type)
{
	struct program *p = b->w->p;
	struct tree *at = b->at;
	uint32_t t = b->type;
	node_id word = path;

	for (; NODE_AT(p, word)->next; word = NODE_AT(p, word)->next) {
		atom key = word_key(b, f, word, t);
		struct tree *inner;

		if (!key && !(NODE_AT(p, word)->flags & FLAG_INDEX))
			return NULL;
		t = word_type(p, t, word);
		inner = descend(b, f, at, word, key, t);
		if (!inner) {
			patch_nowhere(b, at, word);
			return NULL;
		}
		at = inner;
	}
	*last = word;
	*type = t;
	return at;
}

/* --- statements --- */

static bool
is_reference_word(const struct program *p, uint32_t type, node_id word)
{
	return TYPE_AT(p, type)->kind == TYPE_STRUCT && TYPE_AT(p, type)->refers &&
		NODE_AT(p, word)->a == p->words_.to;
}

/* What reads the tree later points at the same user's text as the tree does. */
static void
mark_tree(struct tree *t, node_id src)
{
	t->mark = t->mark ? t->mark : src;
	for (struct tree *c = t->first; c; c = c->next)
		mark_tree(c, src);
}

static struct tree *
written_value(struct body *b, struct frame *f, node_id n, uint32_t type, struct value *v)
{
	struct world *w = b->w;
	node_id path = NODE_AT(w->p, n)->kid[0], last = path;
	struct origin origin;
	struct tree *t;

	while (NODE_AT(w->p, last)->next)
		last = NODE_AT(w->p, last)->next;
	*v = eval_expr(w, f, NODE_AT(w->p, n)->kid[1]);
	if (v->kind == VALUE_OPEN)
		*v = open_report(w, v, n);
	if (v->incomplete)
		*v = value_poison();
	*v = coerce(w, f, type, *v, n,
		NODE_AT(w->p, last)->kind == NODE_INTERP
			? "value"
			: program_text(w->p, NODE_AT(w->p, last)->a));
	if (value_is_poison(v)) {
		BUILDING_AT(w, b->object)->poisoned = true;
		return NULL;
	}
	origin = origin_of(w, f, v, n, b->reason);
	t = value_tree(w, v, &origin);
	if (t)
		mark_tree(t, origin_src(w, f, v, n));
	if (t && v->kind == VALUE_OBJECT)
		refer(w, b->object, v->as.id, origin);
	if (t && NODE_AT(w->p, n)->op == OP_ADD)
		t->flags |= TREE_ADDS;
	return t;
}

static uint32_t
path_type(struct body *b, node_id path, uint32_t *holder)
{
	uint32_t t = b->type;

	for (node_id w = path; w; w = NODE_AT(b->w->p, w)->next) {
		*holder = t;
		if (NODE_AT(b->w->p, w)->aux && TYPE_AT(b->w->p, t)->kind == TYPE_MAP)
			t = TYPE_ID(LABEL_AT(b->w->p, NODE_AT(b->w->p, w)->aux)->type);
		else
			t = word_type(b->w->p, t, w);
	}
	return t;
}

/* `label K of T : ref Gateway in KEY`: what lies in another namespace is named together with it. */
static void
write_namespace(struct body *b, struct frame *f, struct tree *at, uint32_t label,
	const struct value *v, node_id n)
{
	struct world *w = b->w;
	atom key = LABEL_AT(w->p, label)->namespace_key;
	const struct object *target = graph_object(w->g, v->as.id);
	struct value name = value_text(target->namespace, v->src);
	struct origin origin = origin_of(w, f, v, n, b->reason);

	if (key && target->namespace &&
		target->namespace != graph_object(w->g, b->object)->namespace)
		write_value(b, at, key, TYPE_T(TEXT), value_tree(w, &name, &origin));
}

static void
run_field(struct body *b, struct frame *f, node_id n)
{
	struct world *w = b->w;
	node_id path = NODE_AT(w->p, n)->kid[0], last;
	uint32_t holder = b->type, type = path_type(b, path, &holder);
	struct value v;
	struct tree *t, *at;
	atom key;

	last = path;
	while (NODE_AT(w->p, last)->next)
		last = NODE_AT(w->p, last)->next;
	if (is_reference_word(w->p, holder, last)) {
		v = eval_expr(w, f, NODE_AT(w->p, n)->kid[1]);
		if (value_is_poison(&v))
			BUILDING_AT(w, b->object)->poisoned = true;
		if (v.kind != VALUE_OBJECT)
			return;
		at = reach(b, f, path, &last, &holder);
		if (at)
			write_reference(w, b->object, f, at, holder, &v, n, b->reason);
		return;
	}
	t = written_value(b, f, n, type, &v);
	if (!t && !(b->patch && NODE_AT(w->p, NODE_AT(w->p, n)->kid[1])->kind == NODE_ABSENT))
		return;
	at = reach(b, f, path, &last, &holder);
	if (at && NODE_AT(w->p, last)->flags & FLAG_INDEX) {
		write_numbered(b, at, last, t);
		return;
	}
	key = at ? word_key(b, f, last, holder) : 0;
	if (!key)
		return;
	if (!t)
		tree_remove(at, tree_find(at, key));
	else
		write_value(b, at, key, type, t);
	if (v.kind == VALUE_OBJECT && NODE_AT(w->p, last)->aux &&
		TYPE_AT(w->p, holder)->kind == TYPE_MAP)
		write_namespace(b, f, at, NODE_AT(w->p, last)->aux, &v, n);
}

/* `ports "http" { ... }`: the label is the entry's key; NULL if it has none, or no value. */
static struct tree *
entry_key(struct body *b, struct frame *f, node_id n, const struct type *t,
	const struct tree *entry, bool *ok)
{
	struct world *w = b->w;
	node_id label = NODE_AT(w->p, n)->kid[1];
	struct tree *key = NULL;

	*ok = true;
	if (label && t->count) {
		struct value v = NODE_AT(w->p, label)->kind == NODE_WORD
			? value_text(NODE_AT(w->p, label)->a, 0)
			: eval_expr(w, f, label);

		key = value_tree(w, &v, &entry->origin);
		*ok = key != NULL;
	}
	if (key)
		key->key = WORD_AT(w->p, t->first);
	return key;
}

/* The entry of a keyed list whose key is this. */
static struct tree *
entry_of_key(const struct tree *list, const struct tree *key)
{
	for (struct tree *c = list->first; c; c = c->next) {
		const struct tree *k = c->kind == TREE_MAP ? tree_find(c, key->key) : NULL;

		if (k && tree_equal(k, key))
			return c;
	}
	return NULL;
}

/* A list that a body adds an entry to. A patch writes into the entry that is there. */
static void
run_entry(struct body *b, struct frame *f, node_id n, struct tree *list, uint32_t type)
{
	struct world *w = b->w;
	const struct type *t = TYPE_AT(w->p, type);
	struct body inner = *b;
	struct tree *entry = tree_new(w->g, TREE_MAP), *key, *there;
	bool ok;

	entry->origin = origin_of(w, f, NULL, n, b->reason);
	entry->rank = b->rank;
	entry->mark = n; /* the statement: it never adds an equal entry twice */
	inner.at = entry;
	inner.type = t->elem;
	inner.patch = false;
	key = entry_key(b, f, n, t, entry, &ok);
	if (!ok)
		return;
	there = key && b->patch ? entry_of_key(list, key) : NULL;
	if (there) {
		inner.at = there;
		inner.patch = true;
		run_list(&inner, f, NODE_AT(w->p, n)->kid[3]);
		return;
	}
	if (key)
		tree_add(entry, key);
	run_list(&inner, f, NODE_AT(w->p, n)->kid[3]);
	merge_entry(w, b->object, list, entry, type, b->patch);
}

/* `portLevelMtls "8080" { ... }`: the label is a key of a map. */
static void
run_keyed(struct body *b, struct frame *f, node_id n, struct tree *map, uint32_t type)
{
	struct world *w = b->w;
	struct body inner = *b;
	bool ok;
	atom key = object_block_label(w, f, n, &ok);

	if (ok)
		key = fitting_key(b, f, type, value_text(key, 0), n);
	if (!ok || !key)
		return;
	inner.at = tree_find(map, key);
	if (!inner.at) {
		inner.at = tree_new(w->g, TREE_MAP);
		inner.at->key = key;
		inner.at->origin = origin_of(w, f, NULL, n, b->reason);
		tree_add(map, inner.at);
	}
	inner.type = TYPE_AT(w->p, type)->elem;
	run_list(&inner, f, NODE_AT(w->p, n)->kid[3]);
}

static void
run_block(struct body *b, struct frame *f, node_id n)
{
	struct world *w = b->w;
	node_id path = NODE_AT(w->p, n)->kid[0], last;
	uint32_t holder, type;
	struct body inner = *b;
	struct tree *at = reach(b, f, path, &last, &holder), *child;
	atom key = at ? word_key(b, f, last, holder) : 0;
	bool by_number, made;

	if (!at)
		return;
	by_number = NODE_AT(w->p, last)->flags & FLAG_INDEX;
	if (!key && !by_number)
		return;
	type = word_type(w->p, holder, last);
	made = !by_number && !tree_find(at, key);
	child = descend(b, f, at, last, key, type);
	if (!child) {
		patch_nowhere(b, at, last);
		return;
	}
	if (TYPE_AT(w->p, type)->kind == TYPE_LIST) {
		run_entry(b, f, n, child, type);
		return;
	}
	if (NODE_AT(w->p, n)->kid[1]) {
		run_keyed(b, f, n, child, type);
		return;
	}
	inner.at = child;
	inner.type = type;
	run_list(&inner, f, NODE_AT(w->p, n)->kid[3]);
	/* A struct appears when something is written into it; a map that is written empty is
	 * empty. */
	if (made && !child->count &&
		(TYPE_AT(w->p, type)->kind == TYPE_STRUCT || NODE_AT(w->p, n)->kid[3]))
		tree_remove(at, child);
}

static bool
run_loop_body(struct world *w, struct frame *f, void *data)
{
	struct body *b = data;

	run_list(b, f, NODE_AT(w->p, CONTEXT_AT(w->p, f->context)->node)->kid[2]);
	return !w->stopped;
}

static void
run_if(struct body *b, struct frame *f, node_id n)
{
	struct world *w = b->w;
	bool poisoned, holds;
	node_id src;
	struct frame *inner;

	holds = eval_condition(w, f, NODE_AT(w->p, n)->kid[0], &poisoned, &src);
	if (poisoned) {
		BUILDING_AT(w, b->object)->poisoned = true;
		return;
	}
	inner = frame_new(w, 0, f);
	inner->src = src;
	run_list(b, inner, holds ? NODE_AT(w->p, n)->kid[1] : NODE_AT(w->p, n)->kid[2]);
}

static void
run_statement(struct body *b, struct frame *f, node_id n)
{
	if (NODE_AT(b->w->p, n)->flags & (FLAG_FAILED | FLAG_BROKEN)) {
		BUILDING_AT(b->w, b->object)->poisoned = true;
		return;
	}
	switch ((enum node_kind)NODE_AT(b->w->p, n)->kind) {
	case NODE_FIELD:
		run_field(b, f, n);
		break;
	case NODE_BLOCK:
		run_block(b, f, n);
		break;
	case NODE_FOR:
		if (!eval_for(b->w, f, NODE_AT(b->w->p, n)->ref, run_loop_body, b))
			BUILDING_AT(b->w, b->object)->poisoned = true;
		break;
	case NODE_IF:
		run_if(b, f, n);
		break;
	default:
		break;
	}
}

static atom
body_reason(struct body *b, struct frame *f, node_id first)
{
	struct world *w = b->w;

	for (node_id n = first; n; n = NODE_AT(w->p, n)->next)
		if (NODE_AT(w->p, n)->kind == NODE_BECAUSE) {
			struct value v = eval_expr(w, f, NODE_AT(w->p, n)->kid[0]);

			return v.kind == VALUE_TEXT ? v.as.text.a : b->reason;
		}
	return b->reason;
}

static void
run_list(struct body *b, struct frame *f, node_id first)
{
	struct world *w = b->w;
	struct body inner = *b;
	uint32_t scope = first ? NODE_AT(w->p, first)->aux : 0;

	if (scope && CONTEXT_AT(w->p, scope)->node == 0 && f->context != scope)
		f = frame_new(w, scope, f);
	inner.reason = body_reason(b, f, first);
	for (node_id n = first; n && !w->stopped; n = NODE_AT(w->p, n)->next)
		run_statement(&inner, f, n);
}

void
body_run(struct world *w, uint32_t object, struct frame *f, node_id n, uint8_t rank, bool added)
{
	struct building *o = BUILDING_AT(w, object);
	uint32_t type = RTYPE_AT(w->p, o->kind)->body;
	struct tree *target = added ? o->added : o->root;
	struct body b = { w, object, rank, rank == RANK_PATCH, NULL, type, 0 };

	b.at = b.patch ? target : tree_new(w->g, TREE_MAP);
	run_list(&b, f, NODE_AT(w->p, n)->kid[3]);
	if (!b.patch)
		merge_map(w, object, target, b.at, type);
}
