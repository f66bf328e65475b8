/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records, column by column in the order that the checker computed. A column of existence runs the blocks that make records of its type; a
 * column of a field runs the statements that write it, then defaults. What differs without a rank to decide it is a conflict with both
 * places.
 */
#include <stdio.h>
#include <string.h>
#include "base/mem.h"
#include "base/suggest.h"
#include "check/checker.h"
#include "eval/world.h"

static const char *
rtype_name(const struct world *w, uint32_t rtype)
{
	return program_text(w->p, RTYPE_AT(w->p, rtype)->name);
}

static uint32_t
choice_of(const struct world *w, uint32_t rtype)
{
	uint32_t choice = RTYPE_AT(w->p, rtype)->choice;

	return choice ? choice : rtype;
}

/* --- finding --- */

bool
record_is(const struct world *w, uint32_t record, uint32_t rtype)
{
	uint32_t t = RECORD_AT(w, record)->rtype;

	return t == rtype || RTYPE_AT(w->p, t)->choice == rtype;
}

uint32_t
record_owner(const struct world *w, uint32_t record, uint32_t rtype)
{
	for (uint32_t r = RECORD_AT(w, record)->owner; r; r = RECORD_AT(w, r)->owner)
		if (record_is(w, r, rtype))
			return r;
	return 0;
}

static uint64_t
identity(const struct world *w, uint32_t rtype, atom label, uint32_t owner, uint32_t attempt)
{
	return hash_mix(hash_mix(hash_mix(choice_of(w, rtype), label), owner), attempt);
}

uint32_t
record_find(struct world *w, uint32_t rtype, atom label, uint32_t owner)
{
	bool choice = RTYPE_AT(w->p, rtype)->form == FORM_CHOICE;

	if (choice) { /* its one record, whatever the case */
		struct value set = { .kind = VALUE_CHILDREN }, v;
		struct iter it;

		set.as.pair.owner = owner;
		set.as.pair.rtype = rtype;
		iter_begin(w, &it, &set);
		return iter_next(w, &it, &v) ? v.as.id : 0;
	}
	if (RTYPE_AT(w->p, rtype)->form == FORM_CASE)
		label = RTYPE_AT(w->p, rtype)->name;
	for (uint32_t i = 0;; i++) {
		uint32_t r = table64_get(w->identities, identity(w, rtype, label, owner, i));
		const struct record *x = RECORD_AT(w, r);

		if (!r)
			return 0;
		if (choice_of(w, x->rtype) == choice_of(w, rtype) && x->label == label && x->owner == owner)
			return x->dropped || !record_is(w, r, rtype) ? 0 : r;
	}
}

static void
add_to_set(struct world *w, uint32_t rtype, uint32_t record)
{
	vec_push(VEC_AT(&w->sets, struct vec, rtype), &record);
}

static void
add_child(struct world *w, uint32_t rtype, uint32_t record)
{
	uint64_t key = pair_key(RECORD_AT(w, record)->owner, rtype);
	uint32_t last = table64_get(w->last_children, key);

	if (last)
		RECORD_AT(w, last)->next_child = record;
	else
		table64_set(w->children, key, record);
	table64_set(w->last_children, key, record);
}

static void
add_label(struct world *w, uint32_t record)
{
	const struct record *r = RECORD_AT(w, record);
	uint64_t key = pair_key(choice_of(w, r->rtype), r->label);

	RECORD_AT(w, record)->next_labelled = table64_get(w->labels, key);
	table64_set(w->labels, key, record);
}

static uint32_t
record_new(struct world *w, uint32_t rtype, atom label, uint32_t owner, node_id head)
{
	uint32_t r = vec_add(&w->records, 1), slots = RTYPE_AT(w->p, rtype)->slots, choice = RTYPE_AT(w->p, rtype)->choice, i = 0;
	struct record *x = RECORD_AT(w, r);

	if (choice) /* a case has its choice's fields as well, behind its own */
		slots += RTYPE_AT(w->p, choice)->slots;
	x->rtype = rtype;
	x->label = label;
	x->owner = owner;
	x->head = head;
	x->order = r;
	x->slots = ARENA_ARRAY(&w->arena, struct slot, slots ? slots : 1);
	while (table64_get(w->identities, identity(w, rtype, label, owner, i)))
		i++;
	table64_set(w->identities, identity(w, rtype, label, owner, i), r);
	add_to_set(w, rtype, r);
	if (choice)
		add_to_set(w, choice, r);
	add_child(w, choice ? choice : rtype, r);
	add_label(w, r);
	return r;
}

