/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Declarations: first all names, then what they mean, so that files may speak of each other in any
 * order. What comes in: the statements of files above their first scope. What goes out: rtypes,
 * types, members, tables, functions, well-known labels, and the columns.
 */
#include "check/checker.h"

#include "base/suggest.h"
#include "check/inside.h"

/* --- names --- */

static void
declared_twice(struct checker *ck, node_id n, node_id first)
{
	struct diag *g =
		check_fault(ck, EGM0104, n, "`%s` is declared twice", check_node_text(ck, n));

	if (first)
		diag_label(&ck->p->diags, g, NODE_AT(ck->p, first)->span, "first here");
}

static uint32_t
new_rtype(struct checker *ck, node_id n, enum rtype_form form)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, n)->a;
	uint32_t old = program_symbol(p, name).rtype, t;
	bool object = form == FORM_KIND || form == FORM_VALUES;

	if (old) {
		declared_twice(ck, n, RTYPE_AT(p, old)->decl);
		return 0;
	}
	t = vec_add(&p->rtypes, 1);
	RTYPE_AT(p, t)->name = name;
	RTYPE_AT(p, t)->form = (uint8_t)form;
	RTYPE_AT(p, t)->decl = n;
	RTYPE_AT(p, t)->hi = INT64_MAX;
	RTYPE_AT(p, t)->library = !ck->user;
	RTYPE_AT(p, t)->weakens = (NODE_AT(p, n)->flags & FLAG_WEAKENS) != 0;
	program_symbol_at(p, name)->rtype = t;
	NODE_AT(p, n)->ref = t;
	uint32_t ref = type_of_rtypes(p, object ? TYPE_OBJECT : TYPE_REF, &t, 1, 0);
	uint32_t set = type_of_rtypes(p, object ? TYPE_OBJECTS : TYPE_RECORDS, &t, 1, 0);

	RTYPE_AT(p, t)->ref_type = ref;
	RTYPE_AT(p, t)->set_type = set;
	RTYPE_AT(p, t)->self = context_new(p, CONTEXT_SELF, ck->context, n);
	CONTEXT_AT(p, RTYPE_AT(p, t)->self)->rtype = t;
	return t;
}

static void
name_type(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, n)->a;
	uint32_t t;

	if (program_symbol(p, name).type ||
		scalar_find(program_text(p, name), atom_len(&p->atoms, name)) !=
			SCALAR_TYPE_COUNT) {
		declared_twice(ck, n,
			program_symbol(p, name).type
				? TYPE_AT(p, program_symbol(p, name).type)->decl
				: 0);
		return;
	}
	t = type_new(p, TYPE_POISON);
	TYPE_AT(p, t)->decl = n;
	program_symbol_at(p, name)->type = t;
	NODE_AT(p, n)->ref = t;
}

static void
name_table(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, n)->a;
	uint32_t t;

	if (program_symbol(p, name).table) {
		declared_twice(ck, n, TABLE_AT(p, program_symbol(p, name).table)->decl);
		return;
	}
	t = vec_add(&p->tables, 1);
	TABLE_AT(p, t)->name = name;
	TABLE_AT(p, t)->decl = n;
	TABLE_AT(p, t)->library = !ck->user;
	program_symbol_at(p, name)->table = t;
	NODE_AT(p, n)->ref = t;
}

static void
name_fn(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, n)->a;
	uint32_t f;

	if (program_symbol(p, name).fn) {
		declared_twice(ck, n, FN_AT(p, program_symbol(p, name).fn)->decl);
		return;
	}
	f = vec_add(&p->fns, 1);
	FN_AT(p, f)->name = name;
	FN_AT(p, f)->decl = n;
	uint32_t context = context_new(p, CONTEXT_FN, ck->context, n);
	FN_AT(p, f)->context = context;
	program_symbol_at(p, name)->fn = f;
	NODE_AT(p, n)->ref = f;
}

static void
name_site(struct checker *ck, node_id n, enum site_role role)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, n)->a;
	uint32_t s;

	/* The library's own profiles, for its examples, take no name away from the user. */
	if (role != SITE_TEST && program_symbol(p, name).site &&
		!(ck->user && SITE_AT(p, program_symbol(p, name).site)->library)) {
		declared_twice(ck, n, SITE_AT(p, program_symbol(p, name).site)->node);
		return;
	}
	s = vec_add(&p->sites, 1);
	SITE_AT(p, s)->name = name;
	SITE_AT(p, s)->node = n;
	SITE_AT(p, s)->profile = role == SITE_PROFILE;
	SITE_AT(p, s)->role = (uint8_t)role;
	SITE_AT(p, s)->library = !ck->user;
	SITE_AT(p, s)->context = ck->context;
	if (role != SITE_TEST)
		program_symbol_at(p, name)->site = s;
	NODE_AT(p, n)->ref = s;
}

