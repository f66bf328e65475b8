/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns of fields: statements by rank, defaults, `+=`, conflicts, and the conditions of
 * members.
 */
#include "eval/object.h"

#include <string.h>
#include "eval/inside.h"

/* --- fields --- */

struct slot *
record_slot(struct world *w, uint32_t record, const struct member *m)
{
	const struct record *r = RECORD_AT(w, record);
	uint32_t at = m->slot;

	if (m->owner != r->rtype) /* the choice's field of a case */
		at += RTYPE_AT(w->p, r->rtype)->slots;
	return &r->slots[at];
}

/* `key`: of a map, which holds two values there; 0 if the whole field does. */
static void
conflict(struct world *w, struct frame *f, const struct member *m, atom key, const struct slot *old,
	const struct value *v, node_id node)
{
	struct diags *d = &w->p->diags;
	struct value a = old->value, b = *v;
	struct str x = STR_INIT, y = STR_INIT, where = STR_INIT;
	struct diag *g;
	bool old_user = is_user_node(w, old->node);
	struct value at = { .kind = VALUE_ABSENT, .src = old_user ? old->node : b.src };

	if (RECORD_AT(w, f->record)->twice)
		return;
	value_show(w, &a, &x);
	value_show(w, &b, &y);
	str_puts(&where, program_text(w->p, m->name));
	if (key)
		str_format(&where, ".%s", program_text(w->p, key));
	str_puts(&where, "` of ");
	record_show(w, f->record, &where);
	g = world_fault(w, f, EGM0301, &at, 0, "two values for `%s", str_text(&where));
	diag_here(d, g, "%s here", old_user ? str_text(&x) : str_text(&y));
	diag_label(d, g, NODE_AT(w->p, old_user ? node : old->node)->span, "%s here",
		old_user ? str_text(&y) : str_text(&x));
	if (!old_user && old->value.src && old->value.src != at.src)
		diag_label(d, g, NODE_AT(w->p, old->value.src)->span, "because of this");
	str_release(&x);
	str_release(&y);
	str_release(&where);
}

static bool
ranks_disagree(uint8_t a, uint8_t b)
{
	return a == b || a == RANK_LIBRARY || b == RANK_LIBRARY;
}

/* Key by key; the higher rank wins where both have one. */
static void
merge_maps(struct world *w, struct frame *f, const struct member *m, struct slot *slot,
	const struct value *v, node_id node, uint8_t rank)
{
	const struct map *a = slot->value.as.map, *b = v->as.map;
	struct map *both = arena_alloc(
		&w->arena, sizeof *both + (a->count + b->count) * sizeof both->entries[0]);

	memcpy(both->entries, a->entries, a->count * sizeof both->entries[0]);
	both->count = a->count;
	for (uint32_t i = 0; i < b->count; i++) {
		struct map_entry *old = both->entries;

		while (old < both->entries + both->count && old->key != b->entries[i].key)
			old++;
		if (old == both->entries + both->count) {
			both->count++;
		} else if (value_equal(w, &old->value, &b->entries[i].value)) {
			continue;
		} else if (ranks_disagree(old->rank, rank)) {
			struct slot there = { old->value, old->node ? old->node : slot->node,
				old->rank, slot->state };

			conflict(w, f, m, old->key, &there, &b->entries[i].value,
				b->entries[i].node ? b->entries[i].node : node);
			old->value = value_poison();
			continue;
		} else if (old->rank > rank) {
			continue;
		}
		*old = b->entries[i];
		old->rank = rank;
	}
	slot->value.as.map = both;
}

static void
rank_entries(struct value *v, uint8_t rank)
{
	if (v->kind == VALUE_MAP)
		for (uint32_t i = 0; i < v->as.map->count; i++)
			v->as.map->entries[i].rank = rank;
}

/* A path behind the field: `pods.labels = x` writes { labels = x }. */
static struct value
wrapped(struct world *w, node_id path, struct value v)
{
	struct map *m;
	struct value out = { .kind = VALUE_MAP, .src = v.src };

	if (!path)
		return v;
	m = arena_alloc(&w->arena, sizeof *m + sizeof m->entries[0]);
	m->count = 1;
	m->entries[0].key = NODE_AT(w->p, path)->a;
	m->entries[0].value = wrapped(w, NODE_AT(w->p, path)->next, v);
	out.as.map = m;
	return out;
}

