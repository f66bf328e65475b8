/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records, column by column in the order that the checker computed. A column of existence runs the
 * blocks that make records of its type; a column of a field runs the statements that write it,
 * then defaults. What differs without a rank to decide it is a conflict with both places.
 */
#include "eval/object.h"

#include <stdio.h>
#include <string.h>
#include "base/suggest.h"
#include "eval/inside.h"

const char *
record_rtype_name(const struct world *w, uint32_t rtype)
{
	return program_text(w->p, RTYPE_AT(w->p, rtype)->name);
}

uint32_t
record_choice_of(const struct world *w, uint32_t rtype)
{
	uint32_t choice = RTYPE_AT(w->p, rtype)->choice;

	return choice ? choice : rtype;
}

void
record_show(const struct world *w, uint32_t record, struct str *out)
{
	const struct record *r = RECORD_AT(w, record);
	const struct rtype *t = RTYPE_AT(w->p, r->rtype);
	const char *name = record_rtype_name(w, r->rtype);

	if (t->choice) {
		str_format(out, "`%s %s`", record_rtype_name(w, t->choice), name);
	} else if (!t->once || t->form == FORM_SITE) {
		str_format(out, "%s `%s`", name, program_text(w->p, r->label));
	} else {
		str_format(out, "`%s`", name);
		if (r->owner != w->site) {
			str_puts(out, " of ");
			record_show(w, r->owner, out);
		}
	}
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
	return hash_mix(hash_mix(hash_mix(record_choice_of(w, rtype), label), owner), attempt);
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
		if (record_choice_of(w, x->rtype) == record_choice_of(w, rtype) &&
			x->label == label && x->owner == owner)
			return x->dropped || !record_is(w, r, rtype) ? 0 : r;
	}
}

static void
add_to_set(struct world *w, uint32_t rtype, uint32_t record)
{
	vec_push(VEC_AT(&w->sets, struct vec, rtype), &record);
}

/* Where the label stands among the words of `record T of O by WORDS`. */
static uint32_t
word_position(const struct world *w, uint32_t words, atom label)
{
	const struct type *t = TYPE_AT(w->p, words);
	uint32_t i = 0;

	while (i < t->count && WORD_AT(w->p, t->first + i) != label)
		i++;
	return i;
}

/* The child behind which a new one stands: the last, but where words are in order. 0: none. */
static uint32_t
child_before(const struct world *w, uint64_t key, uint32_t words, atom label)
{
	uint32_t before = 0, position;

	if (!words)
		return table64_get(w->last_children, key);
	position = word_position(w, words, label);
	for (uint32_t r = table64_get(w->children, key);
		r && word_position(w, words, RECORD_AT(w, r)->label) <= position;
		r = RECORD_AT(w, r)->next_child)
		before = r;
	return before;
}

static void
add_child(struct world *w, uint32_t rtype, uint32_t record)
{
	struct record *x = RECORD_AT(w, record);
	uint64_t key = pair_key(x->owner, rtype);
	uint32_t before = child_before(w, key, RTYPE_AT(w->p, rtype)->label_words, x->label);

	if (before) {
		x->next_child = RECORD_AT(w, before)->next_child;
		RECORD_AT(w, before)->next_child = record;
	} else {
		x->next_child = table64_get(w->children, key);
		table64_set(w->children, key, record);
	}
	if (!x->next_child)
		table64_set(w->last_children, key, record);
}

static void
add_label(struct world *w, uint32_t record)
{
	const struct record *r = RECORD_AT(w, record);
	uint64_t key = pair_key(record_choice_of(w, r->rtype), r->label);

	RECORD_AT(w, record)->next_labelled = table64_get(w->labels, key);
	table64_set(w->labels, key, record);
}

