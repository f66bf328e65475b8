/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions of a checked program. Poison in, poison out; absent where the checker allowed it. A result keeps the first user-written
 * node that it depends on, operands left to right, so that a message about it can point there.
 */
#include <stdio.h>
#include <string.h>
#include "base/mem.h"
#include "check/builtin.h"
#include "eval/world.h"

static struct node *
node_at(const struct world *w, node_id n)
{
	return NODE_AT(w->p, n);
}

/* The node itself, if the user wrote it. */
static node_id
literal_src(const struct world *w, node_id n)
{
	return is_user_node(w, n) ? n : 0;
}

static node_id
first_src(node_id a, node_id b)
{
	return a ? a : b;
}

/* --- sets --- */

void
iter_begin(struct world *w, struct iter *it, const struct value *set)
{
	memset(it, 0, sizeof *it);
	it->set = *set;
	if (set->kind == VALUE_CHILDREN) {
		uint32_t choice = RTYPE_AT(w->p, set->as.pair.rtype)->choice;
		uint64_t key = pair_key(set->as.pair.owner, choice ? choice : set->as.pair.rtype);

		it->record = table64_get(w->children, key);
	} else if (set->kind == VALUE_SET) {
		it->count = VEC_AT(&w->sets, struct vec, set->as.id)->count;
	} else if (set->kind == VALUE_OBJECTS) {
		it->count = w->objects.count;
	} else if (set->kind == VALUE_TREE && set->as.tree->kind == TREE_LIST) {
		it->tree = set->as.tree->first;
	}
}

static bool
next_child(struct world *w, struct iter *it, struct value *out)
{
	while (it->record) {
		const struct record *r = RECORD_AT(w, it->record);
		uint32_t id = it->record;

		it->record = r->next_child;
		if (r->dropped || !record_is(w, id, it->set.as.pair.rtype))
			continue;
		*out = value_record(id, r->user_head);
		return true;
	}
	return false;
}

static bool
next_record(struct world *w, struct iter *it, struct value *out)
{
	const struct vec *set = VEC_AT(&w->sets, struct vec, it->set.as.id);

	while (it->at < it->count) {
		uint32_t id = *VEC_AT(set, uint32_t, it->at++);

		if (RECORD_AT(w, id)->dropped)
			continue;
		*out = value_record(id, RECORD_AT(w, id)->user_head);
		return true;
	}
	return false;
}

static bool
next_object(struct world *w, struct iter *it, struct value *out)
{
	while (it->at < it->count) {
		uint32_t id = it->at++;

		if (BUILDING_AT(w, id)->kind != it->set.as.id || BUILDING_AT(w, id)->poisoned || BUILDING_AT(w, id)->same_as)
			continue;
		memset(out, 0, sizeof *out);
		out->kind = VALUE_OBJECT;
		out->as.id = id;
		return true;
	}
	return false;
}

static bool
next_word(struct world *w, struct iter *it, struct value *out)
{
	const struct type *t = TYPE_AT(w->p, it->set.as.id);

	if (it->at >= t->count)
		return false;
	*out = value_text(WORD_AT(w->p, t->first + it->at++), it->set.src);
	return true;
}

static bool
next_tree(struct iter *it, struct value *out)
{
	if (!it->tree)
		return false;
	memset(out, 0, sizeof *out);
	out->kind = VALUE_TREE;
	out->as.tree = it->tree;
	it->tree = it->tree->next;
	return true;
}

bool
iter_next(struct world *w, struct iter *it, struct value *out)
{
	switch ((enum value_kind)it->set.kind) {
	case VALUE_LIST:
		if (it->at >= it->set.as.list->count)
			return false;
		*out = it->set.as.list->items[it->at++];
		return true;
	case VALUE_CHILDREN:
		return next_child(w, it, out);
	case VALUE_SET:
		return next_record(w, it, out);
	case VALUE_OBJECTS:
		return next_object(w, it, out);
	case VALUE_WORDS:
		return next_word(w, it, out);
	case VALUE_TREE:
		if (it->set.as.tree->kind == TREE_LIST)
			return next_tree(it, out);
		break;
	case VALUE_ABSENT:
	case VALUE_POISON:
		return false;
	default:
		break;
	}
	if (it->done) /* an optional value is a set of at most one */
		return false;
	it->done = true;
	*out = it->set;
	return true;
}

/* --- frames --- */

struct frame *
frame_new(struct world *w, uint32_t context, struct frame *up)
{
	uint32_t vars = CONTEXT_AT(w->p, context)->var_count;
	struct frame *f = arena_alloc(&w->arena, sizeof *f + vars * sizeof(struct value));

	f->context = context;
	f->up = up;
	f->record = up ? up->record : 0;
	f->object = up ? up->object : 0;
	return f;
}

static struct frame *
frame_of(struct frame *f, uint32_t context)
{
	while (f && f->context != context)
		f = f->up;
	return f;
}

static struct value
no_such(struct world *w, struct frame *f, const struct value *owner, uint32_t rtype, atom label, node_id n)
{
	if (!*VEC_AT(&w->rtype_incomplete, bool, rtype) && !RECORD_AT(w, owner->as.id)->poisoned)
		world_fault(w, f, EGM0202, owner, n, "there is no `%s%s%s` of `%s`", program_text(w->p, RTYPE_AT(w->p, rtype)->name),
			    label ? " " : "", program_text(w->p, label), program_text(w->p, RECORD_AT(w, owner->as.id)->label));
	return value_poison();
}