static void
add_members(struct world *w, struct frame *f, struct slot *slot, const struct member *m,
	const struct value *v, node_id node)
{
	struct value old = slot->value;
	uint32_t n = old.kind == VALUE_LIST ? old.as.list->count : 0, more = v->as.list->count;
	struct list *l = list_new(w, n + more);

	if (n)
		memcpy(l->items, old.as.list->items, n * sizeof l->items[0]);
	memcpy(l->items + n, v->as.list->items, more * sizeof l->items[0]);
	slot->value = coerce(w, f, m->type, list_value(l, old.src ? old.src : v->src), node,
		program_text(w->p, m->name));
	slot->node = slot->node ? slot->node : node;
	slot->state = SLOT_SET;
}

static void
assign(struct world *w, struct frame *f, const struct member *m, struct value v, node_id node,
	uint8_t rank)
{
	struct slot *slot = record_slot(w, f->record, m);
	bool taken_away = value_is_absent(&v) &&
		NODE_AT(w->p, NODE_AT(w->p, node)->kid[1])->kind == NODE_ABSENT;

	if (value_is_absent(&v) && !taken_away)
		return;
	if (slot->state == SLOT_SET && value_is_poison(&slot->value))
		return;
	if (slot->state != SLOT_SET || value_is_poison(&v)) {
		rank_entries(&v, rank);
		slot->value = v;
		slot->node = node;
		slot->rank = rank;
		slot->state = SLOT_SET;
		return;
	}
	if (slot->value.kind == VALUE_MAP && v.kind == VALUE_MAP) {
		merge_maps(w, f, m, slot, &v, node, rank);
		return;
	}
	if (value_equal(w, &slot->value, &v)) {
		slot->rank = rank > slot->rank ? rank : slot->rank;
		return;
	}
	if (ranks_disagree(rank, slot->rank)) {
		conflict(w, f, m, 0, slot, &v, node);
		slot->value = value_poison();
		return;
	}
	if (rank > slot->rank) {
		slot->value = v;
		slot->node = node;
		slot->rank = rank;
	}
}

static void
run_field(struct world *w, const struct part *part, const struct member *m, struct frame *f)
{
	node_id value = NODE_AT(w->p, part->node)->kid[1];
	/* What did not check was reported; what depends on it is silent. */
	struct value v = NODE_AT(w->p, part->node)->flags & (FLAG_FAILED | FLAG_BROKEN)
		? value_poison()
		: eval_expr(w, f, value);
	bool add = NODE_AT(w->p, part->node)->op == OP_ADD;
	uint8_t rank = CONTEXT_AT(w->p, part->context)->rank;
	const char *name = program_text(w->p, m->name);

	if (RECORD_AT(w, f->record)->dropped)
		return;
	/* What a profile adds to, its child may set anew; what the library adds stays. */
	if (add && rank != RANK_LIBRARY && rank < record_slot(w, f->record, m)->rank)
		return;
	if (v.kind == VALUE_OPEN && TYPE_AT(w->p, m->type)->kind != TYPE_ROW)
		v = open_report(w, &v, part->node);
	if (!v.src && !is_user_node(w, part->node))
		v.src = frame_src(f);
	if (v.incomplete)
		v = value_poison();
	if (part->path)
		v = value_is_poison(&v) ? v : wrapped(w, part->path, v);
	if (!part->path || TYPE_AT(w->p, m->type)->kind == TYPE_MAP)
		v = add && v.kind != VALUE_POISON ? v : coerce(w, f, m->type, v, part->node, name);
	if (add && !value_is_poison(&v) && !value_is_absent(&v)) {
		struct value set = v;
		struct iter it;
		uint32_t n = 0;
		struct list *l;

		iter_begin(w, &it, &set);
		while (iter_next(w, &it, &v))
			n++;
		l = list_new(w, n);
		iter_begin(w, &it, &set);
		for (n = 0; iter_next(w, &it, &v); n++)
			l->items[n] = v;
		v = list_value(l, set.src);
		add_members(w, f, record_slot(w, f->record, m), m, &v, part->node);
		return;
	}
	assign(w, f, m, v, part->node, rank);
}