void
declare_name(struct checker *ck, node_id n)
{
	switch ((enum node_kind)NODE_AT(ck->p, n)->kind) {
	case NODE_DECL_BLOCK:
		new_rtype(
			ck, n, NODE_AT(ck->p, n)->a == ck->p->words_.site ? FORM_SITE : FORM_BLOCK);
		break;
	case NODE_RECORD:
		new_rtype(ck, n, FORM_RECORD);
		break;
	case NODE_CONTRACT:
		new_rtype(ck, n, FORM_CONTRACT);
		break;
	case NODE_CHOICE:
		new_rtype(ck, n, FORM_CHOICE);
		break;
	case NODE_CASE:
		new_rtype(ck, n, FORM_CASE);
		break;
	case NODE_KIND:
		new_rtype(ck, n, FORM_KIND);
		break;
	case NODE_VALUES:
		new_rtype(ck, n, FORM_VALUES);
		break;
	case NODE_TYPE:
		name_type(ck, n);
		break;
	case NODE_TABLE:
		name_table(ck, n);
		break;
	case NODE_FN:
		name_fn(ck, n);
		break;
	case NODE_SITE:
		name_site(ck, n, SITE_PLAIN);
		break;
	case NODE_PROFILE:
		name_site(ck, n, SITE_PROFILE);
		break;
	case NODE_TEST:
		name_site(ck, n, SITE_TEST);
		break;
	default:
		break;
	}
}

/* --- types --- */

/* Reads a declared type when it is first needed. */
void
declare_type(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t t = NODE_AT(p, n)->ref, parsed;
	atom name = NODE_AT(p, n)->a;

	if (!t || TYPE_AT(p, t)->state)
		return;
	TYPE_AT(p, t)->state = 1;
	parsed = type_parse(ck, NODE_AT(p, n)->kid[0], NODE_AT(p, n)->kid[1]);
	*TYPE_AT(p, t) = *TYPE_AT(p, parsed);
	TYPE_AT(p, t)->name = name;
	TYPE_AT(p, t)->decl = n;
	TYPE_AT(p, t)->state = 2;
	if (name == p->words_.phase)
		p->phase_type = t;
}

/* --- records --- */

static uint32_t
find_rtype(struct checker *ck, node_id w)
{
	struct program *p = ck->p;
	uint32_t t;
	struct suggest s;
	struct diag *g;

	if (!w)
		return 0;
	t = program_symbol(p, NODE_AT(p, w)->a).rtype;
	if (t)
		return t;
	g = check_fault(ck, EGM0401, w, "there is no block `%s`", check_node_text(ck, w));
	suggest_init(&s, check_node_text(ck, w), atom_len(&p->atoms, NODE_AT(p, w)->a));
	for (atom a = 1; a < p->symbols.count; a++)
		if (program_symbol(p, a).rtype)
			suggest_offer(&s, program_text(p, a));
	if (s.best)
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
	return 0;
}

static void
read_card(struct checker *ck, uint32_t t, node_id card)
{
	struct program *p = ck->p;
	const struct node *c = NODE_AT(p, card);

	if (!card)
		return;
	RTYPE_AT(p, t)->once = (c->flags & FLAG_ONCE) != 0;
	RTYPE_AT(p, t)->lo = c->flags & FLAG_ONCE ? 1 : c->kid[0] ? NODE_AT(p, c->kid[0])->n : 0;
	RTYPE_AT(p, t)->hi = c->flags & FLAG_ONCE ? 1
		: c->kid[1]                       ? NODE_AT(p, c->kid[1])->n
						  : INT64_MAX;
}

/* A record type is a member of its owner: the set of those that belong to it, or the one. */
static void
add_child(struct checker *ck, uint32_t owner, uint32_t child)
{
	struct program *p = ck->p;
	uint32_t m,
		old = program_struct_member(
			p, RTYPE_AT(p, owner)->members, RTYPE_AT(p, child)->name),
		type;
	int64_t hi = RTYPE_AT(p, child)->hi;

	if (old) {
		declared_twice(ck, RTYPE_AT(p, child)->decl, MEMBER_AT(p, old)->decl);
		return;
	}
	if (RTYPE_AT(p, child)->once)
		type = RTYPE_AT(p, child)->ref_type;
	else
		type = type_of_rtypes(p, TYPE_RECORDS, &child, 1, hi == INT64_MAX ? 0 : hi);
	m = vec_add(&p->members, 1);
	MEMBER_AT(p, m)->name = RTYPE_AT(p, child)->name;
	MEMBER_AT(p, m)->form = MEMBER_CHILD;
	MEMBER_AT(p, m)->owner = owner;
	MEMBER_AT(p, m)->child = child;
	MEMBER_AT(p, m)->type = type;
	MEMBER_AT(p, m)->decl = RTYPE_AT(p, child)->decl;
	if (RTYPE_AT(p, owner)->members_last)
		MEMBER_AT(p, RTYPE_AT(p, owner)->members_last)->next = m;
	else
		RTYPE_AT(p, owner)->members = m;
	RTYPE_AT(p, owner)->members_last = m;
}

