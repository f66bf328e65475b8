/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects in two steps: first all that exist, with their names, so that references can be written; then their bodies. Each run of a statement
 * makes a tree of its own, which is merged into its object: maps by key, keyed lists by their keys, other lists entry by entry. What two
 * statements say differently is a conflict; only a patch overrides.
 */
#include "eval/object.h"

#include <string.h>
#include "base/mem.h"
#include "base/suggest.h"
#include "check/checker.h"
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
		const struct building *b = BUILDING_AT(w, o - 1);

		if (!o || (b->kind == kind && b->label == label && b->owner == owner))
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

static atom
block_label(struct world *w, struct frame *f, node_id n, bool *ok)
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

struct origin
origin_of(struct world *w, struct frame *f, const struct value *v, node_id node, atom reason)
{
	struct origin o = { { 0, 0, 0 }, { 0, 0, 0 }, reason };
	node_id src = v && v->src ? v->src : node && is_user_node(w, node) ? node : frame_src(f);

	struct value at = { .kind = VALUE_ABSENT, .src = src };

	o.user = place_of(w, f, &at);
	o.library = node ? NODE_AT(w->p, node)->span : o.user;
	return o;
}

/* A name or namespace: evaluated in a frame of the statement, text. */
static bool
name_part(struct world *w, struct frame *f, node_id expr, uint32_t type, const char *what, struct value *out)
{
	*out = value_absent();
	if (!expr)
		return true;
	*out = coerce(w, f, type, eval_expr(w, f, expr), expr, what);
	return out->kind == VALUE_TEXT;
}

static struct frame *
object_frame(struct world *w, const struct object_statement *s, struct frame *up)
{
	struct frame *f = frame_new(w, s->context, up);
	node_id body = NODE_AT(w->p, s->node)->kid[3];

	f->src = is_user_node(w, s->node) ? s->node : 0;
	return body && NODE_AT(w->p, body)->aux ? frame_new(w, NODE_AT(w->p, body)->aux, f) : f;
}

static struct value
owner_of_block(struct world *w, struct frame *f, node_id n)
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
	x->namespace = namespace_->kind == VALUE_TEXT && (kind->namespaced || kind->form == FORM_VALUES) ? namespace_->as.text.a : 0;
}

static void
two_identities(struct world *w, uint32_t a, uint32_t b)
{
	const struct object *x = graph_object(w->g, b);
	struct value at = { .kind = VALUE_ABSENT, .src = 0 };
	struct diag *g = world_fault(w, BUILDING_AT(w, b)->frame, EGM0201, &at, BUILDING_AT(w, b)->head, "two objects are %s `%s%s%s`",
				     program_text(w->p, x->kind), program_text(w->p, x->namespace), x->namespace ? "/" : "",
				     program_text(w->p, x->name));

	diag_label(&w->p->diags, g, graph_object(w->g, a)->origin.user, "the other comes from here");
	BUILDING_AT(w, b)->poisoned = true;
}

static bool
same_name(const struct object *a, const struct object *b)
{
	return a->kind == b->kind && a->namespace == b->namespace && a->name == b->name;
}

/* The object that claimed this name first, or the key under which to claim it. */
static uint32_t
first_of_name(struct world *w, const struct object *x, uint64_t *key)
{
	*key = hash_mix(hash_mix(hash_mix(x->kind, x->namespace), x->name), 13);
	for (;; *key = hash_mix(*key, 13)) {
		uint32_t other = table64_get(w->object_names, *key);

		if (!other || same_name(graph_object(w->g, other - 1), x))
			return other;
	}
}