/* A handle becomes the object as soon as objects have their names. */
static struct value
settled(struct world *w, struct frame *f, struct value v)
{
	const struct handle *h = v.as.handle;
	struct value owner;
	uint32_t found;

	if (v.kind != VALUE_HANDLE || !w->objects_named)
		return v;
	found = object_find(w, h->kind, h->label, h->owner);
	owner = value_record(h->owner, v.src);
	if (!found)
		return no_such(w, f, &owner, h->kind, h->label, h->node);
	v.kind = VALUE_OBJECT;
	v.as.id = found - 1;
	return v;
}

static struct value
eval_var(struct world *w, struct frame *f, node_id n)
{
	const struct var *v = VAR_AT(w->p, node_at(w, n)->ref);
	struct frame *at = frame_of(f, v->context);

	if (!at)
		BUG("the variable %s has no frame", program_text(w->p, v->name));
	if (v->let && at->vars[v->slot].kind == VALUE_UNSET) {
		struct value x = eval_expr(w, at, v->let);

		at->vars[v->slot] = x;
	}
	return settled(w, f, at->vars[v->slot]);
}

/* --- records --- */

static struct value
eval_let_slot(struct world *w, uint32_t record, const struct member *m)
{
	struct slot *slot = record_slot(w, record, m);
	struct frame *f;

	if (slot->state == SLOT_SET)
		return slot->value;
	f = frame_new(w, m->context, NULL);
	f->record = record;
	f->src = RECORD_AT(w, record)->user_head;
	f->up = VEC_AT(&w->instances, struct instances, CONTEXT_AT(w->p, m->context)->parent)->items[0];
	struct value v = eval_expr(w, f, m->value);

	slot = record_slot(w, record, m);
	slot->value = v;
	slot->state = SLOT_SET;
	slot->node = m->decl;
	return v;
}

struct value
eval_slot(struct world *w, uint32_t record, uint32_t member)
{
	const struct member *m = MEMBER_AT(w->p, member);
	const struct record *r = RECORD_AT(w, record);
	struct value v;

	if (r->poisoned)
		return value_poison();
	if (m->form == MEMBER_CHILD) {
		memset(&v, 0, sizeof v);
		if (RTYPE_AT(w->p, m->child)->once) {
			struct value set = { .kind = VALUE_CHILDREN };
			struct iter it;

			set.as.pair.owner = record;
			set.as.pair.rtype = m->child;
			iter_begin(w, &it, &set);
			return iter_next(w, &it, &v) ? v : value_poison();
		}
		v.kind = VALUE_CHILDREN;
		v.as.pair.owner = record;
		v.as.pair.rtype = m->child;
		v.incomplete = *VEC_AT(&w->rtype_incomplete, bool, m->child);
		return v;
	}
	if (m->form == MEMBER_LET)
		return settled(w, NULL, eval_let_slot(w, record, m));
	v = record_slot(w, record, m)->value;
	return v.kind == VALUE_UNSET ? value_absent() : settled(w, NULL, v);
}

static struct value
once_record(struct world *w, uint32_t rtype)
{
	const struct vec *set = VEC_AT(&w->sets, struct vec, rtype);

	for (uint32_t i = 0; i < set->count; i++) {
		uint32_t id = *VEC_AT(set, uint32_t, i);

		if (!RECORD_AT(w, id)->dropped)
			return value_record(id, RECORD_AT(w, id)->user_head);
	}
	return value_poison();
}

static struct value
label_of(struct world *w, uint32_t record)
{
	const struct record *r = RECORD_AT(w, record);

	return value_text(r->label ? r->label : RTYPE_AT(w->p, r->rtype)->name, r->user_head);
}

static struct value
owner_value(struct world *w, uint32_t record, uint32_t rtype)
{
	uint32_t owner = record_owner(w, record, rtype);

	return owner ? value_record(owner, RECORD_AT(w, owner)->user_head) : value_poison();
}

static struct value
set_value(struct world *w, enum value_kind kind, uint32_t id)
{
	struct value v = { .kind = (uint8_t)kind };

	v.as.id = id;
	v.incomplete = kind == VALUE_SET && *VEC_AT(&w->rtype_incomplete, bool, id);
	return v;
}

static struct value
eval_name(struct world *w, struct frame *f, node_id n)
{
	const struct node *x = node_at(w, n);

	switch ((enum meaning)x->aux) {
	case MEANING_VAR:
		return eval_var(w, f, n);
	case MEANING_WORD:
		return value_text(x->a, literal_src(w, n));
	case MEANING_LABEL:
		return record_by_path(w, f, n);
	case MEANING_FIELD:
		return eval_slot(w, f->record, x->ref);
	case MEANING_OWNER:
		return owner_value(w, f->record, x->ref);
	case MEANING_NAME_OF:
		return label_of(w, f->record);
	case MEANING_ONCE:
		return once_record(w, x->ref);
	case MEANING_SET:
		return set_value(w, VALUE_SET, x->ref);
	case MEANING_OBJECTS:
		return set_value(w, VALUE_OBJECTS, x->ref);
	case MEANING_TABLE:
		return set_value(w, VALUE_TABLE, x->ref);
	case MEANING_WORDS:
		return set_value(w, VALUE_WORDS, x->ref);
	default:
		return value_poison();
	}
}

