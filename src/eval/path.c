/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and paths: variables, fields, owners, parts of endpoints, cells of tables, objects.
 */
#include "eval/object.h"

#include <string.h>
#include "eval/inside.h"

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
	f->up = VEC_AT(&w->instances, struct instances, CONTEXT_AT(w->p, m->context)->parent)
			->items[0];
	struct value v = eval_expr(w, f, m->value);

	slot = record_slot(w, record, m);
	slot->value = v;
	slot->state = SLOT_SET;
	slot->node = m->decl;
	return v;
}

/* The records of a type, or of a case, that belong to one. */
static struct value
children_value(const struct world *w, uint32_t owner, uint32_t rtype)
{
	struct value v = { .kind = VALUE_CHILDREN };

	v.as.pair.owner = owner;
	v.as.pair.rtype = rtype;
	v.incomplete = *VEC_AT(&w->rtype_incomplete, bool, rtype);
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
		if (RTYPE_AT(w->p, m->child)->once) {
			struct value set = children_value(w, record, m->child);
			struct iter it;

			iter_begin(w, &it, &set);
			return iter_next(w, &it, &v) ? v : value_poison();
		}
		return children_value(w, record, m->child);
	}
	if (m->form == MEMBER_LET)
		return eval_settled(w, NULL, eval_let_slot(w, record, m));
	v = record_slot(w, record, m)->value;
	return v.kind == VALUE_UNSET ? value_absent() : eval_settled(w, NULL, v);
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
	v.incomplete = (kind == VALUE_SET || kind == VALUE_OBJECTS) &&
		*VEC_AT(&w->rtype_incomplete, bool, id);
	return v;
}

struct value
eval_name(struct world *w, struct frame *f, node_id n)
{
	const struct node *x = world_node(w, n);

	switch ((enum meaning)x->aux) {
	case MEANING_VAR:
		return eval_var(w, f, n);
	case MEANING_WORD:
		return value_text(x->a, world_literal_src(w, n));
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
	const struct node *x = world_node(w, n);
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
		v = children_value(w, record, x->ref);
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
	atom a = base->as.text.a, word = world_node(w, n)->a;
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
		world_fault(w, f, EGM0121, base, base->src ? 0 : n,
			"`%s` does not name a Service: service.namespace:port is wanted", text);
		return value_poison();
	}
	size_t first = (size_t)(dot - text) - start, rest = len - first - 1;
	const char *end = memchr(dot + 1, '.', rest);

	if (word == w->p->words_.service)
		return value_text(atom_of(&w->p->atoms, text + start, first), base->src);
	return value_text(
		atom_of(&w->p->atoms, dot + 1, end ? (size_t)(end - dot) - 1 : rest), base->src);
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
	const struct node *x = world_node(w, n);
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
		return x->aux == MEANING_ENDPOINT_PART ? endpoint_dot(w, f, n, &base)
						       : value_poison();
	case VALUE_TREE: {
		struct tree *t =
			base.as.tree->kind == TREE_MAP ? tree_find(base.as.tree, x->a) : NULL;

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
			const char *text = atom_text(&w->p->atoms, key->as.text.a),
				   *slash = strchr(text, '/');

			if (!slash && o->name == key->as.text.a)
				return v;
			if (slash &&
				o->name == atom_find(&w->p->atoms, slash + 1, strlen(slash + 1)) &&
				o->namespace ==
					atom_find(&w->p->atoms, text, (size_t)(slash - text)))
				return v;
			continue;
		}
		name = label_of(w, v.as.id);
		if (value_equal(w, &name, key))
			return v;
	}
	return base->incomplete ? value_poison() : value_absent();
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

struct value
eval_index(struct world *w, struct frame *f, node_id n)
{
	struct value base = eval_expr(w, f, world_node(w, n)->kid[0]);
	struct value key = eval_expr(w, f, world_node(w, n)->kid[1]);
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

			return t ? tree_value(w, t, TYPE_ID(world_node(w, n)->type))
				 : value_absent();
		}
		/* fall through */
	case VALUE_LIST:
		iter_begin(w, &it, &base);
		for (int64_t i = 0; iter_next(w, &it, &v); i++)
			if (i == key.as.n)
				return v.kind == VALUE_TREE
					? tree_value(w, v.as.tree, TYPE_ID(world_node(w, n)->type))
					: v;
		return value_absent();
	default:
		return value_absent();
	}
}

struct value
eval_of(struct world *w, struct frame *f, node_id n)
{
	const struct node *x = world_node(w, n);
	uint32_t rtype = x->ref, found;
	struct value owner = eval_expr(w, f, x->kid[0]);
	uint8_t form = RTYPE_AT(w->p, rtype)->form;
	atom label;

	if (owner.kind != VALUE_RECORD)
		return owner.kind == VALUE_ABSENT ? owner : value_poison();
	label = x->kid[1] ? world_node(w, x->kid[1])->a : 0;
	if (form == FORM_KIND || form == FORM_VALUES) {
		struct handle *h = ARENA_NEW(&w->arena, struct handle);
		struct value v = { .kind = VALUE_HANDLE, .src = owner.src };

		*h = (struct handle){ rtype, owner.as.id, label, n };
		v.as.handle = h;
		return eval_settled(w, f, v);
	}
	found = record_find(
		w, rtype, label ? label : RECORD_AT(w, owner.as.id)->label, owner.as.id);
	if (found)
		return value_record(
			found, world_first_src(RECORD_AT(w, found)->user_head, owner.src));
	return eval_no_such(w, f, &owner, rtype, label, n);
}