uint32_t
record_add(struct world *w, uint32_t rtype, uint32_t number)
{
	char label[16];

	snprintf(label, sizeof label, "%u", number);
	return record_new(w, rtype, atom_of_text(&w->p->atoms, label), w->site, 0);
}

/* --- references by label --- */

static uint32_t
path_words(struct world *w, node_id n, atom *words, uint32_t most)
{
	uint32_t count = 0;

	for (; NODE_AT(w->p, n)->kind == NODE_DOT; n = NODE_AT(w->p, n)->kid[0])
		if (count < most)
			words[count++] = NODE_AT(w->p, n)->a;
	if (count < most)
		words[count++] = NODE_AT(w->p, n)->a;
	return count; /* last word first */
}

/* Do the owners of a record carry the other words of the path, up to the site? */
static bool
path_fits(const struct world *w, uint32_t record, const atom *words, uint32_t count)
{
	uint32_t r = record;

	for (uint32_t i = 0; i < count; i++, r = RECORD_AT(w, r)->owner)
		if (!r || RECORD_AT(w, r)->label != words[i])
			return false;
	return true;
}

static bool
path_is_full(const struct world *w, uint32_t record, uint32_t count)
{
	uint32_t r = record;

	for (uint32_t i = 0; i < count; i++)
		r = RECORD_AT(w, r)->owner;
	return r == w->site;
}

/* Is `owner` the record at hand, or one that it belongs to? */
static bool
is_around(const struct world *w, uint32_t record, uint32_t owner)
{
	while (record && record != owner)
		record = RECORD_AT(w, record)->owner;
	return record == owner;
}

/* A type whose records belong to a record that is around: a bare label means the one there, never another's. */
static bool
scoped_here(const struct world *w, uint32_t rtype, uint32_t here)
{
	uint32_t owner = RTYPE_AT(w->p, rtype)->owner;

	for (uint32_t r = here; r && r != w->site; r = RECORD_AT(w, r)->owner)
		if (record_is(w, r, owner))
			return true;
	return false;
}

struct match {
	uint32_t best, count;
	int rank;
};

static void
offer_match(struct world *w, struct match *m, uint32_t r, const atom *words, uint32_t count, uint32_t here)
{
	int rank;

	if (RECORD_AT(w, r)->dropped || !path_fits(w, r, words, count))
		return;
	if (count == 1 && scoped_here(w, RECORD_AT(w, r)->rtype, here))
		rank = is_around(w, here, RECORD_AT(w, r)->owner) ? 3 : 0;
	else
		rank = path_is_full(w, r, count) ? 2 : 1;
	if (!rank || rank < m->rank)
		return;
	if (rank > m->rank) {
		m->rank = rank;
		m->count = 0;
	}
	m->best = r;
	m->count++;
}

static void
find_matches(struct world *w, struct match *m, uint32_t rtype, const atom *words, uint32_t count, uint32_t here)
{
	uint64_t key = pair_key(choice_of(w, rtype), words[0]);

	for (uint32_t r = table64_get(w->labels, key); r; r = RECORD_AT(w, r)->next_labelled)
		if (RECORD_AT(w, r)->label == words[0] && record_is(w, r, rtype))
			offer_match(w, m, r, words, count, here);
}

static void
record_path(struct world *w, uint32_t record, struct str *out)
{
	uint32_t owner = RECORD_AT(w, record)->owner;

	if (owner && owner != w->site) {
		record_path(w, owner, out);
		str_putc(out, '.');
	}
	str_puts(out, program_text(w->p, RECORD_AT(w, record)->label));
}

static void
suggest_paths(struct world *w, struct diag *g, uint32_t type, const char *written, uint32_t here)
{
	struct program *p = w->p;
	const struct type *t = TYPE_AT(p, type);
	struct suggest s;
	uint32_t shown = 0, total = 0;
	struct str all = STR_INIT;

	suggest_init(&s, written, strlen(written));
	for (uint32_t i = 0; i < t->count; i++) {
		const struct vec *set = VEC_AT(&w->sets, struct vec, NUMBER_AT(p, t->first + i));

		for (uint32_t j = 0; j < set->count && total < 1000; j++, total++) {
			uint32_t r = *VEC_AT(set, uint32_t, j);
			struct str path = STR_INIT;

			if (scoped_here(w, RECORD_AT(w, r)->rtype, here) && !is_around(w, here, RECORD_AT(w, r)->owner))
				continue;
			if (is_around(w, here, RECORD_AT(w, r)->owner) && RECORD_AT(w, r)->owner != w->site)
				str_puts(&path, program_text(p, RECORD_AT(w, r)->label));
			else
				record_path(w, r, &path);
			const char *kept = arena_copy(&w->arena, str_text(&path), path.len);

			suggest_offer(&s, kept);
			if (shown++ < 8)
				str_format(&all, "%s`%s`", all.len ? ", " : "", kept);
			str_release(&path);
		}
	}
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, g->span, "%s", s.best);
	} else if (shown && shown <= 8) {
		diag_line(&p->diags, g, LINE_HELP, "there %s %s", shown == 1 ? "is only" : "are", str_text(&all));
	}
	str_release(&all);
}

