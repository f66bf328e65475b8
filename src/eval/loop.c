/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `for`: one frame for each combination of bindings; comprehensions.
 */
#include "eval/object.h"

#include <string.h>
#include "eval/inside.h"

struct loop {
	struct frame *f;
	struct frame *run; /* what the callback gets: one frame for all runs */
	const struct context *context;
	node_id cond;
	frame_fn *fn;
	void *data;
	bool whole, stop;
};

bool
world_step(struct world *w, struct frame *f, node_id n)
{
	if (w->stopped)
		return false;
	if (++w->steps < WORLD_STEPS_MAX)
		return true;
	world_limit(w, f, n, "more than %u steps: this site is larger than egmc works on",
		WORLD_STEPS_MAX);
	return false;
}

static void
run_binding(struct world *w, struct loop *l, node_id b);

static void
run_body(struct world *w, struct loop *l)
{
	struct frame *f = l->f, *run = l->run;
	bool poisoned = false;
	node_id src = 0;
	uint32_t n = l->context->var_count;

	if (l->cond && !eval_condition(w, f, l->cond, &poisoned, &src)) {
		l->whole &= !poisoned;
		return;
	}
	memcpy(run, f, sizeof *run + n * sizeof(struct value));
	run->src = src;
	for (uint32_t i = n; i-- > 0 && !run->src;) /* the innermost binding */
		run->src = run->vars[i].src;
	/* `let`s of this level are computed anew in this frame. */
	if (!l->fn(w, run, l->data))
		l->stop = true;
}

static void
run_member(struct world *w, struct loop *l, node_id b, struct value v)
{
	l->f->vars[VAR_AT(w->p, world_node(w, b)->ref)->slot] = v;
	if (!world_step(w, l->f, b)) {
		l->stop = true;
		return;
	}
	if (world_node(w, b)->next)
		run_binding(w, l, world_node(w, b)->next);
	else
		run_body(w, l);
}

static void
run_binding(struct world *w, struct loop *l, node_id b)
{
	struct value set = eval_expr(w, l->f, world_node(w, b)->kid[0]), v;
	uint32_t elem = VAR_AT(w->p, world_node(w, b)->ref)->type;
	struct iter it;

	if (set.kind == VALUE_OPEN)
		set = open_report(w, &set, b);
	if (!world_node(w, b)->aux || !index_begin(w, l->f, b, &set, &it))
		iter_begin(w, &it, &set);
	if (value_is_poison(&set) || set.incomplete)
		l->whole = false;
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
	struct loop l = { frame_borrow(w, context, up), frame_borrow(w, context, up), c,
		n ? world_node(w, n)->kid[1] : 0, fn, data, true, false };

	if (!n || !world_node(w, n)->kid[0])
		run_body(w, &l);
	else
		run_binding(w, &l, world_node(w, n)->kid[0]);
	frame_return(w, l.run);
	frame_return(w, l.f);
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
	if (g->out->count >= WORLD_LIST_MAX) {
		world_limit(w, f, g->item, "more than %u elements in one list", WORLD_LIST_MAX);
		return false;
	}
	vec_push(g->out, &v);
	return true;
}

struct value
eval_comp(struct world *w, struct frame *f, node_id n)
{
	struct vec out;
	struct gather g = { world_node(w, n)->kid[0], &out, false };
	struct list *l;
	struct value v;
	bool whole;

	vec_init(&out, sizeof(struct value), false);
	whole = eval_for(w, f, world_node(w, n)->ref, gather_one, &g);
	l = list_new(w, out.count);
	if (out.count)
		memcpy(l->items, out.data, out.count * sizeof(struct value));
	vec_release(&out);
	v = list_value(l, world_literal_src(w, n));
	v.incomplete = !whole || g.poisoned;
	for (uint32_t i = 0; i < l->count && !v.src; i++)
		v.src = l->items[i].src;
	return v;
}