/* --- paths --- */

static struct value
record_dot(struct world *w, node_id n, const struct value *base)
{
	const struct node *x = node_at(w, n);
	uint32_t record = base->as.id, m = x->ref;
	struct value v;

	switch ((enum meaning)x->aux) {
	case MEANING_MEMBER:
		if (!m) /* several types: by name */
			m = program_member(w->p, RECORD_AT(w, record)->rtype, x->a);
		v = m ? eval_slot(w, record, m) : value_poison();
		break;
	case MEANING_OWNER_OF:
		v = owner_value(w, record, x->ref ? x->ref : program_symbol(w->p, x->a).rtype);
		break;
	case MEANING_CHILDREN:
		memset(&v, 0, sizeof v);
		v.kind = VALUE_CHILDREN;
		v.as.pair.owner = record;
		v.as.pair.rtype = x->ref;
		break;
	case MEANING_NAME_OF:
		v = label_of(w, record);
		break;
	default:
		v = value_poison();
	}
	return v;
}

static struct value
endpoint_dot(struct world *w, struct frame *f, node_id n, const struct value *base)
{
	atom a = base->as.text.a, word = node_at(w, n)->a;
	const char *text = atom_text(&w->p->atoms, a), *dot;
	size_t start, len;
	int64_t port;

	endpoint_split(text, atom_len(&w->p->atoms, a), &start, &len, &port);
	if (word == w->p->words_.port)
		return value_int(port, base->src);
	if (word == w->p->words_.host)
		return value_text(atom_of(&w->p->atoms, text + start, len), base->src);
	dot = memchr(text + start, '.', len);
	if (!dot) {
		world_fault(w, f, EGM0121, base, n, "`%s` does not name a Service: service.namespace:port is wanted", text);
		return value_poison();
	}
	size_t first = (size_t)(dot - text) - start, rest = len - first - 1;
	const char *end = memchr(dot + 1, '.', rest);

	if (word == w->p->words_.service)
		return value_text(atom_of(&w->p->atoms, text + start, first), base->src);
	return value_text(atom_of(&w->p->atoms, dot + 1, end ? (size_t)(end - dot) - 1 : rest), base->src);
}

static struct value
open_dot(struct world *w, struct value a, struct value b, void *data)
{
	node_id n = *(node_id *)data;

	(void)b;
	return eval_dot(w, NULL, n, a);
}

struct value
eval_dot(struct world *w, struct frame *f, node_id n, struct value base)
{
	const struct node *x = node_at(w, n);
	struct iter it;
	struct value one;

	if (base.kind == VALUE_CHILDREN || base.kind == VALUE_SET) {
		bool whole = !base.incomplete;

		iter_begin(w, &it, &base);
		if (!iter_next(w, &it, &one))
			return whole ? value_absent() : value_poison();
		base = one;
	}
	switch ((enum value_kind)base.kind) {
	case VALUE_ABSENT:
	case VALUE_POISON:
		return base;
	case VALUE_RECORD:
		return record_dot(w, n, &base);
	case VALUE_OBJECT:
		return object_path(w, base.as.id, n);
	case VALUE_MAP:
		return map_get(base.as.map, x->a);
	case VALUE_ROW:
		return row_cell(w, &base, x->ref, n);
	case VALUE_VERSION:
		return version_exact(w, &base, n);
	case VALUE_TEXT:
		return x->aux == MEANING_ENDPOINT_PART ? endpoint_dot(w, f, n, &base) : value_poison();
	case VALUE_TREE: {
		struct tree *t = base.as.tree->kind == TREE_MAP ? tree_find(base.as.tree, x->a) : NULL;

		return t ? tree_value(w, t, x->type) : value_absent();
	}
	case VALUE_OPEN:
		return open_map(w, base, base, open_dot, &n);
	default:
		return value_poison();
	}
}

static struct value
index_set(struct world *w, const struct value *base, const struct value *key)
{
	struct iter it;
	struct value v;

	iter_begin(w, &it, base);
	while (iter_next(w, &it, &v)) {
		struct value name;

		if (base->kind == VALUE_OBJECTS) {
			const struct object *o = graph_object(w->g, v.as.id);
			const char *text = atom_text(&w->p->atoms, key->as.text.a), *slash = strchr(text, '/');

			if (!slash && o->name == key->as.text.a)
				return v;
			if (slash && o->name == atom_find(&w->p->atoms, slash + 1, strlen(slash + 1)) &&
			    o->namespace == atom_find(&w->p->atoms, text, (size_t)(slash - text)))
				return v;
			continue;
		}
		name = label_of(w, v.as.id);
		if (value_equal(w, &name, key))
			return v;
	}
	return value_absent();
}

static struct value
table_row(struct world *w, const struct value *table, const struct value *key)
{
	const struct table *t = TABLE_AT(w->p, table->as.id);
	struct row_value *row = ARENA_NEW(&w->arena, struct row_value);
	struct value v = { .kind = VALUE_ROW, .src = key->src };

	row->table = table->as.id;
	if (t->by_version) {
		if (key->kind != VALUE_VERSION || !version_known(w, table->as.id, key))
			return value_poison();
		row->version = *key;
	} else {
		for (uint32_t r = 0; r < t->row_count && !row->row; r++)
			if (ROW_AT(w->p, t->first_row + r)->key == key->as.text.a)
				row->row = t->first_row + r;
		if (!row->row)
			return value_absent();
	}
	v.as.row = row;
	return v;
}