static void
type_names(const struct world *w, const struct type *t, struct str *out)
{
	for (uint32_t i = 0; i < t->count; i++)
		str_format(out, "%s%s", i ? " or " : "", rtype_name(w, NUMBER_AT(w->p, t->first + i)));
}

static struct value
no_match(struct world *w, struct frame *f, node_id n, uint32_t type, const struct match *m, uint32_t here)
{
	struct program *p = w->p;
	const struct node *x = NODE_AT(p, n);
	const struct source_file *file = source_file(&p->source, x->span.file);
	const char *written = arena_copy(&w->arena, file->bytes + x->span.start, x->span.end - x->span.start);
	struct str names = STR_INIT;
	struct value at = { .kind = VALUE_ABSENT, .src = n };
	struct diag *g;

	type_names(w, TYPE_AT(p, type), &names);
	if (m->count > 1) {
		g = world_fault(w, f, EGM0111, &at, 0, "`%s` fits %u records", written, m->count);
		diag_line(&p->diags, g, LINE_HELP, "write the whole path, from the top of the site");
	} else {
		g = world_fault(w, f, EGM0110, &at, 0, "there is no %s `%s`", str_text(&names), written);
		diag_here(&p->diags, g, "no such %s", str_text(&names));
		suggest_paths(w, g, type, written, here);
	}
	str_release(&names);
	return value_poison();
}

/* Any block of the site that has this path, where no type is expected: `Service of cart`. */
static void
find_any(struct world *w, struct match *m, const atom *words, uint32_t count)
{
	for (uint32_t t = 1; t < w->p->rtypes.count; t++)
		if (RTYPE_AT(w->p, t)->form == FORM_BLOCK)
			find_matches(w, m, t, words, count, w->site);
}

struct value
record_by_path(struct world *w, struct frame *f, node_id n)
{
	uint32_t type = NODE_AT(w->p, n)->type, count, here = w->site;
	const struct type *t = TYPE_AT(w->p, type);
	struct match m = { 0, 0, 0 };
	bool incomplete = false;
	atom words[16];

	for (struct frame *x = f; x && here == w->site; x = x->up)
		here = x->record ? x->record : here;
	count = path_words(w, n, words, 16);
	for (uint32_t i = 0; i < t->count; i++) {
		find_matches(w, &m, NUMBER_AT(w->p, t->first + i), words, count, here);
		incomplete |= *VEC_AT(&w->rtype_incomplete, bool, NUMBER_AT(w->p, t->first + i));
	}
	if (!t->count)
		find_any(w, &m, words, count);
	if (m.count == 1)
		return value_record(m.best, n);
	return incomplete && !m.count ? value_poison() : no_match(w, f, n, type, &m, here);
}

/* --- instances of contexts --- */

static void
add_instance(struct world *w, uint32_t context, struct frame *f)
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
	(void)data;
	add_instance(w, f->context, f);
	return true;
}

static struct value
block_owner(struct world *w, struct frame *f, const struct context *c)
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

static struct value
block_label(struct world *w, struct frame *f, const struct context *c, uint32_t owner)
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

static void
mark_incomplete(struct world *w, uint32_t rtype)
{
	*VEC_AT(&w->rtype_incomplete, bool, rtype) = true;
	*VEC_AT(&w->rtype_incomplete, bool, choice_of(w, rtype)) = true;
}

static void
missing_target(struct world *w, struct frame *f, const struct context *c, const struct value *owner, atom label)
{
	struct str names = STR_INIT;
	struct diag *g;
	struct value at = { .kind = VALUE_ABSENT };

	if (*VEC_AT(&w->rtype_incomplete, bool, c->rtype))
		return;
	(void)owner;
	g = world_fault(w, f, EGM0202, &at, c->node, "there is no %s `%s` to extend", rtype_name(w, c->rtype), program_text(w->p, label));
	(void)g;
	str_release(&names);
}

