/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions of a checked program. Poison in, poison out; absent where the checker allowed it. A
 * result keeps the first user-written node that it depends on, operands left to right, so that a
 * message about it can point there.
 */
#include "eval/object.h"

#include <string.h>
#include "base/mem.h"
#include "eval/inside.h"

struct node *
world_node(const struct world *w, node_id n)
{
	return NODE_AT(w->p, n);
}

/* The node itself, if the user wrote it. */
node_id
world_literal_src(const struct world *w, node_id n)
{
	return is_user_node(w, n) ? n : 0;
}

node_id
world_first_src(node_id a, node_id b)
{
	return a ? a : b;
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

struct frame *
frame_borrow(struct world *w, uint32_t context, struct frame *up)
{
	struct frame **pool = VEC_AT(&w->frames, struct frame *, context), *f = *pool;

	if (!f)
		return frame_new(w, context, up);
	*pool = f->up;
	memset(f, 0, sizeof *f + CONTEXT_AT(w->p, context)->var_count * sizeof(struct value));
	f->context = context;
	f->up = up;
	f->record = up ? up->record : 0;
	f->object = up ? up->object : 0;
	return f;
}

void
frame_return(struct world *w, struct frame *f)
{
	struct frame **pool = VEC_AT(&w->frames, struct frame *, f->context);

	f->up = *pool;
	*pool = f;
}

static struct frame *
frame_of(struct frame *f, uint32_t context)
{
	while (f && f->context != context)
		f = f->up;
	return f;
}

struct value
eval_no_such(struct world *w, struct frame *f, const struct value *owner, uint32_t rtype,
	atom label, node_id n)
{
	if (!*VEC_AT(&w->rtype_incomplete, bool, rtype) && !RECORD_AT(w, owner->as.id)->poisoned)
		world_fault(w, f, EGM0202, owner, n, "there is no `%s%s%s` of `%s`",
			program_text(w->p, RTYPE_AT(w->p, rtype)->name), label ? " " : "",
			program_text(w->p, label),
			program_text(w->p, RECORD_AT(w, owner->as.id)->label));
	return value_poison();
}

/* A handle becomes the object as soon as objects have their names. */
struct value
eval_settled(struct world *w, struct frame *f, struct value v)
{
	const struct handle *h = v.as.handle;
	struct value owner;
	uint32_t found;

	if (v.kind != VALUE_HANDLE || !w->objects_named)
		return v;
	found = object_find(w, h->kind, h->label, h->owner);
	owner = value_record(h->owner, v.src);
	if (!found)
		return eval_no_such(w, f, &owner, h->kind, h->label, h->node);
	v.kind = VALUE_OBJECT;
	v.as.id = found - 1;
	return v;
}

struct value
eval_var(struct world *w, struct frame *f, node_id n)
{
	const struct var *v = VAR_AT(w->p, world_node(w, n)->ref);
	struct frame *at = frame_of(f, v->context);

	if (!at)
		BUG("the variable %s has no frame", program_text(w->p, v->name));
	if (v->let && at->vars[v->slot].kind == VALUE_UNSET) {
		/* Without a type its value did not check. */
		struct value x = v->type ? eval_expr(w, at, v->let) : value_poison();

		at->vars[v->slot] = x;
	}
	return eval_settled(w, f, at->vars[v->slot]);
}

/* --- calls --- */

static struct value
eval_fn(struct world *w, struct frame *f, node_id n)
{
	const struct fn *fn = FN_AT(w->p, world_node(w, n)->ref);
	struct frame *inner;
	uint32_t slot = 0;
	node_id src = 0;
	struct value v;

	if (!world_step(w, f, n))
		return value_poison();
	inner = frame_borrow(w, fn->context, NULL);
	inner->up = VEC_AT(&w->instances, struct instances, CONTEXT_AT(w->p, fn->context)->parent)
			    ->items[0];
	inner->src = frame_src(f);
	for (node_id a = world_node(w, n)->kid[1]; a; a = world_node(w, a)->next) {
		struct value x = eval_expr(w, f, a);

		if (x.kind == VALUE_OPEN)
			x = open_report(w, &x, a);
		if (value_is_poison(&x)) {
			frame_return(w, inner);
			return x;
		}
		inner->vars[slot++] = x;
		src = src ? src : x.src;
	}
	v = eval_expr(w, inner, world_node(w, fn->decl)->kid[2]);
	v.src = v.src ? v.src : src;
	frame_return(w, inner);
	return v;
}

/* --- the whole --- */

static struct value
eval_node(struct world *w, struct frame *f, node_id n)
{
	const struct node *x = world_node(w, n);
	struct value v;

	if (x->flags & FLAG_BROKEN) /* what did not parse was reported */
		return value_poison();
	switch ((enum node_kind)x->kind) {
	case NODE_NAME:
		return eval_name(w, f, n);
	case NODE_STRING:
		return eval_text_as(w, n, x->type);
	case NODE_INTERP:
		return eval_interp(w, f, n);
	case NODE_INT:
		return eval_int(w, n);
	case NODE_UNIT:
		return eval_text_as(w, n, x->type);
	case NODE_TRUE:
		return value_bool(true, world_literal_src(w, n));
	case NODE_FALSE:
		return value_bool(false, world_literal_src(w, n));
	case NODE_ABSENT:
		v = value_absent();
		v.src = world_literal_src(w, n);
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
		return v.kind == VALUE_OPEN ? open_map(w, v, v, eval_presence, NULL)
					    : eval_presence(w, v, v, NULL);
	case NODE_INDEX:
		return eval_index(w, f, n);
	case NODE_BINARY:
		return eval_binary(w, f, n);
	case NODE_NOT:
		v = eval_expr(w, f, x->kid[0]);
		return v.kind == VALUE_OPEN ? open_map(w, v, v, eval_negated, NULL)
					    : eval_negated(w, v, v, NULL);
	case NODE_NEGATE:
		v = eval_expr(w, f, x->kid[0]);
		if (v.kind != VALUE_INT)
			return value_poison();
		if (v.as.n == INT64_MIN)
			return eval_overflow(w, f, &v, n);
		v.as.n = -v.as.n;
		v.src = NODE_AT(w->p, x->kid[0])->kind == NODE_INT ? world_literal_src(w, n)
								   : v.src;
		return v;
	case NODE_COND:
		return eval_cond(w, f, n);
	case NODE_OF:
		return eval_of(w, f, n);
	case NODE_STRUCT:
		return eval_struct(w, f, n);
	case NODE_NONE: /* a part that was cut off because it went too deep */
		return value_poison();
	default:
		BUG("expression of kind %s", ast_kind_name((enum node_kind)x->kind));
	}
}

struct value
eval_expr(struct world *w, struct frame *f, node_id n)
{
	struct value v;

	if (w->depth >= EXPRESSION_LEVELS_MAX) {
		world_limit(w, f, n, "this is more than %u levels deep, one name in another",
			EXPRESSION_LEVELS_MAX);
		return value_poison();
	}
	w->depth++;
	v = eval_node(w, f, n);
	w->depth--;
	return v;
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