static struct value
eval_index(struct world *w, struct frame *f, node_id n)
{
	struct value base = eval_expr(w, f, node_at(w, n)->kid[0]);
	struct value key = eval_expr(w, f, node_at(w, n)->kid[1]);
	struct iter it;
	struct value v;

	if (value_is_poison(&base) || value_is_poison(&key))
		return value_poison();
	if (key.kind == VALUE_OPEN)
		return open_report(w, &key, n);
	switch ((enum value_kind)base.kind) {
	case VALUE_TABLE:
		return table_row(w, &base, &key);
	case VALUE_MAP:
		return map_get(base.as.map, key.as.text.a);
	case VALUE_SET:
	case VALUE_OBJECTS:
	case VALUE_CHILDREN:
		return index_set(w, &base, &key);
	case VALUE_TREE:
		if (base.as.tree->kind == TREE_MAP) {
			struct tree *t = tree_find(base.as.tree, key.as.text.a);

			return t ? tree_value(w, t, TYPE_ID(node_at(w, n)->type)) : value_absent();
		}
		/* fall through */
	case VALUE_LIST:
		iter_begin(w, &it, &base);
		for (int64_t i = 0; iter_next(w, &it, &v); i++)
			if (i == key.as.n)
				return v.kind == VALUE_TREE ? tree_value(w, v.as.tree, TYPE_ID(node_at(w, n)->type)) : v;
		return value_absent();
	default:
		return value_absent();
	}
}

static struct value
eval_of(struct world *w, struct frame *f, node_id n)
{
	const struct node *x = node_at(w, n);
	uint32_t rtype = x->ref, found;
	struct value owner = eval_expr(w, f, x->kid[0]);
	uint8_t form = RTYPE_AT(w->p, rtype)->form;
	atom label;

	if (owner.kind != VALUE_RECORD)
		return owner.kind == VALUE_ABSENT ? owner : value_poison();
	label = x->kid[1] ? node_at(w, x->kid[1])->a : 0;
	if (form == FORM_KIND || form == FORM_VALUES) {
		struct handle *h = ARENA_NEW(&w->arena, struct handle);
		struct value v = { .kind = VALUE_HANDLE, .src = owner.src };

		*h = (struct handle){ rtype, owner.as.id, label, n };
		v.as.handle = h;
		return settled(w, f, v);
	}
	found = record_find(w, rtype, label ? label : RECORD_AT(w, owner.as.id)->label, owner.as.id);
	if (found)
		return value_record(found, first_src(RECORD_AT(w, found)->user_head, owner.src));
	return no_such(w, f, &owner, rtype, label, n);
}

/* --- literals --- */

static struct value
text_as(struct world *w, node_id n, uint32_t type)
{
	const struct type *t = TYPE_AT(w->p, type);
	atom a = node_at(w, n)->a;
	const char *text = atom_text(&w->p->atoms, a);
	struct value v = value_text(a, literal_src(w, n));
	struct version_value *version;
	int64_t number;

	if (t->kind != TYPE_SCALAR)
		return v;
	if (t->scalar == SCALAR_TYPE_VERSION) {
		version = ARENA_NEW(&w->arena, struct version_value);
		version->text = a;
		version->src = literal_src(w, n);
		if (!version_parse(text, atom_len(&w->p->atoms, a), &version->range))
			return value_poison();
		v.kind = VALUE_VERSION;
		v.as.version = version;
	} else if (t->scalar == SCALAR_TYPE_DURATION && duration_parse(text, atom_len(&w->p->atoms, a), &number)) {
		v.kind = VALUE_DURATION;
		v.as.n = number;
	} else if (t->scalar == SCALAR_TYPE_PERCENT && percent_parse(text, atom_len(&w->p->atoms, a), &number)) {
		v.kind = VALUE_PERCENT;
		v.as.n = number;
	}
	return v;
}

static struct value
eval_int(struct world *w, node_id n)
{
	const struct node *x = node_at(w, n);
	const struct type *t = TYPE_AT(w->p, x->type);
	char digits[24];

	if (t->kind == TYPE_SCALAR && t->scalar == SCALAR_TYPE_QUANTITY) {
		snprintf(digits, sizeof digits, "%lld", (long long)x->n);
		return value_text(atom_of_text(&w->p->atoms, digits), literal_src(w, n));
	}
	return value_int(x->n, literal_src(w, n));
}

static struct value
interp_atom(struct world *w, struct str *s, node_id src, atom todo)
{
	struct value v = value_text(atom_of(&w->p->atoms, str_text(s), s->len), src);

	v.as.text.todo = todo;
	str_release(s);
	return v;
}

static struct value
eval_interp(struct world *w, struct frame *f, node_id n)
{
	struct str s = STR_INIT;
	node_id src = literal_src(w, n);
	atom todo = 0;

	for (node_id part = node_at(w, n)->kid[0]; part; part = node_at(w, part)->next) {
		struct value v = eval_expr(w, f, part);

		if (v.kind == VALUE_OPEN)
			v = open_report(w, &v, part);
		if (value_is_poison(&v)) {
			str_release(&s);
			return v;
		}
		value_print(w, &v, &s);
		src = src ? src : v.src;
		todo = todo ? todo : v.kind == VALUE_TEXT ? v.as.text.todo : 0;
		if (s.len > WORLD_TEXT_MAX) {
			world_fault(w, f, EGM0501, &v, n, "a text grows beyond %u bytes", WORLD_TEXT_MAX);
			str_release(&s);
			return value_poison();
		}
	}
	return interp_atom(w, &s, src, todo);
}