/* The record that `extend` speaks of. */
static uint32_t
extend_target(struct world *w, struct frame *f, const struct context *c, node_id *src)
{
	struct value owner = block_owner(w, f, c), label;
	uint32_t found;

	if (owner.kind != VALUE_RECORD)
		return 0;
	*src = owner.src;
	if (c->by_variable)
		return owner.as.id;
	label = block_label(w, f, c, owner.as.id);
	if (label.kind != VALUE_TEXT)
		return 0;
	found = record_find(w, c->rtype, label.as.text.a, owner.as.id);
	if (!found && c->mode == BLOCK_EXTEND)
		missing_target(w, f, c, &owner, label.as.text.a);
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
	add_instance(w, context, f);
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
	add_instance(w, context, f);
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

/* --- existence --- */

static void
duplicate_block(struct world *w, const struct context *c, uint32_t r)
{
	struct diags *d = &w->p->diags;
	struct value at = { .kind = VALUE_ABSENT, .src = c->node };
	struct diag *g = world_fault(w, NULL, EGM0104, &at, 0, "%s `%s` is written twice", rtype_name(w, RECORD_AT(w, r)->rtype),
				     program_text(w->p, RECORD_AT(w, r)->label));
	struct value first = { .kind = VALUE_ABSENT, .src = RECORD_AT(w, r)->user_head };

	diag_label(d, g, place_of(w, NULL, &first), "first here");
	diag_line(d, g, LINE_HELP, "`extend %s %s { ... }` adds to what is there", rtype_name(w, RECORD_AT(w, r)->rtype),
		  program_text(w->p, RECORD_AT(w, r)->label));
}

/* A statement of this block was lost to a fault of syntax: no child of the record is surely missing. */
static void
note_broken(struct world *w, uint32_t r)
{
	struct rtype t = *RTYPE_AT(w->p, RECORD_AT(w, r)->rtype);

	RECORD_AT(w, r)->broken = true;
	for (uint32_t m = t.members; m; m = MEMBER_AT(w->p, m)->next)
		if (MEMBER_AT(w->p, m)->form == MEMBER_CHILD)
			mark_incomplete(w, MEMBER_AT(w->p, m)->child);
}

/* Did the fault happen in this body itself, not inside one of its blocks? */
static bool
body_is_broken(const struct world *w, node_id block, node_id body)
{
	bool inside = false;

	for (node_id n = body; n; n = NODE_AT(w->p, n)->next)
		inside |= (NODE_AT(w->p, n)->flags & FLAG_BROKEN) != 0;
	return NODE_AT(w->p, block)->flags & FLAG_BROKEN && !inside;
}

/* A block of a site makes its record, or meets the one that a profile made. */
static void
note_maker(struct world *w, const struct context *c, uint32_t r)
{
	struct record *x = RECORD_AT(w, r);
	bool user = is_user_node(w, c->node);

	if (user && c->site && x->user_head && x->rank == c->rank && x->user_head != c->node)
		duplicate_block(w, c, r);
	if (user && body_is_broken(w, c->node, NODE_AT(w->p, c->node)->kid[3]))
		note_broken(w, r);
	x = RECORD_AT(w, r);
	if (user && (!x->user_head || c->rank > x->rank))
		x->user_head = c->node;
	x->rank = c->rank > x->rank ? c->rank : x->rank;
}

static void
make_record(struct world *w, uint32_t context, struct frame *up)
{
	const struct context *c = CONTEXT_AT(w->p, context);
	struct value owner = block_owner(w, up, c), label;
	uint32_t r;
	struct frame *f;

	if (owner.kind == VALUE_RECORD && RECORD_AT(w, owner.as.id)->dropped)
		return;
	label = owner.kind == VALUE_RECORD ? block_label(w, up, c, owner.as.id) : value_poison();
	if (label.kind != VALUE_TEXT) {
		mark_incomplete(w, c->rtype);
		return;
	}
	if (w->records.count >= WORLD_RECORDS_MAX) {
		w->stopped = true;
		world_fault(w, up, EGM0501, &label, c->node, "more than %u records", WORLD_RECORDS_MAX);
		return;
	}
	r = record_find(w, c->rtype, label.as.text.a, owner.as.id);
	if (!r)
		r = record_new(w, c->rtype, label.as.text.a, owner.as.id, c->node);
	note_maker(w, c, r);
	f = frame_new(w, context, up);
	f->record = r;
	f->src = is_user_node(w, c->node) ? c->node : 0;
	add_instance(w, context, f);
}

static void
run_existence_parts(struct world *w, uint32_t part)
{
	for (; part && !w->stopped; part = PART_AT(w->p, part)->next) {
		uint32_t context = PART_AT(w->p, part)->context;
		struct instances *up = record_instances(w, CONTEXT_AT(w->p, context)->parent);

		VEC_AT(&w->instances, struct instances, context)->ready = true;
		VEC_AT(&w->instances, struct instances, context)->incomplete = up->incomplete;
		if (up->incomplete)
			mark_incomplete(w, CONTEXT_AT(w->p, context)->rtype);
		for (uint32_t i = 0; i < up->count && !w->stopped; i++)
			make_record(w, context, up->items[i]);
	}
}

/* `once`: a record for each owner, always. A choice needs its case from somebody. */
static void
make_once(struct world *w, uint32_t rtype)
{
	const struct rtype *t = RTYPE_AT(w->p, rtype);
	const struct vec *owners = VEC_AT(&w->sets, struct vec, t->owner);

	if (!t->once || t->form == FORM_CHOICE || t->form == FORM_SITE)
		return;
	for (uint32_t i = 0; i < owners->count; i++) {
		uint32_t owner = *VEC_AT(owners, uint32_t, i);
		atom label = owner == w->site ? t->name : RECORD_AT(w, owner)->label;

		if (!RECORD_AT(w, owner)->dropped && !record_find(w, rtype, label, owner))
			record_new(w, rtype, label, owner, t->decl);
	}
}

/* Of the cases of one choice that different ranks wrote, the highest holds; the others go, with all that is in them. */
static void
settle_choices(struct world *w, uint32_t choice)
{
	const struct vec *set = VEC_AT(&w->sets, struct vec, choice);

	for (uint32_t i = 0; i < set->count; i++)
		for (uint32_t j = 0; j < set->count; j++) {
			struct record *a = RECORD_AT(w, *VEC_AT(set, uint32_t, i)), *b = RECORD_AT(w, *VEC_AT(set, uint32_t, j));

			if (a->owner == b->owner && a->rank < b->rank)
				a->dropped = true;
		}
}

static void
two_cases(struct world *w, uint32_t choice, uint32_t owner)
{
	struct value set = { .kind = VALUE_CHILDREN }, a, b;
	struct iter it;
	struct diag *g;

	set.as.pair.owner = owner;
	set.as.pair.rtype = choice;
	iter_begin(w, &it, &set);
	iter_next(w, &it, &a);
	iter_next(w, &it, &b);
	g = world_fault(w, NULL, EGM0132, &b, 0, "`%s` is `%s` and `%s`: one of them can be", rtype_name(w, choice),
			rtype_name(w, RECORD_AT(w, a.as.id)->rtype), rtype_name(w, RECORD_AT(w, b.as.id)->rtype));
	diag_label(&w->p->diags, g, place_of_record(w, a.as.id), "and here");
}

static void
too_few(struct world *w, uint32_t rtype, uint32_t owner, uint32_t n)
{
	struct program *p = w->p;
	const struct rtype *t = RTYPE_AT(p, rtype);
	struct value at = value_record(owner, RECORD_AT(w, owner)->user_head);
	const char *name = rtype_name(w, rtype), *of = rtype_name(w, RECORD_AT(w, owner)->rtype);
	struct diag *g;
	struct str cases = STR_INIT;

	if (t->form == FORM_CHOICE) {
		g = world_fault(w, NULL, EGM0131, &at, 0, "%s `%s` does not say its `%s`", of, program_text(p, RECORD_AT(w, owner)->label), name);
		for (uint32_t i = 1; i < p->rtypes.count; i++)
			if (RTYPE_AT(p, i)->choice == rtype)
				str_format(&cases, "%s%s %s", cases.len ? ", " : "", name, rtype_name(w, i));
		diag_line(&p->diags, g, LINE_HELP, "one of: %s", str_text(&cases));
		str_release(&cases);
		return;
	}
	g = world_fault(w, NULL, EGM0132, &at, 0, "%s `%s` has %u `%s`, at least %lld %s needed", of,
			program_text(p, RECORD_AT(w, owner)->label), n, name, (long long)t->lo, t->lo == 1 ? "is" : "are");
	diag_line(&p->diags, g, LINE_HELP, "%s NAME { ... }", name);
}

static void
check_counts(struct world *w, uint32_t rtype)
{
	const struct rtype *t = RTYPE_AT(w->p, rtype);
	const struct vec *owners = VEC_AT(&w->sets, struct vec, t->owner);

	if (!t->owner || (t->lo == 0 && t->hi == INT64_MAX) || *VEC_AT(&w->rtype_incomplete, bool, rtype))
		return;
	for (uint32_t i = 0; i < owners->count; i++) {
		uint32_t owner = *VEC_AT(owners, uint32_t, i), n = 0;
		struct value set = { .kind = VALUE_CHILDREN }, v, last = value_absent();
		struct iter it;

		if (RECORD_AT(w, owner)->dropped)
			continue;
		set.as.pair.owner = owner;
		set.as.pair.rtype = rtype;
		iter_begin(w, &it, &set);
		while (iter_next(w, &it, &v)) {
			n++;
			last = v;
		}
		if (n < t->lo) {
			mark_incomplete(w, rtype);
			too_few(w, rtype, owner, n);
		} else if (n > t->hi && t->form == FORM_CHOICE) {
			two_cases(w, rtype, owner);
		} else if (n > t->hi) {
			world_fault(w, NULL, EGM0132, &last, 0, "%s `%s` has %u `%s`, at most %lld are possible",
				    rtype_name(w, RECORD_AT(w, owner)->rtype), program_text(w->p, RECORD_AT(w, owner)->label), n,
				    rtype_name(w, rtype), (long long)t->hi);
		}
	}
}

/* Records whose owner went, go. Owners come earlier in the order of columns. */
static void
drop_orphans(struct world *w, uint32_t rtype)
{
	const struct vec *set = VEC_AT(&w->sets, struct vec, rtype);

	for (uint32_t i = 0; i < set->count; i++) {
		struct record *r = RECORD_AT(w, *VEC_AT(set, uint32_t, i));

		if (r->owner && RECORD_AT(w, r->owner)->dropped)
			r->dropped = true;
	}
}

static void
run_existence(struct world *w, uint32_t column)
{
	const struct column *c = COLUMN_AT(w->p, column);

	run_existence_parts(w, c->site_first);
	run_existence_parts(w, c->library_first);
	if (RTYPE_AT(w->p, c->rtype)->form == FORM_CHOICE)
		settle_choices(w, c->rtype);
	drop_orphans(w, c->rtype);
	make_once(w, c->rtype);
	check_counts(w, c->rtype);
}

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

static void
conflict(struct world *w, struct frame *f, const struct member *m, const struct slot *old, const struct value *v, node_id node)
{
	struct diags *d = &w->p->diags;
	struct value a = old->value, b = *v;
	struct str x = STR_INIT, y = STR_INIT;
	struct diag *g;
	bool old_user = is_user_node(w, old->node);
	struct value at = { .kind = VALUE_ABSENT, .src = old_user ? old->node : b.src };

	value_show(w, &a, &x);
	value_show(w, &b, &y);
	g = world_fault(w, f, EGM0301, &at, 0, "two values for `%s` of `%s`", program_text(w->p, m->name),
			program_text(w->p, RECORD_AT(w, f->record)->label));
	diag_here(d, g, "%s here", old_user ? str_text(&x) : str_text(&y));
	diag_label(d, g, NODE_AT(w->p, old_user ? node : old->node)->span, "%s here", old_user ? str_text(&y) : str_text(&x));
	if (!old_user && old->value.src && old->value.src != at.src)
		diag_label(d, g, NODE_AT(w->p, old->value.src)->span, "because of this");
	str_release(&x);
	str_release(&y);
}

/* Key by key; the higher rank wins where both have one. */
static bool
merge_maps(struct world *w, struct slot *slot, const struct value *v, uint8_t rank)
{
	const struct map *a = slot->value.as.map, *b = v->as.map;
	struct map *m = arena_alloc(&w->arena, sizeof *m + (a->count + b->count) * sizeof m->entries[0]);
	bool ok = true;

	memcpy(m->entries, a->entries, a->count * sizeof m->entries[0]);
	m->count = a->count;
	for (uint32_t i = 0; i < b->count; i++) {
		uint32_t at = 0;

		while (at < m->count && m->entries[at].key != b->entries[i].key)
			at++;
		if (at == m->count)
			m->count++;
		else if (value_equal(w, &m->entries[at].value, &b->entries[i].value) || m->entries[at].rank > rank)
			continue;
		else if (m->entries[at].rank == rank || m->entries[at].rank == RANK_LIBRARY || rank == RANK_LIBRARY)
			ok = false;
		m->entries[at] = b->entries[i];
		m->entries[at].rank = rank;
	}
	slot->value.as.map = m;
	return ok;
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
add_members(struct world *w, struct frame *f, struct slot *slot, const struct member *m, const struct value *v, node_id node)
{
	struct value old = slot->value;
	uint32_t n = old.kind == VALUE_LIST ? old.as.list->count : 0, more = v->as.list->count;
	struct list *l = list_new(w, n + more);

	if (n)
		memcpy(l->items, old.as.list->items, n * sizeof l->items[0]);
	memcpy(l->items + n, v->as.list->items, more * sizeof l->items[0]);
	slot->value = coerce(w, f, m->type, list_value(l, old.src ? old.src : v->src), node, program_text(w->p, m->name));
	slot->node = slot->node ? slot->node : node;
	slot->state = SLOT_SET;
}

static void
assign(struct world *w, struct frame *f, const struct member *m, struct value v, node_id node, uint8_t rank)
{
	struct slot *slot = record_slot(w, f->record, m);
	bool taken_away = value_is_absent(&v) && NODE_AT(w->p, NODE_AT(w->p, node)->kid[1])->kind == NODE_ABSENT;

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
		if (!merge_maps(w, slot, &v, rank))
			conflict(w, f, m, slot, &v, node);
		return;
	}
	if (value_equal(w, &slot->value, &v))
		return;
	if (rank == slot->rank || rank == RANK_LIBRARY || slot->rank == RANK_LIBRARY) {
		conflict(w, f, m, slot, &v, node);
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
	struct value v = NODE_AT(w->p, part->node)->flags & (FLAG_FAILED | FLAG_BROKEN) ? value_poison() : eval_expr(w, f, value);
	bool add = NODE_AT(w->p, part->node)->op == OP_ADD;
	uint8_t rank = CONTEXT_AT(w->p, part->context)->rank;
	const char *name = program_text(w->p, m->name);

	if (RECORD_AT(w, f->record)->dropped)
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
	struct frame *f = frame_new(w, m->context, VEC_AT(&w->instances, struct instances, CONTEXT_AT(w->p, m->context)->parent)->items[0]);

	f->record = record;
	f->src = RECORD_AT(w, record)->user_head;
	return f;
}

static void
missing_field(struct world *w, uint32_t record, const struct member *m, struct slot *slot)
{
	struct value at = value_record(record, RECORD_AT(w, record)->user_head);
	const struct record *r = RECORD_AT(w, record);
	struct diag *g;

	slot->value = value_poison();
	slot->state = SLOT_SET;
	if (r->broken)
		return;
	g = world_fault(w, NULL, EGM0131, &at, r->user_head ? 0 : r->head, "%s `%s` needs `%s`", rtype_name(w, r->rtype),
			program_text(w->p, r->label), program_text(w->p, m->name));
	if (m->decl && NODE_AT(w->p, m->decl)->doc) {
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
	slot->state = value_is_absent(&v) ? SLOT_EMPTY : SLOT_DEFAULT;
	slot->rank = RANK_DEFAULT;
}

static void
run_column(struct world *w, uint32_t column)
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

static node_id
conditions_of(const struct program *p, node_id decl)
{
	const struct node *n = NODE_AT(p, decl);

	return n->kind == NODE_MEMBER || n->kind == NODE_MEMBER_LIST ? n->kid[3] : n->kind == NODE_MEMBER_STRUCT ? n->kid[1] : 0;
}

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
	node_id shown = n->kind == NODE_BINARY ? n->kid[0] : n->kind == NODE_NOT || n->kind == NODE_TEST_PRESENT ? n->kid[0] : cond;
	struct value v = eval_expr(w, f, shown);
	struct span span = NODE_AT(w->p, shown)->span;
	const struct source_file *file = source_file(&w->p->source, span.file);

	value_show(w, &v, &s);
	diag_line(&w->p->diags, g, LINE_SHOW, "%.*s is %s", (int)(span.end - span.start), file->bytes + span.start, str_text(&s));
	if (v.src)
		diag_label(&w->p->diags, g, NODE_AT(w->p, v.src)->span, "it is %s here", str_text(&s));
	str_release(&s);
}

static void
check_member_conditions(struct world *w, const struct member *m, uint32_t record)
{
	struct program *p = w->p;
	struct slot *slot = record_slot(w, record, m);
	bool there = slot->state == SLOT_SET && !value_is_absent(&slot->value), poisoned, holds;
	struct frame *f;
	node_id src;

	if (value_is_poison(&slot->value) || RECORD_AT(w, record)->dropped)
		return;
	for (node_id c = conditions_of(p, m->decl); c; c = NODE_AT(p, c)->next) {
		struct node cond = *NODE_AT(p, c);
		struct span span = NODE_AT(p, cond.kid[0])->span;
		const char *text = source_file(&p->source, span.file)->bytes + span.start;
		struct value at = value_record(record, RECORD_AT(w, record)->user_head);
		struct diag *g;

		f = self_frame(w, m, record);
		holds = eval_condition(w, f, cond.kid[0], &poisoned, &src);
		if (poisoned)
			continue;
		if (cond.kind == NODE_REQUIRED && holds && !there && slot->state != SLOT_DEFAULT) {
			g = world_fault(w, NULL, EGM0131, &at, 0, "%s `%s` needs `%s`, since %.*s", rtype_name(w, RECORD_AT(w, record)->rtype),
					program_text(p, RECORD_AT(w, record)->label), program_text(p, m->name), (int)(span.end - span.start), text);
			condition_values(w, f, g, cond.kid[0]);
		} else if (cond.kind == NODE_ONLY && !holds && there) {
			at.src = slot->value.src ? slot->value.src : is_user_node(w, slot->node) ? slot->node : at.src;
			g = world_fault(w, NULL, EGM0133, &at, slot->node, "`%s` of %s `%s` can stand only where %.*s", program_text(p, m->name),
					rtype_name(w, RECORD_AT(w, record)->rtype), program_text(p, RECORD_AT(w, record)->label),
					(int)(span.end - span.start), text);
			condition_values(w, f, g, cond.kid[0]);
			diag_line(&p->diags, g, LINE_BECAUSE, "%s", program_text(p, NODE_AT(p, cond.kid[1])->a));
		}
	}
}

static void
check_conditions(struct world *w)
{
	for (uint32_t c = 1; c < w->p->columns.count; c++) {
		const struct column *x = COLUMN_AT(w->p, c);
		const struct vec *set = VEC_AT(&w->sets, struct vec, x->rtype);

		if (!x->member || !conditions_of(w->p, MEMBER_AT(w->p, x->member)->decl))
			continue;
		for (uint32_t i = 0; i < set->count; i++)
			check_member_conditions(w, MEMBER_AT(w->p, x->member), *VEC_AT(set, uint32_t, i));
	}
}

/* --- the whole --- */

static void
begin_contexts(struct world *w)
{
	for (uint32_t c = 1; c < w->p->contexts.count; c++) {
		const struct context *x = CONTEXT_AT(w->p, c);
		struct instances *i = VEC_AT(&w->instances, struct instances, c);
		struct frame *f;

		if (x->kind != CONTEXT_FILE && x->kind != CONTEXT_SITE)
			continue;
		f = frame_new(w, c, x->parent ? VEC_AT(&w->instances, struct instances, x->parent)->items[0] : NULL);
		f->record = w->site;
		i->ready = true;
		add_instance(w, c, f);
	}
}

static void
make_site(struct world *w)
{
	node_id head = SITE_AT(w->p, w->site_number)->node;

	w->site = record_new(w, w->p->site_rtype, SITE_AT(w->p, w->site_number)->name, 0, head);
	RECORD_AT(w, w->site)->user_head = head;
	RECORD_AT(w, w->site)->rank = RANK_SITE;
	for (uint32_t i = 0; i < w->chain_count; i++) {
		node_id n = SITE_AT(w->p, w->chain[i])->node;

		if (body_is_broken(w, n, NODE_AT(w->p, n)->kid[1]))
			note_broken(w, w->site);
	}
}

void
records_run(struct world *w)
{
	make_site(w);
	begin_contexts(w);
	for (uint32_t i = 0; i < w->p->order.count && !w->stopped; i++) {
		uint32_t c = *VEC_AT(&w->p->order, uint32_t, i);

		if (COLUMN_AT(w->p, c)->rtype == w->p->crossing_rtype)
			continue;
		if (COLUMN_AT(w->p, c)->member)
			run_column(w, c);
		else if (RTYPE_AT(w->p, COLUMN_AT(w->p, c)->rtype)->form != FORM_SITE)
			run_existence(w, c);
	}
	if (!w->stopped)
		check_conditions(w);
}