static void
set_owner(struct checker *ck, uint32_t t, node_id word, node_id decl)
{
	struct program *p = ck->p;

	if (word && NODE_AT(p, word)->a == p->words_.any) {
		RTYPE_AT(p, t)->any_owner = true;
		return;
	}
	if (!word) {
		check_fault(ck, EGM0401, decl, "`%s` does not say where it belongs",
			check_node_text(ck, decl));
		return;
	}
	RTYPE_AT(p, t)->owner = find_rtype(ck, word);
	if (RTYPE_AT(p, t)->owner)
		add_child(ck, RTYPE_AT(p, t)->owner, t);
}

/* Who owns whom, and how many: needed before members, which may speak of any of it. */
void
declare_owner(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);
	uint32_t t = node.ref;

	if (!t)
		return;
	switch ((enum node_kind)node.kind) {
	case NODE_DECL_BLOCK:
		if (RTYPE_AT(p, t)->form == FORM_SITE) {
			p->site_rtype = t;
			RTYPE_AT(p, t)->once = true;
			break;
		}
		read_card(ck, t, node.kid[1]);
		set_owner(ck, t, node.kid[0], n);
		break;
	case NODE_RECORD:
		read_card(ck, t, node.kid[2]);
		if (node.kid[1]) {
			uint32_t words = program_symbol(p, NODE_AT(p, node.kid[1])->a).type;

			if (words)
				declare_type(ck, TYPE_AT(p, words)->decl);
			if (!words || TYPE_AT(p, words)->kind != TYPE_WORDS)
				check_fault(ck, EGM0401, node.kid[1], "`%s` is not a type of words",
					check_node_text(ck, node.kid[1]));
			else {
				RTYPE_AT(p, t)->label_words = words;
				RTYPE_AT(p, t)->hi = TYPE_AT(p, words)->count;
			}
		}
		set_owner(ck, t, node.kid[0], n);
		break;
	case NODE_CONTRACT:
		set_owner(ck, t, node.kid[0], n);
		break;
	case NODE_CHOICE:
		RTYPE_AT(p, t)->hi = 1;
		read_card(ck, t, node.kid[1]);
		set_owner(ck, t, node.kid[0], n);
		break;
	case NODE_CASE: {
		uint32_t choice = find_rtype(ck, node.kid[0]);

		if (choice && RTYPE_AT(p, choice)->form != FORM_CHOICE)
			check_fault(ck, EGM0401, node.kid[0], "`%s` is not a choice",
				check_node_text(ck, node.kid[0]));
		else
			RTYPE_AT(p, t)->choice = choice;
		break;
	}
	default:
		break;
	}
}

static uint32_t
new_column(struct program *p, uint32_t rtype, uint32_t member)
{
	uint32_t c = vec_add(&p->columns, 1);

	COLUMN_AT(p, c)->rtype = rtype;
	COLUMN_AT(p, c)->member = member;
	return c;
}

/* Existence columns; cases share their choice's. */
void
declare_existence(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t t = NODE_AT(p, n)->ref;
	uint8_t kind = NODE_AT(p, n)->kind;
	bool record = kind == NODE_DECL_BLOCK || kind == NODE_RECORD || kind == NODE_CONTRACT ||
		kind == NODE_CHOICE;

	if (!t || !record)
		return;
	uint32_t c = new_column(p, t, 0);

	RTYPE_AT(p, t)->existence = c;
}

/* Fields get slots and columns. */
static void
add_columns(struct program *p, uint32_t t, uint32_t first)
{
	for (uint32_t m = first; m; m = MEMBER_AT(p, m)->next) {
		if (MEMBER_AT(p, m)->form == MEMBER_CHILD || MEMBER_AT(p, m)->column)
			continue;
		uint32_t c = new_column(p, t, m);

		MEMBER_AT(p, m)->column = c;
		MEMBER_AT(p, m)->slot = RTYPE_AT(p, t)->slots++;
	}
}