static uint32_t
record_new(struct world *w, uint32_t rtype, atom label, uint32_t owner, node_id head)
{
	uint32_t r = vec_add(&w->records, 1), slots = RTYPE_AT(w->p, rtype)->slots,
		 choice = RTYPE_AT(w->p, rtype)->choice, i = 0;
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

/* --- existence --- */

/* The block as it is written: `app cart`, `kubernetes`, `mode ambient`. */
static void
block_text(const struct world *w, uint32_t r, node_id block, struct str *out)
{
	const struct record *x = RECORD_AT(w, r);

	str_format(out, "%s", record_rtype_name(w, record_choice_of(w, x->rtype)));
	if (NODE_AT(w->p, block)->kid[1])
		str_format(out, " %s", program_text(w->p, x->label));
}

/* What the second one says is no fault of its own. */
static void
duplicate_block(struct world *w, const struct context *c, uint32_t r)
{
	struct diags *d = &w->p->diags;
	struct value at = { .kind = VALUE_ABSENT, .src = c->node };
	struct value first = { .kind = VALUE_ABSENT, .src = RECORD_AT(w, r)->user_head };
	struct str text = STR_INIT;
	struct diag *g;

	RECORD_AT(w, r)->twice = true;
	if (RECORD_AT(w, RECORD_AT(w, r)->owner)->twice)
		return;
	block_text(w, r, c->node, &text);
	g = world_fault(w, NULL, EGM0104, &at, 0, "`%s` is written twice", str_text(&text));
	diag_label(d, g, place_of(w, NULL, &first), "first here");
	diag_line(d, g, LINE_HELP, "`extend %s { ... }` adds to what is there", str_text(&text));
	str_release(&text);
}

static void
show_count(struct str *out, uint32_t n)
{
	if (n)
		str_format(out, "%u", n);
	else
		str_format(out, "no");
}

/* A statement of this block was lost to a fault of syntax, or to a name that nobody knows: no child
 * of the record is surely missing. */
static void
note_broken(struct world *w, uint32_t r)
{
	struct rtype t = *RTYPE_AT(w->p, RECORD_AT(w, r)->rtype);

	RECORD_AT(w, r)->broken = true;
	for (uint32_t m = t.members; m; m = MEMBER_AT(w->p, m)->next)
		if (MEMBER_AT(w->p, m)->form == MEMBER_CHILD)
			record_mark_incomplete(w, MEMBER_AT(w->p, m)->child);
}

/* Did the fault happen in this body itself, not inside one of its blocks? */
static bool
body_is_broken(const struct world *w, node_id block, node_id body)
{
	bool inside = false, unknown = false;

	for (node_id n = body; n; n = NODE_AT(w->p, n)->next) {
		inside |= NODE_AT(w->p, n)->kind != NODE_FIELD &&
			NODE_AT(w->p, n)->flags & FLAG_BROKEN;
		unknown |= NODE_AT(w->p, n)->kind == NODE_FIELD &&
			NODE_AT(w->p, n)->flags & FLAG_UNKNOWN;
	}
	return unknown || (NODE_AT(w->p, block)->flags & FLAG_BROKEN && !inside);
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
	struct value owner = record_block_owner(w, up, c), label;
	uint32_t r;
	struct frame *f;

	if (owner.kind == VALUE_RECORD && RECORD_AT(w, owner.as.id)->dropped)
		return;
	label = owner.kind == VALUE_RECORD ? record_label(w, up, c, owner.as.id) : value_poison();
	if (label.kind != VALUE_TEXT) {
		record_mark_incomplete(w, c->rtype);
		return;
	}
	if (w->records.count >= WORLD_RECORDS_MAX) {
		w->stopped = true;
		world_fault(
			w, up, EGM0501, &label, c->node, "more than %u records", WORLD_RECORDS_MAX);
		return;
	}
	r = record_find(w, c->rtype, label.as.text.a, owner.as.id);
	if (!r)
		r = record_new(w, c->rtype, label.as.text.a, owner.as.id, c->node);
	note_maker(w, c, r);
	f = frame_new(w, context, up);
	f->record = r;
	f->src = is_user_node(w, c->node) ? c->node : 0;
	record_add_instance(w, context, f);
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
			record_mark_incomplete(w, CONTEXT_AT(w->p, context)->rtype);
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

/* Of the cases of one choice that different ranks wrote, the highest holds; the others go, with
 * all that is in them. */
static void
settle_choices(struct world *w, uint32_t choice)
{
	const struct vec *set = VEC_AT(&w->sets, struct vec, choice);

	for (uint32_t i = 0; i < set->count; i++)
		for (uint32_t j = 0; j < set->count; j++) {
			struct record *a = RECORD_AT(w, *VEC_AT(set, uint32_t, i)),
				      *b = RECORD_AT(w, *VEC_AT(set, uint32_t, j));

			if (a->owner == b->owner && a->rank < b->rank)
				a->dropped = true;
		}
}

/* What the library says of a choice: every line but the first, which is its title. */
static void
note_doc(struct world *w, struct diag *g, node_id decl)
{
	const char *doc = decl && NODE_AT(w->p, decl)->doc
		? strchr(program_text(w->p, NODE_AT(w->p, decl)->doc), '\n')
		: NULL;

	for (; doc; doc = strchr(doc + 1, '\n'))
		diag_line(&w->p->diags, g, LINE_NOTE, "%.*s", (int)strcspn(doc + 1, "\n"), doc + 1);
}

/* Which one holds is not known: what depends on it is silent. */
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
	g = world_fault(w, NULL, EGM0132, &b, 0, "`%s` is `%s` and `%s`: one of them can be",
		record_rtype_name(w, choice), record_rtype_name(w, RECORD_AT(w, a.as.id)->rtype),
		record_rtype_name(w, RECORD_AT(w, b.as.id)->rtype));
	diag_label(&w->p->diags, g, place_of_record(w, a.as.id), "and here");
	note_doc(w, g, RTYPE_AT(w->p, choice)->decl);
	iter_begin(w, &it, &set);
	while (iter_next(w, &it, &a)) {
		RECORD_AT(w, a.as.id)->poisoned = true;
		record_mark_incomplete(w, RECORD_AT(w, a.as.id)->rtype);
	}
	for (uint32_t r = table64_get(w->children, pair_key(owner, choice)); r;
		r = RECORD_AT(w, r)->next_child)
		RECORD_AT(w, r)->dropped |= RECORD_AT(w, r)->poisoned;
}

/* A block of a site whose name is nearly that of one of its profile's: the other one is meant. */
bool
record_suggest(struct world *w, uint32_t record, struct diag *g)
{
	const struct record *r = RECORD_AT(w, record);
	const struct vec *set = VEC_AT(&w->sets, struct vec, r->rtype);
	struct suggest s;

	suggest_init(&s, program_text(w->p, r->label), atom_len(&w->p->atoms, r->label));
	for (uint32_t i = 0; i < set->count; i++) {
		const struct record *o = RECORD_AT(w, *VEC_AT(set, uint32_t, i));

		if (o != r && o->owner == r->owner && o->user_head && o->rank < r->rank)
			suggest_offer(&s, program_text(w->p, o->label));
	}
	if (s.best)
		diag_line(&w->p->diags, g, LINE_HELP, "did you mean `%s` of the profile?", s.best);
	return s.best != NULL;
}

static void
too_few(struct world *w, uint32_t rtype, uint32_t owner, uint32_t n)
{
	struct program *p = w->p;
	const struct rtype *t = RTYPE_AT(p, rtype);
	struct value at = value_record(owner, RECORD_AT(w, owner)->user_head);
	const char *name = record_rtype_name(w, rtype);
	struct diag *g;
	struct str count = STR_INIT, of = STR_INIT;

	record_show(w, owner, &of);
	if (t->form == FORM_CHOICE) {
		g = world_fault(
			w, NULL, EGM0131, &at, 0, "%s does not say its `%s`", str_text(&of), name);
		program_list_cases(p, g, rtype);
		str_release(&of);
		return;
	}
	show_count(&count, n);
	g = world_fault(w, NULL, EGM0132, &at, 0, "%s has %s `%s`, at least %lld %s needed",
		str_text(&of), str_text(&count), name, (long long)t->lo, t->lo == 1 ? "is" : "are");
	str_release(&count);
	str_release(&of);
	if (record_suggest(w, owner, g))
		RECORD_AT(w, owner)->broken = true;
	else
		diag_line(&p->diags, g, LINE_HELP, "%s NAME { ... }", name);
}

static void
too_many(struct world *w, uint32_t rtype, uint32_t owner, uint32_t n, const struct value *last)
{
	const struct rtype *t = RTYPE_AT(w->p, rtype);
	struct str of = STR_INIT;

	record_show(w, owner, &of);
	world_fault(w, NULL, EGM0132, last, 0, "%s has %u `%s`, at most %lld %s possible",
		str_text(&of), n, record_rtype_name(w, rtype), (long long)t->hi,
		t->hi == 1 ? "is" : "are");
	str_release(&of);
}

static void
check_counts(struct world *w, uint32_t rtype)
{
	const struct rtype *t = RTYPE_AT(w->p, rtype);
	const struct vec *owners = VEC_AT(&w->sets, struct vec, t->owner);

	if (!t->owner || (t->lo == 0 && t->hi == INT64_MAX) ||
		*VEC_AT(&w->rtype_incomplete, bool, rtype))
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
			record_mark_incomplete(w, rtype);
			too_few(w, rtype, owner, n);
		} else if (n > t->hi && t->form == FORM_CHOICE) {
			two_cases(w, rtype, owner);
		} else if (n > t->hi) {
			too_many(w, rtype, owner, n, &last);
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

		if (!r->owner || !RECORD_AT(w, r->owner)->dropped)
			continue;
		r->dropped = true;
		r->poisoned = RECORD_AT(w, r->owner)->poisoned;
		if (r->poisoned)
			record_mark_incomplete(w, r->rtype);
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
		f = frame_new(w, c,
			x->parent ? VEC_AT(&w->instances, struct instances, x->parent)->items[0]
				  : NULL);
		f->record = w->site;
		i->ready = true;
		record_add_instance(w, c, f);
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
			record_run_column(w, c);
		else if (RTYPE_AT(w->p, COLUMN_AT(w->p, c)->rtype)->form != FORM_SITE)
			run_existence(w, c);
	}
	if (!w->stopped)
		record_check_conditions(w);
}
