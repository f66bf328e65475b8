/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators. Poison in, poison out; a value that is open maps over its alternatives.
 */
#include "eval/object.h"

#include <string.h>
#include "eval/inside.h"

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

struct value
eval_overflow(struct world *w, struct frame *f, const struct value *v, node_id n)
{
	world_fault(w, f, EGM0502, v, n, "this number leaves 64 bits");
	return value_poison();
}

static struct value
arithmetic(struct world *w, struct operation *op, const struct value *a, const struct value *b)
{
	enum op o = (enum op)world_node(w, op->node)->op;
	struct value v = *a;
	int64_t r = 0;
	bool bad;

	v.src = world_first_src(a->src, b->src);
	switch (o) {
	case OP_PLUS:
		bad = __builtin_add_overflow(a->as.n, b->as.n, &r);
		break;
	case OP_MINUS:
		bad = __builtin_sub_overflow(a->as.n, b->as.n, &r);
		break;
	case OP_TIMES:
		v.kind = a->kind == VALUE_DURATION || b->kind == VALUE_DURATION ? VALUE_DURATION
										: VALUE_INT;
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
		return eval_overflow(w, op->f, &v, op->node);
	v.as.n = r;
	return v;
}

static struct value
lists_plus(struct world *w, const struct value *a, const struct value *b)
{
	uint32_t n = a->as.list->count + b->as.list->count;
	struct list *l = list_new(w, n);

	memcpy(l->items, a->as.list->items, a->as.list->count * sizeof l->items[0]);
	memcpy(l->items + a->as.list->count, b->as.list->items,
		b->as.list->count * sizeof l->items[0]);
	struct value v = list_value(l, world_first_src(a->src, b->src));

	v.incomplete = a->incomplete || b->incomplete;
	return v;
}

/* The right one wins where both have a key. */
static struct value
maps_plus(struct world *w, const struct value *a, const struct value *b)
{
	const struct map *x = a->as.map, *y = b->as.map;
	struct map *m =
		arena_alloc(&w->arena, sizeof *m + (x->count + y->count) * sizeof m->entries[0]);
	struct value v = { .kind = VALUE_MAP, .src = world_first_src(a->src, b->src) };

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

	if (v.kind != VALUE_CHILDREN && (v.kind != VALUE_SET || RTYPE_AT(w->p, v.as.id)->hi != 1))
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
	enum op o = (enum op)world_node(w, op->node)->op;
	node_id src = world_first_src(a.src, b.src);
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
		c = value_compare(w, &a, &b,
			TYPE_AT(w->p, world_node(w, world_node(w, op->node)->kid[0])->type)
					->scalar == SCALAR_TYPE_QUANTITY);
		return value_bool(o == OP_LT ? c < 0
				: o == OP_LE ? c <= 0
				: o == OP_GT ? c > 0
					     : c >= 0,
			src);
	default:
		break;
	}
	if (value_is_absent(&a) || value_is_absent(&b))
		return value_absent();
	a = value_as_map(w, a);
	b = value_as_map(w, b);
	if (o == OP_PLUS && a.kind == VALUE_MAP)
		return maps_plus(w, &a, &b);
	if (o == OP_PLUS && a.kind != VALUE_INT && a.kind != VALUE_DURATION) {
		a = listed(w, a);
		b = listed(w, b);
		a = lists_plus(w, &a, &b);
		if (TYPE_AT(w->p, world_node(w, op->node)->type)->kind == TYPE_SET)
			list_drop_repetitions(w, a.as.list);
		return a;
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
	struct value v = single(w, eval_expr(w, f, world_node(w, n)->kid[0]));
	uint32_t wanted = world_node(w, world_node(w, n)->kid[1])->ref;

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
	node_id src = world_first_src(a.src, b.src);

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
	bool and = world_node(w, n)->op == OP_AND;
	struct value a = eval_expr(w, f, world_node(w, n)->kid[0]), b;

	if (a.kind == VALUE_BOOL && a.as.n == !and)
		return a;
	b = eval_expr(w, f, world_node(w, n)->kid[1]);
	if (a.kind == VALUE_OPEN || b.kind == VALUE_OPEN)
		return open_map(w, a, b, logic, &and);
	return logic(w, a, b, &and);
}

struct value
eval_binary(struct world *w, struct frame *f, node_id n)
{
	struct operation op = { f, n };
	struct value a, b;

	switch ((enum op)world_node(w, n)->op) {
	case OP_AND:
	case OP_OR:
		return eval_logic(w, f, n);
	case OP_IS:
		return eval_is(w, f, n);
	default:
		break;
	}
	a = eval_expr(w, f, world_node(w, n)->kid[0]);
	if (value_is_poison(&a))
		return a;
	b = eval_expr(w, f, world_node(w, n)->kid[1]);
	if (value_is_poison(&b))
		return b;
	if (a.kind == VALUE_OPEN || b.kind == VALUE_OPEN)
		return open_map(w, a, b, lifted, &op);
	return plain_binary(w, &op, a, b);
}

struct value
eval_negated(struct world *w, struct value a, struct value b, void *data)
{
	(void)w;
	(void)b;
	(void)data;
	return a.kind == VALUE_BOOL ? value_bool(!a.as.n, a.src) : value_poison();
}

struct value
eval_presence(struct world *w, struct value a, struct value b, void *data)
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
	const struct node *n = world_node(w, x->node);
	struct value v;

	(void)b;
	if (a.kind != VALUE_BOOL)
		return value_poison();
	v = eval_expr(w, x->f, a.as.n ? n->kid[1] : n->kid[2]);
	v.src = v.src ? v.src : a.src;
	return v;
}

struct value
eval_cond(struct world *w, struct frame *f, node_id n)
{
	struct branches x = { f, n };
	struct value c = eval_expr(w, f, world_node(w, n)->kid[0]);

	if (c.kind == VALUE_OPEN)
		return open_map(w, c, c, branch, &x);
	return branch(w, c, c, &x);
}