static void
run_field_parts(struct world *w, uint32_t first, const struct member *m, bool additions)
{
	for (uint32_t p = first; p && !w->stopped; p = PART_AT(w->p, p)->next) {
		const struct part *part = PART_AT(w->p, p);
		struct instances *x;

		if ((NODE_AT(w->p, part->node)->op == OP_ADD) != additions)
			continue;
		x = record_instances(w, part->context);
		for (uint32_t i = 0; i < x->count; i++)
			run_field(w, part, m, x->items[i]);
	}
}

static struct frame *
self_frame(struct world *w, const struct member *m, uint32_t record)
{
	struct frame *f = frame_new(w, m->context,
		VEC_AT(&w->instances, struct instances, CONTEXT_AT(w->p, m->context)->parent)
			->items[0]);

	f->record = record;
	f->src = RECORD_AT(w, record)->user_head;
	return f;
}

/* An error was said of it, or of what it belongs to. */
static bool
is_broken(const struct world *w, uint32_t record)
{
	for (; record && record != w->site; record = RECORD_AT(w, record)->owner)
		if (RECORD_AT(w, record)->broken)
			return true;
	return false;
}

static void
missing_field(struct world *w, uint32_t record, const struct member *m, struct slot *slot)
{
	struct value at = value_record(record, place_head(w, record));
	const struct record *r = RECORD_AT(w, record);
	struct str of = STR_INIT;
	struct diag *g;

	slot->value = value_poison();
	slot->state = SLOT_SET;
	if (is_broken(w, record) || (!r->user_head && *VEC_AT(&w->rtype_incomplete, bool, r->rtype)))
		return;
	record_show(w, record, &of);
	g = world_fault(w, NULL, EGM0131, &at, r->user_head ? 0 : r->head, "%s needs `%s`",
		str_text(&of), program_text(w->p, m->name));
	str_release(&of);
	if (record_suggest(w, record, g))
		RECORD_AT(w, record)->broken = true;
	else if (m->decl && NODE_AT(w->p, m->decl)->doc) {
		const char *doc = program_text(w->p, NODE_AT(w->p, m->decl)->doc);

		diag_line(&w->p->diags, g, LINE_NOTE, "%.*s", (int)strcspn(doc, "\n"), doc);
	}
}

static void
run_default(struct world *w, const struct member *m, uint32_t record)
{
	struct slot *slot = record_slot(w, record, m);
	bool empty = slot->state != SLOT_SET || value_is_absent(&slot->value);
	struct frame *f;
	struct value v;

	if (!empty || RECORD_AT(w, record)->dropped)
		return;
	if (RECORD_AT(w, record)->broken) { /* what was lost may have set it */
		slot->value = value_poison();
		slot->state = SLOT_SET;
		return;
	}
	if (!m->value) {
		if (!m->optional)
			missing_field(w, record, m, slot);
		return;
	}
	f = self_frame(w, m, record);
	v = eval_expr(w, f, m->value);
	v = coerce(w, f, m->type, v, m->decl, program_text(w->p, m->name));
	slot = record_slot(w, record, m);
	if (value_is_absent(&v) && !m->optional) {
		missing_field(w, record, m, slot);
		return;
	}
	slot->value = v;
	slot->node = m->decl;
	slot->rank = slot->state == SLOT_SET ? slot->rank : RANK_DEFAULT; /* who took it away */
	slot->state = value_is_absent(&v) ? SLOT_EMPTY : SLOT_DEFAULT;
}

void
record_run_column(struct world *w, uint32_t column)
{
	const struct column *c = COLUMN_AT(w->p, column);
	struct member m = *MEMBER_AT(w->p, c->member);
	const struct vec *set = VEC_AT(&w->sets, struct vec, c->rtype);

	if (m.form == MEMBER_LET)
		return;
	run_field_parts(w, c->site_first, &m, false);
	run_field_parts(w, c->library_first, &m, false);
	for (uint32_t i = 0; i < set->count; i++)
		run_default(w, &m, *VEC_AT(set, uint32_t, i));
	run_field_parts(w, c->site_first, &m, true);
	run_field_parts(w, c->library_first, &m, true);
}