static struct value
eval_list(struct world *w, struct frame *f, node_id n)
{
	uint32_t count = 0;
	struct list *l;
	node_id src = literal_src(w, n);

	for (node_id i = node_at(w, n)->kid[0]; i; i = node_at(w, i)->next)
		count++;
	l = list_new(w, count);
	count = 0;
	for (node_id i = node_at(w, n)->kid[0]; i; i = node_at(w, i)->next) {
		struct value v = eval_expr(w, f, i);

		if (v.kind == VALUE_OPEN)
			v = open_report(w, &v, i);
		if (value_is_poison(&v))
			return v;
		src = src ? src : v.src;
		l->items[count++] = v;
	}
	return list_value(l, src);
}

static struct value
eval_struct(struct world *w, struct frame *f, node_id n)
{
	uint32_t count = 0;
	struct map *m;
	struct value v = { .kind = VALUE_MAP, .src = literal_src(w, n) };
	uint32_t type = node_at(w, n)->type;

	for (node_id i = node_at(w, n)->kid[0]; i; i = node_at(w, i)->next)
		count++;
	for (uint32_t i = TYPE_AT(w->p, type)->kind == TYPE_STRUCT ? TYPE_AT(w->p, type)->members : 0; i; i = MEMBER_AT(w->p, i)->next)
		count++;
	m = arena_alloc(&w->arena, sizeof *m + count * sizeof m->entries[0]);
	for (node_id i = node_at(w, n)->kid[0]; i; i = node_at(w, i)->next) {
		struct value x;

		if (node_at(w, i)->kind != NODE_FIELD)
			continue;
		x = eval_expr(w, f, node_at(w, i)->kid[1]);
		if (x.kind == VALUE_OPEN)
			x = open_report(w, &x, i);
		if (value_is_poison(&x))
			return x;
		if (value_is_absent(&x))
			continue;
		m->entries[m->count].key = node_at(w, node_at(w, i)->kid[0])->a;
		m->entries[m->count].node = i;
		m->entries[m->count++].value = x;
		v.src = v.src ? v.src : x.src;
	}
	v.as.map = m;
	return v;
}

/* --- operators --- */

static struct value
lifted(struct world *w, struct value a, struct value b, void *data);

struct operation {
	struct frame *f;
	node_id node;
};

static bool
in_set(struct world *w, const struct value *a, const struct value *set)
{
	struct iter it;
	struct value v;

	iter_begin(w, &it, set);
	while (iter_next(w, &it, &v)) {
		if (v.kind == VALUE_TREE)
			v = tree_value(w, v.as.tree, 0);
		if (value_equal(w, a, &v))
			return true;
	}
	return false;
}

static bool
is_number_zero(const struct value *v)
{
	return v->as.n == 0;
}

static struct value
overflow(struct world *w, struct frame *f, const struct value *v, node_id n)
{
	world_fault(w, f, EGM0502, v, n, "this number leaves 64 bits");
	return value_poison();
}

static struct value
arithmetic(struct world *w, struct operation *op, const struct value *a, const struct value *b)
{
	enum op o = (enum op)node_at(w, op->node)->op;
	struct value v = *a;
	int64_t r = 0;
	bool bad;

	v.src = first_src(a->src, b->src);
	switch (o) {
	case OP_PLUS:
		bad = __builtin_add_overflow(a->as.n, b->as.n, &r);
		break;
	case OP_MINUS:
		bad = __builtin_sub_overflow(a->as.n, b->as.n, &r);
		break;
	case OP_TIMES:
		v.kind = a->kind == VALUE_DURATION || b->kind == VALUE_DURATION ? VALUE_DURATION : VALUE_INT;
		bad = __builtin_mul_overflow(a->as.n, b->as.n, &r);
		break;
	default:
		if (is_number_zero(b)) {
			world_fault(w, op->f, EGM0502, &v, op->node, "this divides by zero");
			return value_poison();
		}
		bad = a->as.n == INT64_MIN && b->as.n == -1;
		r = bad ? 0 : a->as.n / b->as.n;
	}
	if (bad || (v.kind == VALUE_DURATION && r < 0))
		return overflow(w, op->f, &v, op->node);
	v.as.n = r;
	return v;
}

static struct value
lists_plus(struct world *w, const struct value *a, const struct value *b)
{
	uint32_t n = a->as.list->count + b->as.list->count;
	struct list *l = list_new(w, n);

	memcpy(l->items, a->as.list->items, a->as.list->count * sizeof l->items[0]);
	memcpy(l->items + a->as.list->count, b->as.list->items, b->as.list->count * sizeof l->items[0]);
	struct value v = list_value(l, first_src(a->src, b->src));

	v.incomplete = a->incomplete || b->incomplete;
	return v;
}