void
declare_record_members(struct checker *ck, uint32_t t, node_id body, uint32_t context)
{
	if (!t)
		return;
	type_members(ck, body, t, context);
	add_columns(ck->p, t, RTYPE_AT(ck->p, t)->members);
}

void
declare_extension(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t t = program_symbol(p, NODE_AT(p, n)->a).rtype, context;

	if (!t) {
		check_fault(
			ck, EGM0401, n, "there is no block `%s` to extend", check_node_text(ck, n));
		return;
	}
	context = context_new(p, CONTEXT_SELF, ck->context, n);
	CONTEXT_AT(p, context)->rtype = t;
	declare_record_members(ck, t, NODE_AT(p, n)->kid[0], context);
}

/* --- values in declarations --- */

static void
keep_edges(struct checker *ck, uint32_t column, uint32_t from)
{
	for (uint32_t i = from; i < ck->reads.count; i++)
		order_edge(ck, column, VEC_AT(&ck->reads, struct read, i)->column,
			VEC_AT(&ck->reads, struct read, i)->node);
	vec_cut(&ck->reads, from);
}

/* `only when selector?` in a struct of an object asks whether a neighbour is there. */
static bool
asks_for_neighbour(struct program *p, node_id cond, uint32_t siblings)
{
	node_id name = NODE_AT(p, cond)->kid[0];
	uint32_t m;

	if (!siblings || NODE_AT(p, cond)->kind != NODE_TEST_PRESENT ||
		NODE_AT(p, name)->kind != NODE_NAME)
		return false;
	m = program_struct_member(p, siblings, NODE_AT(p, name)->a);
	if (m) {
		NODE_AT(p, name)->aux = MEANING_STRUCT_MEMBER;
		NODE_AT(p, name)->ref = m;
	}
	return m != 0;
}

static void
check_conditions(struct checker *ck, node_id conditions, uint32_t siblings)
{
	struct program *p = ck->p;

	for (node_id c = conditions; c; c = NODE_AT(p, c)->next)
		if (!asks_for_neighbour(p, NODE_AT(p, c)->kid[0], siblings))
			check_condition(ck, NODE_AT(p, c)->kid[0]);
	vec_cut(&ck->reads, 0);
}

static node_id
member_conditions(const struct program *p, node_id decl)
{
	const struct node *n = NODE_AT(p, decl);

	switch ((enum node_kind)n->kind) {
	case NODE_MEMBER:
	case NODE_MEMBER_LIST:
		return n->kid[3];
	case NODE_MEMBER_STRUCT:
		return n->kid[1];
	default:
		return 0;
	}
}

/* Defaults, computed fields and conditions of members [from, to). */
void
declare_values(struct checker *ck, uint32_t from, uint32_t to)
{
	struct program *p = ck->p;

	for (uint32_t m = from; m < to; m++) {
		struct member member = *MEMBER_AT(p, m);

		ck->context = member.context;
		if (member.form == MEMBER_LET) {
			check_member(ck, m, member.decl);
			continue;
		}
		if (member.form == MEMBER_CHILD)
			continue;
		if (member.value)
			check_value(ck, member.value, member.type, member.optional);
		keep_edges(ck, member.column, 0);
		check_conditions(ck, member_conditions(p, member.decl), member.siblings);
	}
	ck->context = 0;
}

void
declare_api_version(struct checker *ck, uint32_t t)
{
	ck->context = RTYPE_AT(ck->p, t)->self;
	if (RTYPE_AT(ck->p, t)->api_version)
		check_value(ck, RTYPE_AT(ck->p, t)->api_version, TYPE_T(TEXT), false);
	ck->context = 0;
	vec_cut(&ck->reads, 0);
}

/* What every record's fields wait for: that the record exists; and what every record waits for:
 * its owner. */
static uint32_t
owner_existence(const struct program *p, uint32_t t)
{
	uint32_t owner = RTYPE_AT(p, t)->owner;

	return RTYPE_AT(p, owner)->choice ? RTYPE_AT(p, RTYPE_AT(p, owner)->choice)->existence
					  : RTYPE_AT(p, owner)->existence;
}

void
declare_edges(struct checker *ck, uint32_t from)
{
	struct program *p = ck->p;

	for (uint32_t c = from; c < p->columns.count; c++) {
		uint32_t t = COLUMN_AT(p, c)->rtype,
			 own = RTYPE_AT(p, t)->choice ? RTYPE_AT(p, t)->choice : t;
		node_id decl = RTYPE_AT(p, t)->decl;

		if (COLUMN_AT(p, c)->member)
			order_edge(ck, c, RTYPE_AT(p, own)->existence, decl);
		else if (RTYPE_AT(p, t)->owner)
			order_edge(ck, c, owner_existence(p, t), decl);
	}
}