static void
claim_name(struct world *w, uint32_t o)
{
	uint64_t key;
	uint32_t other = first_of_name(w, graph_object(w->g, o), &key);

	/* An assumed object may be assumed by several statements; two of them are one object for every reader. */
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
	struct value owner = owner_of_block(w, up, s->node), name, namespace_;
	struct frame *f;
	bool ok, fine;
	atom label = block_label(w, up, s->node, &ok);
	uint32_t o;

	if (owner.kind != VALUE_RECORD || !ok)
		return;
	if (w->objects.count >= WORLD_OBJECTS_MAX) {
		w->stopped = true;
		world_fault(w, up, EGM0501, &owner, s->node, "more than %u objects", WORLD_OBJECTS_MAX);
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
	fine = name_part(w, f, s->name, TYPE_T(DOMAIN), "metadata.name", &name);
	fine &= name_part(w, f, s->namespace_, TYPE_T(DNS_LABEL), "metadata.namespace", &namespace_);
	graph_object(w->g, o)->origin = origin_of(w, f, &owner, s->node, 0);
	if (!fine) {
		BUILDING_AT(w, o)->poisoned = true;
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

		if ((c->mode != BLOCK_PLAIN && c->mode != BLOCK_ASSUME) || RTYPE_AT(w->p, c->rtype)->after_crossing != after_crossing)
			continue;
		up = record_instances(w, c->parent);
		for (uint32_t i = 0; i < up->count && !w->stopped; i++)
			make_object(w, &statement, up->items[i]);
	}
}

/* --- values as trees --- */

static struct tree *
scalar(struct world *w, enum scalar_kind kind, atom text, atom todo)
{
	struct tree *t = tree_new(w->g, TREE_SCALAR);

	t->scalar = (uint8_t)kind;
	t->text = text;
	t->todo = todo;
	return t;
}

static atom
shown(struct world *w, const struct value *v)
{
	struct str s = STR_INIT;
	atom a;

	value_print(w, v, &s);
	a = atom_of(&w->p->atoms, str_text(&s), v->kind == VALUE_PERCENT ? s.len - 1 : s.len);
	str_release(&s);
	return a;
}

static void
list_items(struct world *w, struct tree *list, const struct value *v, const struct origin *origin)
{
	struct iter it;
	struct value x;

	iter_begin(w, &it, v);
	while (iter_next(w, &it, &x)) {
		struct tree *t = value_tree(w, &x, origin);

		if (t)
			tree_add(list, t);
	}
}

struct tree *
value_tree(struct world *w, const struct value *v, const struct origin *origin)
{
	struct tree *t;

	switch ((enum value_kind)v->kind) {
	case VALUE_TEXT:
		t = scalar(w, SCALAR_TEXT, v->as.text.a, v->as.text.todo);
		break;
	case VALUE_INT:
		t = scalar(w, SCALAR_INT, shown(w, v), 0);
		break;
	case VALUE_BOOL:
		t = scalar(w, SCALAR_BOOL, shown(w, v), 0);
		break;
	case VALUE_PERCENT:
		t = scalar(w, v->as.n % 1000 ? SCALAR_NUMBER : SCALAR_INT, shown(w, v), 0);
		break;
	case VALUE_DURATION:
	case VALUE_VERSION:
		t = scalar(w, SCALAR_TEXT, shown(w, v), 0);
		break;
	case VALUE_OBJECT:
		t = scalar(w, SCALAR_TEXT, graph_object(w->g, v->as.id)->name, 0);
		break;
	case VALUE_MAP:
		t = tree_new(w->g, TREE_MAP);
		for (uint32_t i = 0; i < v->as.map->count; i++) {
			struct tree *c = value_tree(w, &v->as.map->entries[i].value, origin);

			if (!c)
				continue;
			c->key = v->as.map->entries[i].key;
			tree_add(t, c);
		}
		break;
	case VALUE_LIST:
	case VALUE_CHILDREN:
	case VALUE_SET:
	case VALUE_WORDS:
		t = tree_new(w->g, TREE_LIST);
		list_items(w, t, v, origin);
		break;
	case VALUE_TREE:
		return tree_copy(w->g, v->as.tree);
	default:
		return NULL;
	}
	t->origin = *origin;
	t->mark = v->src;
	return t;
}

static int64_t
digits(const char *s)
{
	int64_t n = 0, sign = *s == '-' ? -1 : 1;

	for (s += *s == '-'; *s >= '0' && *s <= '9'; s++)
		n = n * 10 + (*s - '0');
	return sign * n;
}

struct value
tree_value(struct world *w, const struct tree *t, uint32_t type)
{
	struct value v = { .kind = VALUE_TREE, .src = t->mark };
	const char *text;
	int64_t n;

	(void)type;
	if (t->kind != TREE_SCALAR) {
		v.as.tree = (struct tree *)t;
		return v;
	}
	text = atom_text(&w->p->atoms, t->text);
	switch ((enum scalar_kind)t->scalar) {
	case SCALAR_INT:
		if (type && TYPE_AT(w->p, type)->kind == TYPE_SCALAR && TYPE_AT(w->p, type)->scalar == SCALAR_TYPE_PERCENT)
			break;
		return value_int(digits(text), t->mark);
	case SCALAR_BOOL:
		return value_bool(text[0] == 't', t->mark);
	default:
		break;
	}
	if (t->scalar != SCALAR_TEXT && percent_parse(text, strlen(text), &n)) {
		v.kind = VALUE_PERCENT;
		v.as.n = n;
		return v;
	}
	return value_text(t->text, t->mark);
}

/* --- bodies --- */

/* Where a body writes: a map or struct under construction. */
struct body {
	struct world *w;
	uint32_t object;
	uint8_t rank;
	bool patch;          /* writes into the object itself: overrides, may index lists */
	struct tree *at;
	uint32_t type;
	atom reason;
};

static void run_list(struct body *b, struct frame *f, node_id first);

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

/* The map (or entry) behind one word, made if it is not there. NULL where a patch points nowhere. */
static struct tree *
descend(struct body *b, struct tree *at, node_id word, uint32_t type)
{
	struct world *w = b->w;
	const struct node *n = NODE_AT(w->p, word);
	struct tree *t;

	if (n->flags & FLAG_INDEX)
		return nth(at, n->n);
	t = tree_find(at, n->a);
	if (!t) {
		uint8_t kind = TYPE_AT(w->p, type)->kind;

		t = tree_new(w->g, kind == TYPE_LIST || kind == TYPE_SET ? TREE_LIST : TREE_MAP);
		t->key = n->a;
		t->origin = origin_of(w, NULL, NULL, word, b->reason);
		t->rank = b->rank;
		tree_add(at, t);
	}
	return t;
}

static void
patch_nowhere(struct body *b, node_id word)
{
	struct value at = { .kind = VALUE_ABSENT, .src = word };

	world_fault(b->w, NULL, EGM0204, &at, 0, "there is no entry %lld here", (long long)NODE_AT(b->w->p, word)->n);
}

void
report_conflict(struct world *w, uint32_t object, const struct tree *old, const struct tree *new, const char *path)
{
	struct diags *d = &w->p->diags;
	const struct object *o = graph_object(w->g, object);
	bool old_user = old->origin.library.file == old->origin.user.file && old->origin.library.start == old->origin.user.start;
	const struct tree *first = old_user ? old : new, *second = old_user ? new : old;
	struct diag *g = diag_add(d, EGM0301, first->origin.user, "two values for %s in %s `%s`", path, program_text(w->p, o->kind),
				  program_text(w->p, o->name));

	diag_here(d, g, "%s here", first->kind == TREE_SCALAR ? program_text(w->p, first->text) : "this here");
	diag_label(d, g, second->origin.library, "%s here", second->kind == TREE_SCALAR ? program_text(w->p, second->text) : "that here");
	if (memcmp(&second->origin.user, &second->origin.library, sizeof second->origin.user) && second->origin.user.file)
		diag_label(d, g, second->origin.user, "because of this");
	diag_line(d, g, LINE_HELP, "a `patch` overrides what the library writes");
}

static void
write_value(struct body *b, struct tree *at, node_id word, uint32_t type, struct tree *value)
{
	struct tree *old = tree_find(at, NODE_AT(b->w->p, word)->a);

	value->key = NODE_AT(b->w->p, word)->a;
	value->rank = b->rank;
	if (!old) {
		tree_add(at, value);
	} else if (value->flags & TREE_ADDS && old->kind == TREE_LIST) {
		append_items(old, value, TYPE_AT(b->w->p, type)->kind == TYPE_SET);
	} else if (b->patch) {
		tree_replace(old, value);
	} else if (!tree_equal(old, value)) {
		report_conflict(b->w, b->object, old, value, program_text(b->w->p, value->key));
	}
}

/* Follows all but the last word of a path. */
static struct tree *
reach(struct body *b, node_id path, node_id *last, uint32_t *type)
{
	struct program *p = b->w->p;
	struct tree *at = b->at;
	uint32_t t = b->type;
	node_id word = path;

	for (; NODE_AT(p, word)->next; word = NODE_AT(p, word)->next) {
		t = word_type(p, t, word);
		at = descend(b, at, word, t);
		if (!at) {
			patch_nowhere(b, word);
			return NULL;
		}
	}
	*last = word;
	*type = t;
	return at;
}

/* --- references --- */

static void
put_text(struct world *w, struct tree *at, atom key, atom text, const struct origin *origin)
{
	struct tree *t = tree_find(at, key);

	if (t)
		return;
	t = scalar(w, SCALAR_TEXT, text, 0);
	t->key = key;
	t->origin = *origin;
	tree_add(at, t);
}

static atom
group_of(struct world *w, atom api_version)
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
leaves_namespace(struct world *w, struct frame *f, uint32_t from, uint32_t to, const struct value *v, node_id node)
{
	const struct object *a = graph_object(w->g, from), *b = graph_object(w->g, to);

	world_fault(w, f, EGM0206, v, node, "%s `%s/%s` can refer only to objects of its own namespace, and %s `%s` lies in `%s`",
		    program_text(w->p, a->kind), program_text(w->p, a->namespace), program_text(w->p, a->name), program_text(w->p, b->kind),
		    program_text(w->p, b->name), program_text(w->p, b->namespace));
}

/* `to = Service of a` in a struct that `refers to`: its parts are filled in. */
static void
write_reference(struct body *b, struct frame *f, struct tree *at, uint32_t struct_type, const struct value *v, node_id node)
{
	struct world *w = b->w;
	const struct refers *r = REFERS_AT(w->p, TYPE_AT(w->p, struct_type)->refers);
	const struct object *self = graph_object(w->g, b->object), *target = graph_object(w->g, v->as.id);
	struct origin origin = origin_of(w, f, v, node, b->reason);
	struct crossing crossing = { b->object, v->as.id, r->across };
	const struct words *x = &w->p->words_;
	bool other = target->namespace && self->namespaced && target->namespace != self->namespace;

	if (BUILDING_AT(w, v->as.id)->poisoned)
		return;
	if (r->has_group)
		put_text(w, at, x->group, group_of(w, api_version_of(w, v->as.id)), &origin);
	if (r->has_kind)
		put_text(w, at, x->kind, target->kind, &origin);
	put_text(w, at, x->name, target->name, &origin);
	if (r->has_namespace && target->namespace && (other || !self->namespaced))
		put_text(w, at, x->namespace, target->namespace, &origin);
	else if (!r->has_namespace && other)
		leaves_namespace(w, f, b->object, v->as.id, v, node);
	if (other && r->across)
		vec_push(&w->crossings, &crossing);
	refer(w, b->object, v->as.id, origin);
}

/* --- statements --- */

static bool
is_reference_word(const struct program *p, uint32_t type, node_id word)
{
	return TYPE_AT(p, type)->kind == TYPE_STRUCT && TYPE_AT(p, type)->refers && NODE_AT(p, word)->a == p->words_.to;
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
	*v = coerce(w, f, type, *v, n, program_text(w->p, NODE_AT(w->p, last)->a));
	if (value_is_poison(v)) {
		BUILDING_AT(w, b->object)->poisoned = true;
		return NULL;
	}
	origin = origin_of(w, f, v, n, b->reason);
	t = value_tree(w, v, &origin);
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

static void
run_field(struct body *b, struct frame *f, node_id n)
{
	struct world *w = b->w;
	node_id path = NODE_AT(w->p, n)->kid[0], last;
	uint32_t holder = b->type, type = path_type(b, path, &holder);
	struct value v;
	struct tree *t, *at;

	last = path;
	while (NODE_AT(w->p, last)->next)
		last = NODE_AT(w->p, last)->next;
	if (is_reference_word(w->p, holder, last)) {
		v = eval_expr(w, f, NODE_AT(w->p, n)->kid[1]);
		if (value_is_poison(&v))
			BUILDING_AT(w, b->object)->poisoned = true;
		if (v.kind != VALUE_OBJECT)
			return;
		at = reach(b, path, &last, &holder);
		if (at)
			write_reference(b, f, at, holder, &v, n);
		return;
	}
	t = written_value(b, f, n, type, &v);
	if (!t && !(b->patch && NODE_AT(w->p, NODE_AT(w->p, n)->kid[1])->kind == NODE_ABSENT))
		return;
	at = reach(b, path, &last, &holder);
	if (!at)
		return;
	if (!t)
		tree_remove(at, NODE_AT(w->p, last)->a);
	else
		write_value(b, at, last, type, t);
}

/* A list that a body adds an entry to. */
static void
run_entry(struct body *b, struct frame *f, node_id n, struct tree *list, uint32_t type)
{
	struct world *w = b->w;
	const struct type *t = TYPE_AT(w->p, type);
	struct body inner = *b;
	node_id label = NODE_AT(w->p, n)->kid[1];
	struct tree *entry = tree_new(w->g, TREE_MAP);

	entry->origin = origin_of(w, f, NULL, n, b->reason);
	entry->rank = b->rank;
	entry->mark = n; /* the statement: it never adds an equal entry twice */
	inner.at = entry;
	inner.type = t->elem;
	inner.patch = false;
	if (label && t->count) {
		struct value v = NODE_AT(w->p, label)->kind == NODE_WORD ? value_text(NODE_AT(w->p, label)->a, 0) : eval_expr(w, f, label);
		struct tree *key = value_tree(w, &v, &entry->origin);

		if (!key)
			return;
		key->key = WORD_AT(w->p, t->first);
		tree_add(entry, key);
	}
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
	atom key = block_label(w, f, n, &ok);

	inner.at = ok ? tree_find(map, key) : NULL;
	if (ok && !inner.at) {
		inner.at = tree_new(w->g, TREE_MAP);
		inner.at->key = key;
		inner.at->origin = origin_of(w, f, NULL, n, b->reason);
		tree_add(map, inner.at);
	}
	inner.type = type;
	if (ok)
		run_list(&inner, f, NODE_AT(w->p, n)->kid[3]);
}

static void
run_block(struct body *b, struct frame *f, node_id n)
{
	struct world *w = b->w;
	node_id path = NODE_AT(w->p, n)->kid[0], last;
	uint32_t holder, type;
	struct body inner = *b;
	struct tree *at = reach(b, path, &last, &holder), *child;
	bool made;

	if (!at)
		return;
	type = word_type(w->p, holder, last);
	made = !(NODE_AT(w->p, last)->flags & FLAG_INDEX) && !tree_find(at, NODE_AT(w->p, last)->a);
	child = descend(b, at, last, type);
	if (!child) {
		patch_nowhere(b, last);
		return;
	}
	if (TYPE_AT(w->p, type)->kind == TYPE_LIST) {
		run_entry(b, f, n, child, type);
		return;
	}
	if (NODE_AT(w->p, n)->kid[1]) {
		run_keyed(b, f, n, child, TYPE_AT(w->p, type)->elem);
		return;
	}
	inner.at = child;
	inner.type = type;
	run_list(&inner, f, NODE_AT(w->p, n)->kid[3]);
	/* A struct appears when something is written into it; a map that is written empty is empty. */
	if (made && !child->count && (TYPE_AT(w->p, type)->kind == TYPE_STRUCT || NODE_AT(w->p, n)->kid[3]))
		tree_remove(at, child->key);
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

/* Runs a statement's body for one object and merges what it made. */
static void
run_body(struct world *w, uint32_t object, struct frame *f, node_id n, uint8_t rank, bool added)
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

static void
extend_missing(struct world *w, struct frame *f, node_id n, uint32_t kind, const struct value *owner, atom label)
{
	if (*VEC_AT(&w->rtype_incomplete, bool, RECORD_AT(w, owner->as.id)->rtype))
		return;
	world_fault(w, f, EGM0202, owner, n, "there is no %s%s%s of `%s` to extend", program_text(w->p, RTYPE_AT(w->p, kind)->name),
		    label ? " " : "", program_text(w->p, label), program_text(w->p, RECORD_AT(w, owner->as.id)->label));
}

static void
run_extend(struct world *w, const struct object_statement *s, struct frame *up)
{
	const struct context *c = CONTEXT_AT(w->p, s->context);
	struct value owner = owner_of_block(w, up, s->node);
	bool ok;
	atom label = block_label(w, up, s->node, &ok);
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
	run_body(w, o - 1, f, s->node, rank, false);
	if (!BUILDING_AT(w, o - 1)->assumed)
		return;
	if (!BUILDING_AT(w, o - 1)->added)
		BUILDING_AT(w, o - 1)->added = tree_new(w->g, TREE_MAP);
	BUILDING_AT(w, o - 1)->extended = true;
	run_body(w, o - 1, f, s->node, rank, true);
}

static void
run_plain(struct world *w, const struct object_statement *s, struct frame *up)
{
	struct value owner = owner_of_block(w, up, s->node);
	const struct context *c = CONTEXT_AT(w->p, s->context);
	bool ok;
	atom label = block_label(w, up, s->node, &ok);
	uint32_t o;
	struct frame *f;

	if (owner.kind != VALUE_RECORD || !ok)
		return;
	o = object_find(w, c->rtype, label, owner.as.id);
	if (!o || BUILDING_AT(w, o - 1)->poisoned)
		return;
	f = object_frame(w, s, up);
	f->object = o;
	run_body(w, o - 1, f, s->node, c->rank, false);
}

static void
run_bodies(struct world *w, bool after_crossing)
{
	for (uint32_t s = 1; s < w->p->objects.count && !w->stopped; s++) {
		struct object_statement statement = *OBJECT_AT(w->p, s);
		struct context c = *CONTEXT_AT(w->p, statement.context);
		struct instances *up;

		if (RTYPE_AT(w->p, c.rtype)->after_crossing != after_crossing || NODE_AT(w->p, statement.node)->kind == NODE_PATCH)
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

static void
patch_nothing(struct world *w, node_id n, uint32_t kind)
{
	struct program *p = w->p;
	const struct node *x = NODE_AT(p, n);
	atom name = NODE_AT(p, x->kid[1])->a, ns = x->kid[2] ? NODE_AT(p, x->kid[2])->a : 0;
	struct value at = { .kind = VALUE_ABSENT, .src = x->kid[1] };
	struct diag *g = world_fault(w, NULL, EGM0204, &at, 0, "no object `%s %s`%s%s", program_text(p, RTYPE_AT(p, kind)->name),
				     program_text(p, name), ns ? " in " : "", program_text(p, ns));
	struct suggest s;

	diag_here(&p->diags, g, "matches nothing");
	suggest_init(&s, program_text(p, name), atom_len(&p->atoms, name));
	for (uint32_t o = 0; o < w->objects.count; o++)
		if (BUILDING_AT(w, o)->kind == kind && !BUILDING_AT(w, o)->assumed)
			suggest_offer(&s, program_text(p, graph_object(w->g, o)->name));
	if (s.best)
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

		if (BUILDING_AT(w, o)->kind != kind || x->name != name || (ns && x->namespace != ns) ||
		    (BUILDING_AT(w, o)->assumed && !BUILDING_AT(w, o)->extended))
			continue;
		found++;
		f = frame_new(w, s->context, up);
		f->object = o + 1;
		f->src = s->node;
		run_body(w, o, f, s->node, RANK_PATCH, false);
		if (BUILDING_AT(w, o)->assumed)
			run_body(w, o, f, s->node, RANK_PATCH, true);
	}
	if (!found)
		patch_nothing(w, s->node, kind);
}

static void
run_patches(struct world *w)
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

	set_slot(w, r, 0, group_of(w, api_version_of(w, c->from)));
	set_slot(w, r, 1, from->kind);
	set_slot(w, r, 2, from->namespace);
	set_slot(w, r, 3, from->name);
	set_slot(w, r, 4, group_of(w, api_version_of(w, c->to)));
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

		RECORD_AT(w, r)->user_head = graph_object(w->g, c->from)->origin.user.file ? frame_src(BUILDING_AT(w, c->from)->frame) : 0;
		fill_crossing(w, r, c);
	}
}

/* The grants come before what needs them: an edge from each reference to the object that the library made for its pair. */
static void
order_grants(struct world *w, uint32_t from)
{
	for (uint32_t o = from; o < w->objects.count; o++) {
		struct building *b = BUILDING_AT(w, o);

		for (uint32_t i = 0; i < w->crossings.count; i++) {
			const struct crossing *c = VEC_AT(&w->crossings, struct crossing, i);
			const struct object *x = graph_object(w->g, o);

			if (b->kind == c->across && x->namespace == graph_object(w->g, c->to)->namespace && c->from != o)
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

static void
include_document(struct world *w, struct tree *t)
{
	struct program *p = w->p;
	const struct words *x = &p->words_;
	atom kind_name = child_text(w, t, x->kind), api = child_text(w, t, x->apiVersion);
	const struct tree *metadata = t->kind == TREE_MAP ? tree_find(t, x->metadata) : NULL;
	atom name = child_text(w, metadata, x->name);
	uint32_t kind = program_symbol(p, kind_name).rtype, o;
	struct object *g;

	if (!kind_name || !api || !name) {
		diag_add(&p->diags, EGM0015, t->origin.user, "this document has no apiVersion, kind or metadata.name");
		return;
	}
	if (!strcmp(program_text(p, kind_name), "Secret")) {
		struct diag *d = diag_add(&p->diags, EGM0016, t->origin.user, "a Secret does not belong among manifests");

		diag_line(&p->diags, d, LINE_HELP, "refer to it by name; it is made where its key material is kept");
		return;
	}
	if (kind && (RTYPE_AT(p, kind)->form != FORM_KIND || group_of(w, api) != group_of(w, kind_api_version(w, kind))))
		kind = 0;
	o = object_new(w, kind, name, 0);
	BUILDING_AT(w, o)->included = true;
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
		vec_cut(&documents, 0);
		if (!yaml_read(w->g, &w->p->source, VEC_AT(&w->p->includes, struct include, i)->file, &w->p->diags, &documents))
			continue;
		for (uint32_t d = 0; d < documents.count; d++)
			include_document(w, *VEC_AT(&documents, struct tree *, d));
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
	run_bodies(w, false);
	make_crossings(w);
	first = w->objects.count;
	make_objects(w, true);
	run_bodies(w, true);
	order_grants(w, first);
	run_patches(w);
	if (!w->stopped)
		objects_finish(w);
}