/* The right one wins where both have a key. */
static struct value
maps_plus(struct world *w, const struct value *a, const struct value *b)
{
	const struct map *x = a->as.map, *y = b->as.map;
	struct map *m = arena_alloc(&w->arena, sizeof *m + (x->count + y->count) * sizeof m->entries[0]);
	struct value v = { .kind = VALUE_MAP, .src = first_src(a->src, b->src) };

	memcpy(m->entries, x->entries, x->count * sizeof m->entries[0]);
	m->count = x->count;
	for (uint32_t i = 0; i < y->count; i++) {
		uint32_t at = 0;

		while (at < m->count && m->entries[at].key != y->entries[i].key)
			at++;
		m->entries[at] = y->entries[i];
		m->count = at == m->count ? at + 1 : m->count;
	}
	v.as.map = m;
	return v;
}

/* A record set of at most one, used as a value. */
static struct value
single(struct world *w, struct value v)
{
	struct iter it;
	struct value one;

	if (v.kind != VALUE_CHILDREN)
		return v;
	iter_begin(w, &it, &v);
	return iter_next(w, &it, &one) ? one : v.incomplete ? value_poison() : value_absent();
}

static struct value
listed(struct world *w, struct value v)
{
	struct iter it;
	struct value x;
	uint32_t n = 0;
	struct list *l;

	if (v.kind == VALUE_LIST)
		return v;
	iter_begin(w, &it, &v);
	while (iter_next(w, &it, &x))
		n++;
	l = list_new(w, n);
	iter_begin(w, &it, &v);
	for (n = 0; iter_next(w, &it, &x); n++)
		l->items[n] = x.kind == VALUE_TREE ? tree_value(w, x.as.tree, 0) : x;
	struct value out = list_value(l, v.src);

	out.incomplete = v.incomplete;
	return out;
}

static struct value
plain_binary(struct world *w, struct operation *op, struct value a, struct value b)
{
	enum op o = (enum op)node_at(w, op->node)->op;
	node_id src = first_src(a.src, b.src);
	int c;

	switch (o) {
	case OP_EQ:
	case OP_NE:
		if (a.kind == VALUE_VERSION && b.kind == VALUE_VERSION)
			return version_compare(w, o, &a, &b, op->node);
		a = single(w, a);
		b = single(w, b);
		return value_bool(value_equal(w, &a, &b) == (o == OP_EQ), src);
	case OP_IN:
		if (in_set(w, &a, &b))
			return value_bool(true, src);
		return b.incomplete ? value_poison() : value_bool(false, src);
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		if (value_is_absent(&a) || value_is_absent(&b))
			return value_bool(false, src);
		if (a.kind == VALUE_VERSION && b.kind == VALUE_VERSION)
			return version_compare(w, o, &a, &b, op->node);
		c = value_compare(w, &a, &b, TYPE_AT(w->p, node_at(w, node_at(w, op->node)->kid[0])->type)->scalar == SCALAR_TYPE_QUANTITY);
		return value_bool(o == OP_LT ? c < 0 : o == OP_LE ? c <= 0 : o == OP_GT ? c > 0 : c >= 0, src);
	default:
		break;
	}
	if (value_is_absent(&a) || value_is_absent(&b))
		return value_absent();
	if (o == OP_PLUS && a.kind == VALUE_MAP)
		return maps_plus(w, &a, &b);
	if (o == OP_PLUS && a.kind != VALUE_INT && a.kind != VALUE_DURATION) {
		a = listed(w, a);
		b = listed(w, b);
		return lists_plus(w, &a, &b);
	}
	return arithmetic(w, op, &a, &b);
}

static struct value
lifted(struct world *w, struct value a, struct value b, void *data)
{
	return plain_binary(w, data, a, b);
}

static struct value
eval_is(struct world *w, struct frame *f, node_id n)
{
	struct value v = single(w, eval_expr(w, f, node_at(w, n)->kid[0]));
	uint32_t wanted = node_at(w, node_at(w, n)->kid[1])->ref;

	if (value_is_poison(&v))
		return v;
	if (v.kind != VALUE_RECORD)
		return value_bool(false, v.src);
	return value_bool(record_is(w, v.as.id, wanted), v.src);
}

/* `and` and `or` are decided as soon as one side decides them; open sides stay open. */
static struct value
logic(struct world *w, struct value a, struct value b, void *data)
{
	bool and = *(bool *)data;
	node_id src = first_src(a.src, b.src);

	(void)w;
	if (a.kind == VALUE_BOOL && a.as.n == !and)
		return a;
	if (b.kind == VALUE_BOOL && b.as.n == !and)
		return b;
	if (value_is_poison(&a) || value_is_poison(&b))
		return value_poison();
	return value_bool(and, src);
}

static struct value
eval_logic(struct world *w, struct frame *f, node_id n)
{
	bool and = node_at(w, n)->op == OP_AND;
	struct value a = eval_expr(w, f, node_at(w, n)->kid[0]), b;

	if (a.kind == VALUE_BOOL && a.as.n == !and)
		return a;
	b = eval_expr(w, f, node_at(w, n)->kid[1]);
	if (a.kind == VALUE_OPEN || b.kind == VALUE_OPEN)
		return open_map(w, a, b, logic, &and);
	return logic(w, a, b, &and);
}

