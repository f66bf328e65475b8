/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values as trees, and trees as values.
 */
#include "eval/object.h"

#include <string.h>

struct tree *
tree_scalar(struct world *w, enum scalar_kind kind, atom text, atom todo)
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
		t = tree_scalar(w, SCALAR_TEXT, v->as.text.a, v->as.text.todo);
		break;
	case VALUE_INT:
		t = tree_scalar(w, SCALAR_INT, shown(w, v), 0);
		break;
	case VALUE_BOOL:
		t = tree_scalar(w, SCALAR_BOOL, shown(w, v), 0);
		break;
	case VALUE_PERCENT:
		t = tree_scalar(w, v->as.n % 1000 ? SCALAR_NUMBER : SCALAR_INT, shown(w, v), 0);
		break;
	case VALUE_DURATION:
	case VALUE_VERSION:
		t = tree_scalar(w, SCALAR_TEXT, shown(w, v), 0);
		break;
	case VALUE_OBJECT:
		t = tree_scalar(w, SCALAR_TEXT, graph_object(w->g, v->as.id)->name, 0);
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
		if (type && TYPE_AT(w->p, type)->kind == TYPE_SCALAR &&
			TYPE_AT(w->p, type)->scalar == SCALAR_TYPE_PERCENT)
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

struct value
value_as_map(struct world *w, struct value v)
{
	struct map *m;

	if (v.kind != VALUE_TREE || v.as.tree->kind != TREE_MAP)
		return v;
	m = arena_alloc(&w->arena, sizeof *m + v.as.tree->count * sizeof m->entries[0]);
	for (const struct tree *c = v.as.tree->first; c; c = c->next) {
		m->entries[m->count].key = c->key;
		m->entries[m->count++].value = tree_value(w, c, 0);
	}
	v.kind = VALUE_MAP;
	v.as.map = m;
	return v;
}
