/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values: making, comparing and printing them.
 */
#include <string.h>
#include "base/hash.h"
#include "base/mem.h"
#include "eval/world.h"

struct value
value_absent(void)
{
	struct value v = { .kind = VALUE_ABSENT };

	return v;
}

struct value
value_poison(void)
{
	struct value v = { .kind = VALUE_POISON };

	return v;
}

struct value
value_bool(bool b, node_id src)
{
	struct value v = { .kind = VALUE_BOOL, .src = src };

	v.as.n = b;
	return v;
}

struct value
value_int(int64_t n, node_id src)
{
	struct value v = { .kind = VALUE_INT, .src = src };

	v.as.n = n;
	return v;
}

struct value
value_text(atom a, node_id src)
{
	struct value v = { .kind = VALUE_TEXT, .src = src };

	v.as.text.a = a;
	v.as.text.todo = 0;
	return v;
}

struct value
value_record(uint32_t record, node_id src)
{
	struct value v = { .kind = VALUE_RECORD, .src = src };

	v.as.id = record;
	return v;
}

bool
value_is_absent(const struct value *v)
{
	return v->kind == VALUE_ABSENT;
}

struct list *
list_new(struct world *w, uint32_t count)
{
	struct list *l = arena_alloc(&w->arena, sizeof *l + count * sizeof(struct value));

	l->count = count;
	return l;
}

struct value
list_value(struct list *l, node_id src)
{
	struct value v = { .kind = VALUE_LIST, .src = src };

	v.as.list = l;
	return v;
}

struct value
map_get(const struct map *m, atom key)
{
	for (uint32_t i = 0; i < m->count; i++)
		if (m->entries[i].key == key)
			return m->entries[i].value;
	return value_absent();
}

static bool
maps_equal(struct world *w, const struct map *a, const struct map *b)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++) {
		struct value other = map_get(b, a->entries[i].key);

		if (!value_equal(w, &a->entries[i].value, &other))
			return false;
	}
	return true;
}

static bool
lists_equal(struct world *w, const struct list *a, const struct list *b)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (!value_equal(w, &a->items[i], &b->items[i]))
			return false;
	return true;
}

static bool
single_member(struct world *w, const struct value *set, struct value *out)
{
	struct iter it;
	struct value more;

	iter_begin(w, &it, set);
	return iter_next(w, &it, out) && !iter_next(w, &it, &more);
}

/* A list of an object and a list of values. */
static bool
tree_list_equal(struct world *w, const struct tree *t, const struct list *l)
{
	uint32_t i = 0;

	if (t->kind != TREE_LIST || t->count != l->count)
		return false;
	for (const struct tree *c = t->first; c; c = c->next, i++) {
		struct value v = tree_value(w, c, 0);

		if (!value_equal(w, &v, &l->items[i]))
			return false;
	}
	return true;
}