static struct value
eval_binary(struct world *w, struct frame *f, node_id n)
{
	struct operation op = { f, n };
	struct value a, b;

	switch ((enum op)node_at(w, n)->op) {
	case OP_AND:
	case OP_OR:
		return eval_logic(w, f, n);
	case OP_IS:
		return eval_is(w, f, n);
	default:
		break;
	}
	a = eval_expr(w, f, node_at(w, n)->kid[0]);
	if (value_is_poison(&a))
		return a;
	b = eval_expr(w, f, node_at(w, n)->kid[1]);
	if (value_is_poison(&b))
		return b;
	if (a.kind == VALUE_OPEN || b.kind == VALUE_OPEN)
		return open_map(w, a, b, lifted, &op);
	return plain_binary(w, &op, a, b);
}

static struct value
negated(struct world *w, struct value a, struct value b, void *data)
{
	(void)w;
	(void)b;
	(void)data;
	return a.kind == VALUE_BOOL ? value_bool(!a.as.n, a.src) : value_poison();
}

static struct value
presence(struct world *w, struct value a, struct value b, void *data)
{
	struct iter it;
	struct value v;
	node_id src = a.src;

	(void)b;
	(void)data;
	if (value_is_poison(&a))
		return a;
	if (a.kind == VALUE_LIST || a.kind == VALUE_MAP || a.kind == VALUE_TREE)
		return value_bool(true, src);
	iter_begin(w, &it, &a);
	if (iter_next(w, &it, &v))
		return value_bool(true, src ? src : v.src);
	return a.incomplete ? value_poison() : value_bool(false, src);
}

struct branches {
	struct frame *f;
	node_id node;
};

static struct value
branch(struct world *w, struct value a, struct value b, void *data)
{
	struct branches *x = data;
	const struct node *n = node_at(w, x->node);
	struct value v;

	(void)b;
	if (a.kind != VALUE_BOOL)
		return value_poison();
	v = eval_expr(w, x->f, a.as.n ? n->kid[1] : n->kid[2]);
	v.src = v.src ? v.src : a.src;
	return v;
}

static struct value
eval_cond(struct world *w, struct frame *f, node_id n)
{
	struct branches x = { f, n };
	struct value c = eval_expr(w, f, node_at(w, n)->kid[0]);

	if (c.kind == VALUE_OPEN)
		return open_map(w, c, c, branch, &x);
	return branch(w, c, c, &x);
}

/* --- calls --- */

static struct value
eval_fn(struct world *w, struct frame *f, node_id n)
{
	const struct fn *fn = FN_AT(w->p, node_at(w, n)->ref);
	struct frame *inner = frame_new(w, fn->context, NULL);
	uint32_t slot = 0;
	node_id src = 0;
	struct value v;

	inner->up = VEC_AT(&w->instances, struct instances, CONTEXT_AT(w->p, fn->context)->parent)->items[0];
	inner->src = frame_src(f);
	for (node_id a = node_at(w, n)->kid[1]; a; a = node_at(w, a)->next) {
		struct value x = eval_expr(w, f, a);

		if (x.kind == VALUE_OPEN)
			x = open_report(w, &x, a);
		if (value_is_poison(&x))
			return x;
		inner->vars[slot++] = x;
		src = src ? src : x.src;
	}
	v = eval_expr(w, inner, node_at(w, fn->decl)->kid[2]);
	v.src = v.src ? v.src : src;
	return v;
}

/* --- loops --- */

struct loop {
	struct frame *f;
	const struct context *context;
	node_id cond;
	frame_fn *fn;
	void *data;
	bool whole, stop;
};

static bool
step(struct world *w, struct frame *f, node_id n)
{
	struct diag *g;

	if (w->stopped)
		return false;
	if (++w->steps < WORLD_STEPS_MAX)
		return true;
	w->stopped = true;
	g = world_fault(w, f, EGM0501, NULL, n, "more than %u steps: this site is larger than egmc works on", WORLD_STEPS_MAX);
	(void)g;
	return false;
}

static void run_binding(struct world *w, struct loop *l, node_id b);

static void
run_body(struct world *w, struct loop *l)
{
	struct frame *f = l->f, *kept;
	bool poisoned = false;
	node_id src = 0;
	uint32_t n = l->context->var_count;

	if (l->cond && !eval_condition(w, f, l->cond, &poisoned, &src)) {
		l->whole &= !poisoned;
		return;
	}
	kept = arena_alloc(&w->arena, sizeof *kept + n * sizeof(struct value));
	memcpy(kept, f, sizeof *kept + n * sizeof(struct value));
	kept->src = src;
	for (uint32_t i = 0; i < n && !kept->src; i++)
		kept->src = kept->vars[i].src;
	/* `let`s of this level are computed anew in the kept frame. */
	if (!l->fn(w, kept, l->data))
		l->stop = true;
}

static void
run_member(struct world *w, struct loop *l, node_id b, struct value v)
{
	l->f->vars[VAR_AT(w->p, node_at(w, b)->ref)->slot] = v;
	if (!step(w, l->f, b)) {
		l->stop = true;
		return;
	}
	if (node_at(w, b)->next)
		run_binding(w, l, node_at(w, b)->next);
	else
		run_body(w, l);
}

