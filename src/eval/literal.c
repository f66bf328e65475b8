/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Literals as values; texts with `${}`; lists and maps.
 */
#include "eval/object.h"

#include <stdio.h>
#include "eval/inside.h"

struct value
eval_text_as(struct world *w, node_id n, uint32_t type)
{
	const struct type *t = TYPE_AT(w->p, type);
	atom a = world_node(w, n)->a;
	const char *text = atom_text(&w->p->atoms, a);
	struct value v = value_text(a, world_literal_src(w, n));
	struct version_value *version;
	int64_t number;

	if (t->kind != TYPE_SCALAR)
		return v;
	if (t->scalar == SCALAR_TYPE_VERSION) {
		version = ARENA_NEW(&w->arena, struct version_value);
		version->text = a;
		version->src = world_literal_src(w, n);
		if (!version_parse(text, atom_len(&w->p->atoms, a), &version->range))
			return value_poison();
		v.kind = VALUE_VERSION;
		v.as.version = version;
	} else if (t->scalar == SCALAR_TYPE_DURATION &&
		duration_parse(text, atom_len(&w->p->atoms, a), &number)) {
		v.kind = VALUE_DURATION;
		v.as.n = number;
	} else if (t->scalar == SCALAR_TYPE_PERCENT &&
		percent_parse(text, atom_len(&w->p->atoms, a), &number)) {
		v.kind = VALUE_PERCENT;
		v.as.n = number;
	}
	return v;
}

struct value
eval_int(struct world *w, node_id n)
{
	const struct node *x = world_node(w, n);
	const struct type *t = TYPE_AT(w->p, x->type);
	char digits[24];

	if (t->kind == TYPE_SCALAR && t->scalar == SCALAR_TYPE_QUANTITY) {
		snprintf(digits, sizeof digits, "%lld", (long long)x->n);
		return value_text(atom_of_text(&w->p->atoms, digits), world_literal_src(w, n));
	}
	return value_int(x->n, world_literal_src(w, n));
}

static struct value
interp_atom(struct world *w, struct str *s, node_id src, atom todo)
{
	struct value v = value_text(atom_of(&w->p->atoms, str_text(s), s->len), src);

	v.as.text.todo = todo;
	str_release(s);
	return v;
}

struct value
eval_interp(struct world *w, struct frame *f, node_id n)
{
	struct str s = STR_INIT;
	node_id src = world_literal_src(w, n);
	atom todo = 0;

	for (node_id part = world_node(w, n)->kid[0]; part; part = world_node(w, part)->next) {
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
			world_fault(w, f, EGM0501, &v, n, "a text grows beyond %u bytes",
				WORLD_TEXT_MAX);
			str_release(&s);
			return value_poison();
		}
	}
	return interp_atom(w, &s, src, todo);
}

struct value
eval_list(struct world *w, struct frame *f, node_id n)
{
	uint32_t count = 0;
	struct list *l;
	node_id src = world_literal_src(w, n);

	for (node_id i = world_node(w, n)->kid[0]; i; i = world_node(w, i)->next)
		count++;
	l = list_new(w, count);
	count = 0;
	for (node_id i = world_node(w, n)->kid[0]; i; i = world_node(w, i)->next) {
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

/* The key of an entry: a word, or a text that is computed; 0 if it has no value, or stands there
 * already, which has been told. */
static atom
entry_key(struct world *w, struct frame *f, const struct map *m, node_id word)
{
	struct value v;

	if (world_node(w, word)->kind != NODE_INTERP)
		return world_node(w, word)->a;
	v = eval_expr(w, f, word);
	if (v.kind == VALUE_OPEN)
		v = open_report(w, &v, word);
	if (v.kind != VALUE_TEXT)
		return 0;
	for (uint32_t i = 0; i < m->count; i++)
		if (m->entries[i].key == v.as.text.a) {
			world_fault(w, f, EGM0104, &v, word, "the key `%s` stands here twice",
				program_text(w->p, v.as.text.a));
			return 0;
		}
	return v.as.text.a;
}

struct value
eval_struct(struct world *w, struct frame *f, node_id n)
{
	uint32_t count = 0;
	struct map *m;
	struct value v = { .kind = VALUE_MAP, .src = world_literal_src(w, n) };
	uint32_t type = world_node(w, n)->type;

	for (node_id i = world_node(w, n)->kid[0]; i; i = world_node(w, i)->next)
		count++;
	for (uint32_t i = TYPE_AT(w->p, type)->kind == TYPE_STRUCT ? TYPE_AT(w->p, type)->members
								   : 0;
		i; i = MEMBER_AT(w->p, i)->next)
		count++;
	m = arena_alloc(&w->arena, sizeof *m + count * sizeof m->entries[0]);
	for (node_id i = world_node(w, n)->kid[0]; i; i = world_node(w, i)->next) {
		struct value x;
		atom key;

		if (world_node(w, i)->kind != NODE_FIELD)
			continue;
		key = entry_key(w, f, m, world_node(w, i)->kid[0]);
		if (!key)
			return value_poison();
		x = eval_expr(w, f, world_node(w, i)->kid[1]);
		if (x.kind == VALUE_OPEN)
			x = open_report(w, &x, i);
		if (value_is_poison(&x))
			return x;
		if (value_is_absent(&x))
			continue;
		m->entries[m->count].key = key;
		m->entries[m->count].node = i;
		m->entries[m->count++].value = x;
		v.src = v.src ? v.src : x.src;
	}
	v.as.map = m;
	return v;
}