bool
value_equal(struct world *w, const struct value *a, const struct value *b)
{
	struct value one;

	if (a->kind == VALUE_CHILDREN && b->kind == VALUE_RECORD)
		return single_member(w, a, &one) && one.as.id == b->as.id;
	if (a->kind == VALUE_RECORD && b->kind == VALUE_CHILDREN)
		return value_equal(w, b, a);
	if (a->kind == VALUE_TREE && b->kind == VALUE_LIST)
		return tree_list_equal(w, a->as.tree, b->as.list);
	if (a->kind == VALUE_LIST && b->kind == VALUE_TREE)
		return tree_list_equal(w, b->as.tree, a->as.list);
	if (a->kind == VALUE_TREE && b->kind == VALUE_MAP) {
		one = value_as_map(w, *a);
		return one.kind == VALUE_MAP && maps_equal(w, one.as.map, b->as.map);
	}
	if (a->kind == VALUE_MAP && b->kind == VALUE_TREE)
		return value_equal(w, b, a);
	if (a->kind != b->kind)
		return false;
	switch ((enum value_kind)a->kind) {
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_DURATION:
	case VALUE_PERCENT:
		return a->as.n == b->as.n;
	case VALUE_TEXT:
		return a->as.text.a == b->as.text.a;
	case VALUE_VERSION:
		return a->as.version->range.lo == b->as.version->range.lo &&
			a->as.version->range.hi == b->as.version->range.hi;
	case VALUE_RECORD:
	case VALUE_OBJECT:
	case VALUE_TABLE:
	case VALUE_WORDS:
	case VALUE_SET:
	case VALUE_OBJECTS:
		return a->as.id == b->as.id;
	case VALUE_HANDLE:
		return a->as.handle->kind == b->as.handle->kind &&
			a->as.handle->owner == b->as.handle->owner &&
			a->as.handle->label == b->as.handle->label;
	case VALUE_CHILDREN:
		return a->as.pair.owner == b->as.pair.owner && a->as.pair.rtype == b->as.pair.rtype;
	case VALUE_LIST:
		return lists_equal(w, a->as.list, b->as.list);
	case VALUE_MAP:
		return maps_equal(w, a->as.map, b->as.map);
	case VALUE_TREE:
		return tree_equal(a->as.tree, b->as.tree);
	case VALUE_ROW:
		return a->as.row->table == b->as.row->table && a->as.row->row == b->as.row->row &&
			value_equal(w, &a->as.row->version, &b->as.row->version);
	default:
		return true;
	}
}

uint64_t
value_hash(struct world *w, const struct value *v)
{
	uint64_t h = v->kind;
	struct value one;

	switch ((enum value_kind)v->kind) {
	case VALUE_CHILDREN: /* equal to its single member */
		return single_member(w, v, &one) ? value_hash(w, &one) : 1;
	case VALUE_LIST:
		for (uint32_t i = 0; i < v->as.list->count; i++)
			h = hash_mix(h, value_hash(w, &v->as.list->items[i]));
		return h;
	case VALUE_MAP: /* regardless of order */
		for (uint32_t i = 0; i < v->as.map->count; i++)
			h += hash_mix(v->as.map->entries[i].key,
				value_hash(w, &v->as.map->entries[i].value));
		return h;
	case VALUE_VERSION:
		return hash_mix(v->as.version->range.lo, v->as.version->range.hi);
	case VALUE_TEXT:
		return hash_mix(h, v->as.text.a);
	case VALUE_HANDLE:
		return hash_mix(
			hash_mix(v->as.handle->kind, v->as.handle->owner), v->as.handle->label);
	case VALUE_TREE:
	case VALUE_ROW:
	case VALUE_OPEN:
	case VALUE_ABSENT:
	case VALUE_POISON:
		return h;
	case VALUE_RECORD:
	case VALUE_OBJECT:
	case VALUE_TABLE:
	case VALUE_WORDS:
	case VALUE_SET:
	case VALUE_OBJECTS:
		return hash_mix(h, v->as.id);
	default:
		return hash_mix(h, (uint64_t)v->as.n);
	}
}

int
value_compare(struct world *w, const struct value *a, const struct value *b, bool quantity)
{
	const struct atoms *t = &w->p->atoms;

	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT) {
		atom x = a->as.text.a, y = b->as.text.a;

		if (quantity)
			return quantity_compare(
				atom_text(t, x), atom_len(t, x), atom_text(t, y), atom_len(t, y));
		return x == y ? 0 : atom_compare(t, x, y);
	}
	if (a->kind == VALUE_VERSION && b->kind == VALUE_VERSION) {
		uint64_t x = a->as.version->range.lo, y = b->as.version->range.lo;

		return x < y ? -1 : x > y;
	}
	return a->as.n < b->as.n ? -1 : a->as.n > b->as.n;
}

/* --- printing --- */

static void
print_atom(struct world *w, atom a, struct str *out)
{
	str_add(out, atom_text(&w->p->atoms, a), atom_len(&w->p->atoms, a));
}