static void
run_binding(struct world *w, struct loop *l, node_id b)
{
	struct value set = eval_expr(w, l->f, node_at(w, b)->kid[0]), v;
	uint32_t elem = VAR_AT(w->p, node_at(w, b)->ref)->type;
	struct iter it;

	if (set.kind == VALUE_OPEN)
		set = open_report(w, &set, b);
	if (value_is_poison(&set) || set.incomplete)
		l->whole = false;
	if (!node_at(w, b)->aux || !index_begin(w, l->f, b, &set, &it))
		iter_begin(w, &it, &set);
	while (!l->stop && iter_next(w, &it, &v)) {
		if (v.kind == VALUE_TREE)
			v = tree_value(w, v.as.tree, elem);
		if (v.kind == VALUE_RECORD && RECORD_AT(w, v.as.id)->poisoned) {
			l->whole = false;
			continue;
		}
		v.src = v.src ? v.src : set.src;
		run_member(w, l, b, v);
	}
}

bool
eval_for(struct world *w, struct frame *up, uint32_t context, frame_fn *fn, void *data)
{
	const struct context *c = CONTEXT_AT(w->p, context);
	node_id n = c->node;
	struct loop l = { frame_new(w, context, up), c, n ? node_at(w, n)->kid[1] : 0, fn, data, true, false };

	if (!n || !node_at(w, n)->kid[0])
		run_body(w, &l);
	else
		run_binding(w, &l, node_at(w, n)->kid[0]);
	return l.whole;
}

struct gather {
	node_id item;
	struct vec *out;
	bool poisoned;
};

static bool
gather_one(struct world *w, struct frame *f, void *data)
{
	struct gather *g = data;
	struct value v = eval_expr(w, f, g->item);

	if (v.kind == VALUE_OPEN)
		v = open_report(w, &v, g->item);
	if (value_is_poison(&v)) {
		g->poisoned = true;
		return true;
	}
	v.src = v.src ? v.src : f->src;
	vec_push(g->out, &v);
	return true;
}

static struct value
eval_comp(struct world *w, struct frame *f, node_id n)
{
	struct vec out;
	struct gather g = { node_at(w, n)->kid[0], &out, false };
	struct list *l;
	struct value v;
	bool whole;

	vec_init(&out, sizeof(struct value), false);
	whole = eval_for(w, f, node_at(w, n)->ref, gather_one, &g);
	l = list_new(w, out.count);
	if (out.count)
		memcpy(l->items, out.data, out.count * sizeof(struct value));
	vec_release(&out);
	v = list_value(l, literal_src(w, n));
	v.incomplete = !whole || g.poisoned;
	for (uint32_t i = 0; i < l->count && !v.src; i++)
		v.src = l->items[i].src;
	return v;
}

/* --- the whole --- */

struct value
eval_expr(struct world *w, struct frame *f, node_id n)
{
	const struct node *x = node_at(w, n);
	struct value v;

	switch ((enum node_kind)x->kind) {
	case NODE_NAME:
		return eval_name(w, f, n);
	case NODE_STRING:
		return text_as(w, n, x->type);
	case NODE_INTERP:
		return eval_interp(w, f, n);
	case NODE_INT:
		return eval_int(w, n);
	case NODE_UNIT:
		return text_as(w, n, x->type);
	case NODE_TRUE:
		return value_bool(true, literal_src(w, n));
	case NODE_FALSE:
		return value_bool(false, literal_src(w, n));
	case NODE_ABSENT:
		v = value_absent();
		v.src = literal_src(w, n);
		return v;
	case NODE_LIST:
		return eval_list(w, f, n);
	case NODE_COMP:
		return eval_comp(w, f, n);
	case NODE_COMP_LIST:
		return eval_comp(w, f, x->kid[0]);
	case NODE_CALL:
		if (x->aux == MEANING_BUILTIN)
			return eval_builtin(w, f, n);
		return x->aux == MEANING_FN ? eval_fn(w, f, n) : value_poison();
	case NODE_DOT:
		if (x->aux == MEANING_LABEL)
			return record_by_path(w, f, n);
		return eval_dot(w, f, n, eval_expr(w, f, x->kid[0]));
	case NODE_TEST_PRESENT:
		v = eval_expr(w, f, x->kid[0]);
		return v.kind == VALUE_OPEN ? open_map(w, v, v, presence, NULL) : presence(w, v, v, NULL);
	case NODE_INDEX:
		return eval_index(w, f, n);
	case NODE_BINARY:
		return eval_binary(w, f, n);
	case NODE_NOT:
		v = eval_expr(w, f, x->kid[0]);
		return v.kind == VALUE_OPEN ? open_map(w, v, v, negated, NULL) : negated(w, v, v, NULL);
	case NODE_NEGATE:
		v = eval_expr(w, f, x->kid[0]);
		if (v.kind != VALUE_INT)
			return value_poison();
		if (v.as.n == INT64_MIN)
			return overflow(w, f, &v, n);
		v.as.n = -v.as.n;
		return v;
	case NODE_COND:
		return eval_cond(w, f, n);
	case NODE_OF:
		return eval_of(w, f, n);
	case NODE_STRUCT:
		return eval_struct(w, f, n);
	default:
		BUG("expression of kind %s", ast_kind_name((enum node_kind)x->kind));
	}
}

bool
eval_condition(struct world *w, struct frame *f, node_id n, bool *poisoned, node_id *src)
{
	struct value v = eval_expr(w, f, n);

	if (v.kind == VALUE_OPEN)
		v = open_report(w, &v, n);
	*poisoned = v.kind != VALUE_BOOL;
	*src = v.src;
	return v.kind == VALUE_BOOL && v.as.n;
}