/* --- conditions of fields --- */

static void
condition_values(struct world *w, struct frame *f, struct diag *g, node_id cond)
{
	const struct node *n = NODE_AT(w->p, cond);
	struct str s = STR_INIT;

	if (n->kind == NODE_BINARY && (n->op == OP_AND || n->op == OP_OR)) {
		condition_values(w, f, g, n->kid[0]);
		condition_values(w, f, g, NODE_AT(w->p, cond)->kid[1]);
		return;
	}
	/* `word in on`: what is asked about is the list. */
	node_id shown = n->kind == NODE_BINARY                        ? n->kid[n->op == OP_IN]
		: n->kind == NODE_NOT || n->kind == NODE_TEST_PRESENT ? n->kid[0]
								      : cond;
	struct value v = eval_expr(w, f, shown);
	struct span span = NODE_AT(w->p, shown)->span;
	const struct source_file *file = source_file(&w->p->source, span.file);

	value_show(w, &v, &s);
	diag_line(&w->p->diags, g, LINE_SHOW, "%.*s is %s", (int)(span.end - span.start),
		file->bytes + span.start, str_text(&s));
	if (v.src)
		diag_label(
			&w->p->diags, g, NODE_AT(w->p, v.src)->span, "it is %s here", str_text(&s));
	str_release(&s);
}

static void
check_member_conditions(struct world *w, const struct member *m, uint32_t record)
{
	struct program *p = w->p;
	struct slot *slot = record_slot(w, record, m);
	struct str of = STR_INIT;
	bool there = slot->state == SLOT_SET && !value_is_absent(&slot->value), poisoned, holds;
	struct frame *f;
	node_id src;

	if (value_is_poison(&slot->value) || RECORD_AT(w, record)->dropped)
		return;
	record_show(w, record, &of);
	for (node_id c = program_conditions(p, m->decl); c; c = NODE_AT(p, c)->next) {
		struct node cond = *NODE_AT(p, c);
		struct span span = NODE_AT(p, cond.kid[0])->span;
		const char *text = source_file(&p->source, span.file)->bytes + span.start;
		struct value at = value_record(record, place_head(w, record));
		struct diag *g;

		f = self_frame(w, m, record);
		holds = eval_condition(w, f, cond.kid[0], &poisoned, &src);
		if (poisoned)
			continue;
		if (cond.kind == NODE_REQUIRED && holds && !there && slot->state != SLOT_DEFAULT) {
			g = world_fault(w, NULL, EGM0131, &at, 0, "%s needs `%s`, since %.*s",
				str_text(&of), program_text(p, m->name),
				(int)(span.end - span.start), text);
			condition_values(w, f, g, cond.kid[0]);
		} else if (cond.kind == NODE_ONLY && !holds && there) {
			at.src = slot->value.src              ? slot->value.src
				: is_user_node(w, slot->node) ? slot->node
							      : at.src;
			g = world_fault(w, NULL, EGM0133, &at, slot->node,
				"`%s` of %s can stand only where %.*s", program_text(p, m->name),
				str_text(&of), (int)(span.end - span.start), text);
			condition_values(w, f, g, cond.kid[0]);
			diag_line(&p->diags, g, LINE_BECAUSE, "%s",
				program_text(p, NODE_AT(p, cond.kid[1])->a));
		}
	}
	str_release(&of);
}

void
record_check_conditions(struct world *w)
{
	for (uint32_t c = 1; c < w->p->columns.count; c++) {
		const struct column *x = COLUMN_AT(w->p, c);
		const struct vec *set = VEC_AT(&w->sets, struct vec, x->rtype);

		if (!x->member || !program_conditions(w->p, MEMBER_AT(w->p, x->member)->decl))
			continue;
		for (uint32_t i = 0; i < set->count; i++)
			check_member_conditions(
				w, MEMBER_AT(w->p, x->member), *VEC_AT(set, uint32_t, i));
	}
}
