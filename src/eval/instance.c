/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts come to life: one frame for each run of a `for`, an `if`, an `extend`.
 */
#include "eval/object.h"

#include <string.h>
#include "base/mem.h"
#include "base/suggest.h"
#include "eval/inside.h"

void
record_add_instance(struct world *w, uint32_t context, struct frame *f)
{
	struct instances *x = VEC_AT(&w->instances, struct instances, context);

	if (x->count == x->room) {
		uint32_t room = x->room ? x->room * 2 : 1;
		struct frame **items = ARENA_ARRAY(&w->arena, struct frame *, room);

		if (x->count)
			memcpy(items, x->items, x->count * sizeof *items);
		x->items = items;
		x->room = room;
	}
	x->items[x->count++] = f;
}

static bool
keep_frame(struct world *w, struct frame *f, void *data)
{
	size_t size = sizeof *f + CONTEXT_AT(w->p, f->context)->var_count * sizeof(struct value);
	struct frame *kept = arena_alloc(&w->arena, size);

	(void)data;
	memcpy(kept, f, size);
	record_add_instance(w, f->context, kept);
	return true;
}

struct value
record_block_owner(struct world *w, struct frame *f, const struct context *c)
{
	node_id owner = NODE_AT(w->p, c->node)->kid[2];
	struct frame *x;

	if (owner)
		return eval_expr(w, f, owner);
	if (!c->owner)
		return value_record(w->site, 0);
	for (x = f; x && x->context != c->owner;)
		x = x->up;
	return x && x->record ? value_record(x->record, 0) : value_poison();
}

struct value
record_label(struct world *w, struct frame *f, const struct context *c, uint32_t owner)
{
	node_id label = NODE_AT(w->p, c->node)->kid[1];
	const struct rtype *t = RTYPE_AT(w->p, c->rtype);

	if (t->form == FORM_CASE)
		return value_text(t->name, 0);
	if (!label && owner == w->site && !t->any_owner)
		return value_text(t->name, 0);
	if (!label)
		return value_text(RECORD_AT(w, owner)->label, 0);
	if (NODE_AT(w->p, label)->kind == NODE_WORD)
		return value_text(NODE_AT(w->p, label)->a, is_user_node(w, label) ? label : 0);
	struct value v = eval_expr(w, f, label);

	return v.kind == VALUE_OPEN ? open_report(w, &v, label) : v;
}

void
record_mark_incomplete(struct world *w, uint32_t rtype)
{
	*VEC_AT(&w->rtype_incomplete, bool, rtype) = true;
	*VEC_AT(&w->rtype_incomplete, bool, record_choice_of(w, rtype)) = true;
}

/* Those of the same owner that may have been meant. */
static void
suggest_target(struct world *w, struct diag *g, uint32_t rtype, uint32_t owner, atom label)
{
	struct diags *d = &w->p->diags;
	struct value set = { .kind = VALUE_CHILDREN }, v;
	struct suggest s;
	struct iter it;
	uint32_t count = 0;

	suggest_init(&s, program_text(w->p, label), atom_len(&w->p->atoms, label));
	set.as.pair.owner = owner;
	set.as.pair.rtype = record_choice_of(w, rtype);
	for (iter_begin(w, &it, &set); iter_next(w, &it, &v); count++)
		suggest_offer(&s, program_text(w->p, RECORD_AT(w, v.as.id)->label));
	if (s.best)
		diag_line(d, g, LINE_HELP, "did you mean `%s`?", s.best);
	else if (!count)
		diag_line(d, g, LINE_HELP, "without `extend` the block makes one");
}

static void
missing_target(
	struct world *w, struct frame *f, const struct context *c, uint32_t owner, atom label)
{
	struct value at = { .kind = VALUE_ABSENT };
	struct str of = STR_INIT;
	struct diag *g;

	if (*VEC_AT(&w->rtype_incomplete, bool, c->rtype))
		return;
	if (owner != w->site && owner) {
		str_puts(&of, " of ");
		record_show(w, owner, &of);
	}
	g = world_fault(w, f, EGM0202, &at, c->node, "there is no %s `%s`%s to extend",
		record_rtype_name(w, record_choice_of(w, c->rtype)), program_text(w->p, label),
		str_text(&of));
	suggest_target(w, g, c->rtype, owner, label);
	str_release(&of);
}

/* The record that `extend` speaks of. */
static uint32_t
extend_target(struct world *w, struct frame *f, const struct context *c, node_id *src)
{
	struct value owner = record_block_owner(w, f, c), label;
	uint32_t found;

	if (owner.kind != VALUE_RECORD)
		return 0;
	*src = owner.src;
	if (c->by_variable)
		return owner.as.id;
	label = record_label(w, f, c, owner.as.id);
	if (label.kind != VALUE_TEXT)
		return 0;
	found = record_find(w, c->rtype, label.as.text.a, owner.as.id);
	if (!found && c->mode == BLOCK_EXTEND)
		missing_target(w, f, c, owner.as.id, label.as.text.a);
	return found;
}

static void
extend_instances(struct world *w, uint32_t context, struct frame *up)
{
	const struct context *c = CONTEXT_AT(w->p, context);
	node_id src = 0;
	uint32_t r = extend_target(w, up, c, &src);
	struct frame *f;

	if (!r)
		return;
	f = frame_new(w, context, up);
	f->record = r;
	f->src = is_user_node(w, c->node) ? c->node : 0;
	record_add_instance(w, context, f);
}

static void
if_instances(struct world *w, uint32_t context, struct frame *up)
{
	const struct context *c = CONTEXT_AT(w->p, context);
	bool poisoned, holds;
	node_id src;
	struct frame *f;

	holds = eval_condition(w, up, NODE_AT(w->p, c->node)->kid[0], &poisoned, &src);
	if (poisoned)
		VEC_AT(&w->instances, struct instances, context)->incomplete = true;
	if (poisoned || holds == c->negate)
		return;
	f = frame_new(w, context, up);
	f->src = src;
	record_add_instance(w, context, f);
}

struct instances *
record_instances(struct world *w, uint32_t context)
{
	const struct context *c = CONTEXT_AT(w->p, context);
	struct instances *x = VEC_AT(&w->instances, struct instances, context), *up;
	bool made = c->kind == CONTEXT_RECORD && c->mode == BLOCK_PLAIN;

	if (x->ready || made)
		return x;
	x->ready = true;
	up = record_instances(w, c->parent);
	x->incomplete = up->incomplete;
	for (uint32_t i = 0; i < up->count && !w->stopped; i++) {
		switch ((enum context_kind)c->kind) {
		case CONTEXT_FOR:
		case CONTEXT_RULE:
			if (!eval_for(w, up->items[i], context, keep_frame, NULL))
				x->incomplete = true;
			break;
		case CONTEXT_IF:
			if_instances(w, context, up->items[i]);
			break;
		case CONTEXT_RECORD:
			extend_instances(w, context, up->items[i]);
			break;
		default:
			BUG("a context of kind %d has no instances", c->kind);
		}
	}
	return x;
}