static void
print_percent(int64_t n, struct str *out)
{
	percent_print(n, out);
	str_putc(out, '%');
}

static void
show_record(struct world *w, uint32_t record, struct str *out)
{
	const struct record *r = RECORD_AT(w, record);

	print_atom(w, r->label ? r->label : RTYPE_AT(w->p, r->rtype)->name, out);
}

static void
show_tree(struct world *w, const struct tree *t, struct str *out)
{
	if (t->kind == TREE_SCALAR)
		print_atom(w, t->text, out);
	else if (t->kind == TREE_MAP)
		str_format(out, "%u field%s", t->count, t->count == 1 ? "" : "s");
	else
		str_format(out, "%u entr%s", t->count, t->count == 1 ? "y" : "ies");
}

static void
show_list(struct world *w, const struct value *v, struct str *out)
{
	struct iter it;
	struct value item;
	uint32_t n = 0;

	str_putc(out, '[');
	iter_begin(w, &it, v);
	while (iter_next(w, &it, &item)) {
		if (n == 5) {
			str_puts(out, ", ...");
			break;
		}
		str_puts(out, n++ ? ", " : "");
		value_show(w, &item, out);
	}
	str_putc(out, ']');
}

static void
show_map(struct world *w, const struct map *m, struct str *out)
{
	str_puts(out, m->count ? "{ " : "{");
	for (uint32_t i = 0; i < m->count && i < 5; i++) {
		str_puts(out, i ? "; " : "");
		print_atom(w, m->entries[i].key, out);
		str_puts(out, " = ");
		value_show(w, &m->entries[i].value, out);
	}
	str_puts(out, m->count > 5 ? "; ... }" : m->count ? " }" : "}");
}

void
value_show(struct world *w, const struct value *v, struct str *out)
{
	switch ((enum value_kind)v->kind) {
	case VALUE_UNSET:
	case VALUE_ABSENT:
		str_puts(out, "absent");
		break;
	case VALUE_POISON:
		str_puts(out, "unknown");
		break;
	case VALUE_BOOL:
		str_puts(out, v->as.n ? "true" : "false");
		break;
	case VALUE_INT:
		str_format(out, "%lld", (long long)v->as.n);
		break;
	case VALUE_TEXT:
		print_atom(w, v->as.text.a, out);
		break;
	case VALUE_DURATION:
		duration_print(v->as.n, out);
		break;
	case VALUE_PERCENT:
		print_percent(v->as.n, out);
		break;
	case VALUE_VERSION:
		print_atom(w, v->as.version->text, out);
		break;
	case VALUE_RECORD:
		show_record(w, v->as.id, out);
		break;
	case VALUE_OBJECT:
		str_format(out, "%s %s",
			program_text(w->p, RTYPE_AT(w->p, BUILDING_AT(w, v->as.id)->kind)->name),
			program_text(w->p, graph_object(w->g, v->as.id)->name));
		break;
	case VALUE_HANDLE:
		str_format(out, "%s of ",
			program_text(w->p, RTYPE_AT(w->p, v->as.handle->kind)->name));
		show_record(w, v->as.handle->owner, out);
		break;
	case VALUE_LIST:
	case VALUE_WORDS:
	case VALUE_SET:
	case VALUE_CHILDREN:
	case VALUE_OBJECTS:
		show_list(w, v, out);
		break;
	case VALUE_MAP:
		show_map(w, v->as.map, out);
		break;
	case VALUE_ROW:
		str_format(out, "a row of %s",
			program_text(w->p, TABLE_AT(w->p, v->as.row->table)->name));
		break;
	case VALUE_TABLE:
		print_atom(w, TABLE_AT(w->p, v->as.id)->name, out);
		break;
	case VALUE_TREE:
		show_tree(w, v->as.tree, out);
		break;
	case VALUE_OPEN:
		str_puts(out, "open");
		break;
	}
}

void
value_print(struct world *w, const struct value *v, struct str *out)
{
	value_show(w, v, out);
}
