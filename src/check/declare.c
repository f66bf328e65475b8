/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Declarations: first all names, then what they mean, so that files may speak of each other in any
 * order. What comes in: the statements of files above their first scope. What goes out: rtypes,
 * types, members, tables, functions, well-known labels, and the columns.
 */
#include "check/checker.h"

#include <string.h>
#include "base/mem.h"
#include "base/suggest.h"

static const char *
name_of(struct checker *ck, node_id n)
{
	return program_text(ck->p, NODE_AT(ck->p, n)->a);
}

/* --- names --- */

static void
declared_twice(struct checker *ck, node_id n, node_id first)
{
	struct diag *g = check_fault(ck, EGM0104, n, "`%s` is declared twice", name_of(ck, n));

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

	if (role != SITE_TEST && program_symbol(p, name).site) {
		declared_twice(ck, n, SITE_AT(p, program_symbol(p, name).site)->node);
		return;
	}
	s = vec_add(&p->sites, 1);
	SITE_AT(p, s)->name = name;
	SITE_AT(p, s)->node = n;
	SITE_AT(p, s)->profile = role == SITE_PROFILE;
	SITE_AT(p, s)->role = (uint8_t)role;
	SITE_AT(p, s)->library = !ck->user;
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
	g = check_fault(ck, EGM0401, w, "there is no block `%s`", name_of(ck, w));
	suggest_init(&s, name_of(ck, w), atom_len(&p->atoms, NODE_AT(p, w)->a));
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
		check_fault(
			ck, EGM0401, decl, "`%s` does not say where it belongs", name_of(ck, decl));
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
					name_of(ck, node.kid[1]));
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
				name_of(ck, node.kid[0]));
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

static void
record_members(struct checker *ck, uint32_t t, node_id body, uint32_t context)
{
	if (!t)
		return;
	type_members(ck, body, t, context);
	add_columns(ck->p, t, RTYPE_AT(ck->p, t)->members);
}

static void
extend_block(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t t = program_symbol(p, NODE_AT(p, n)->a).rtype, context;

	if (!t) {
		check_fault(ck, EGM0401, n, "there is no block `%s` to extend", name_of(ck, n));
		return;
	}
	context = context_new(p, CONTEXT_SELF, ck->context, n);
	CONTEXT_AT(p, context)->rtype = t;
	record_members(ck, t, NODE_AT(p, n)->kid[0], context);
}

/* --- kinds --- */

static uint32_t
plain_member(struct program *p, const char *name, uint32_t type, bool optional, uint32_t *last)
{
	uint32_t m = vec_add(&p->members, 1);

	MEMBER_AT(p, m)->name = atom_of_text(&p->atoms, name);
	MEMBER_AT(p, m)->form = MEMBER_FIELD;
	MEMBER_AT(p, m)->type = type | (optional ? TYPE_OPTIONAL : 0);
	MEMBER_AT(p, m)->optional = optional;
	MEMBER_AT(p, m)->read = true;
	if (*last)
		MEMBER_AT(p, *last)->next = m;
	*last = m;
	return m;
}

/* metadata { name; namespace?; labels?; annotations? } */
static uint32_t
metadata_type(struct program *p)
{
	uint32_t t = type_new(p, TYPE_STRUCT), last = 0, first;
	uint32_t map = type_of_elem(p, TYPE_MAP, TYPE_T(TEXT));

	first = plain_member(p, "name", TYPE_T(DOMAIN), false, &last);
	plain_member(p, "namespace", TYPE_T(DNS_LABEL), true, &last);
	plain_member(p, "labels", map, true, &last);
	plain_member(p, "annotations", map, true, &last);
	TYPE_AT(p, t)->members = first;
	return t;
}

static void
kind_phase(struct checker *ck, uint32_t t, node_id value)
{
	struct program *p = ck->p;

	for (uint32_t i = 0; p->phase_type && i < TYPE_AT(p, p->phase_type)->count; i++)
		if (NODE_AT(p, value)->kind == NODE_NAME &&
			WORD_AT(p, TYPE_AT(p, p->phase_type)->first + i) == NODE_AT(p, value)->a) {
			RTYPE_AT(p, t)->phase = i;
			return;
		}
	check_fault(ck, EGM0401, value, "this is not a phase; they are the words of `type phase`");
}

static void
kind_before(struct checker *ck, uint32_t t, node_id value)
{
	struct program *p = ck->p;
	uint32_t first = p->numbers.count, count = 0;

	for (node_id item = NODE_AT(p, value)->kind == NODE_LIST ? NODE_AT(p, value)->kid[0] : 0;
		item; item = NODE_AT(p, item)->next) {
		uint32_t other = program_symbol(p, NODE_AT(p, item)->a).rtype;

		if (NODE_AT(p, item)->kind != NODE_NAME || !other ||
			RTYPE_AT(p, other)->form != FORM_KIND) {
			check_fault(ck, EGM0401, item, "this is not a kind");
			continue;
		}
		vec_push(&p->numbers, &other);
		count++;
	}
	RTYPE_AT(p, t)->before_first = first;
	RTYPE_AT(p, t)->before_count = count;
}

static void
kind_field(struct checker *ck, uint32_t t, node_id n, uint32_t *seen)
{
	struct program *p = ck->p;
	atom word = NODE_AT(p, NODE_AT(p, n)->kid[0])->a;
	node_id value = NODE_AT(p, n)->kid[1];
	const struct words *w = &p->words_;

	if (word == w->apiVersion) {
		RTYPE_AT(p, t)->api_version = value;
		*seen |= 1;
	} else if (word == w->scope) {
		atom scope = NODE_AT(p, value)->a;

		if (NODE_AT(p, value)->kind != NODE_NAME ||
			(scope != w->namespaced && scope != w->cluster))
			check_fault(
				ck, EGM0401, value, "the scope of a kind is namespaced or cluster");
		RTYPE_AT(p, t)->namespaced = scope == w->namespaced;
		*seen |= 2;
	} else if (word == w->phase) {
		kind_phase(ck, t, value);
		*seen |= 4;
	} else if (word == w->before) {
		kind_before(ck, t, value);
	} else if (word == w->chart && NODE_AT(p, value)->kind == NODE_STRING) {
		RTYPE_AT(p, t)->chart = NODE_AT(p, value)->a;
		*seen |= 8;
	} else {
		check_fault(ck, EGM0103, n,
			"a kind has apiVersion, scope, phase and before; values have chart; not "
			"`%s`",
			program_text(p, word));
	}
}

static void
declare_kind(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t t = NODE_AT(p, n)->ref, seen = 0, metadata, body, members, m, last = 0;
	bool values = NODE_AT(p, n)->kind == NODE_VALUES;

	if (!t)
		return;
	for (node_id f = NODE_AT(p, n)->kid[0]; f; f = NODE_AT(p, f)->next)
		if (NODE_AT(p, f)->kind == NODE_FIELD)
			kind_field(ck, t, f, &seen);
	if (!values && (seen & 7) != 7)
		check_fault(ck, EGM0401, n,
			"kind `%s` does not say its apiVersion, scope and phase", name_of(ck, n));
	if (values && seen != 8)
		check_fault(ck, EGM0401, n, "values `%s` name their chart and nothing else",
			name_of(ck, n));
	metadata = metadata_type(p);
	m = plain_member(p, "metadata", metadata, false, &last);
	body = type_new(p, TYPE_STRUCT);
	RTYPE_AT(p, t)->body = body;
	members = type_members(ck, NODE_AT(p, n)->kid[0], 0, RTYPE_AT(p, t)->self);
	MEMBER_AT(p, m)->next = members;
	TYPE_AT(p, body)->members = m;
	CONTEXT_AT(p, RTYPE_AT(p, t)->self)->rtype = t;
}

static void
declare_label(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);
	uint32_t w = vec_add(&p->labels, 1), kinds[32], count = 0;

	for (node_id k = node.kid[0]; k && count < 32; k = NODE_AT(p, k)->next) {
		uint32_t t = program_symbol(p, NODE_AT(p, k)->a).rtype;

		if (!t || RTYPE_AT(p, t)->form != FORM_KIND)
			check_fault(ck, EGM0401, k, "`%s` is not a kind", name_of(ck, k));
		else
			kinds[count++] = t;
	}
	LABEL_AT(p, w)->key = node.a;
	LABEL_AT(p, w)->annotation = node.op == LABEL_ANNOTATION;
	LABEL_AT(p, w)->decl = n;
	LABEL_AT(p, w)->namespace_key = node.kid[3] ? NODE_AT(p, node.kid[3])->a : 0;
	uint32_t first = vec_add(&p->numbers, count);

	for (uint32_t i = 0; i < count; i++)
		NUMBER_AT(p, first + i) = kinds[i];
	LABEL_AT(p, w)->kinds_first = first;
	LABEL_AT(p, w)->kinds_count = count;
	uint32_t type = type_parse(ck, node.kid[1], node.kid[2]);

	LABEL_AT(p, w)->type = type;
}

/* --- tables --- */

static node_id
row_cell(const struct program *p, node_id row, atom column, bool *given)
{
	for (node_id f = NODE_AT(p, row)->kid[1]; f; f = NODE_AT(p, f)->next)
		if (NODE_AT(p, f)->kind == NODE_FIELD &&
			NODE_AT(p, NODE_AT(p, f)->kid[0])->a == column) {
			node_id value = NODE_AT(p, f)->kid[1];

			*given = true;
			return NODE_AT(p, value)->kind == NODE_ABSENT ? 0 : value;
		}
	*given = false;
	return 0;
}

static void
check_row_words(struct checker *ck, node_id row, uint32_t members)
{
	struct program *p = ck->p;

	for (node_id f = NODE_AT(p, row)->kid[1]; f; f = NODE_AT(p, f)->next)
		if (NODE_AT(p, f)->kind == NODE_FIELD &&
			!program_struct_member(p, members, NODE_AT(p, NODE_AT(p, f)->kid[0])->a))
			check_fault(ck, EGM0103, f, "the table has no column `%s`",
				name_of(ck, NODE_AT(p, f)->kid[0]));
}

static void
add_row(struct checker *ck, uint32_t table, node_id n, uint32_t previous)
{
	struct program *p = ck->p;
	uint32_t r = vec_add(&p->rows, 1),
		 cells = vec_add(&p->numbers, TABLE_AT(p, table)->column_count), i = 0;
	node_id key = NODE_AT(p, n)->kid[0];
	struct version v = { 0, 0 };

	ROW_AT(p, r)->key = NODE_AT(p, key)->a;
	ROW_AT(p, r)->node = n;
	ROW_AT(p, r)->cells = cells;
	if (TABLE_AT(p, table)->by_version) {
		if (!version_parse(program_text(p, NODE_AT(p, key)->a),
			    atom_len(&p->atoms, NODE_AT(p, key)->a), &v) ||
			v.lo != v.hi)
			check_fault(ck, EGM0401, key,
				"a row of this table starts at a release, such as \"1.29.0\"");
		else if (previous && v.lo <= ROW_AT(p, previous)->release)
			check_fault(ck, EGM0401, key, "rows stand in ascending order");
		ROW_AT(p, r)->release = v.lo;
	}
	check_row_words(ck, n, TABLE_AT(p, table)->members);
	for (uint32_t m = TABLE_AT(p, table)->members; m; m = MEMBER_AT(p, m)->next, i++) {
		bool given;
		node_id cell = row_cell(p, n, MEMBER_AT(p, m)->name, &given);

		if (!given && previous && TABLE_AT(p, table)->by_version)
			cell = NUMBER_AT(p, ROW_AT(p, previous)->cells + i);
		else if (!given && !MEMBER_AT(p, m)->optional && !MEMBER_AT(p, m)->value)
			check_fault(ck, EGM0131, n, "the column `%s` is missing here",
				program_text(p, MEMBER_AT(p, m)->name));
		else if (!given)
			cell = MEMBER_AT(p, m)->value;
		if (given && cell)
			check_value(ck, cell, MEMBER_AT(p, m)->type, MEMBER_AT(p, m)->optional);
		NUMBER_AT(p, cells + i) = cell;
	}
}

static void
declare_table(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t t = NODE_AT(p, n)->ref, first = 0, last = 0;
	node_id by = NODE_AT(p, n)->kid[0], members = 0, *tail = &members, rows = 0;
	uint32_t previous = 0;

	if (!t)
		return;
	if (by && NODE_AT(p, by)->a != p->words_.version && NODE_AT(p, by)->a != p->words_.name)
		check_fault(ck, EGM0401, by, "a table is ordered by version, or has named rows");
	TABLE_AT(p, t)->by_version = by && NODE_AT(p, by)->a == p->words_.version;
	/* Columns come first, rows after them; the list is cut where the rows begin. */
	for (node_id m = NODE_AT(p, n)->kid[1]; m; m = NODE_AT(p, m)->next) {
		if (NODE_AT(p, m)->kind == NODE_ROW) {
			rows = m;
			break;
		}
	}
	if (NODE_AT(p, n)->kid[1] != rows) {
		members = NODE_AT(p, n)->kid[1];
		tail = &NODE_AT(p, members)->next;
		while (*tail != rows)
			tail = &NODE_AT(p, *tail)->next;
		*tail = 0;
	}
	first = type_members(ck, members, 0, ck->context);
	TABLE_AT(p, t)->members = first;
	for (uint32_t m = first; m; m = MEMBER_AT(p, m)->next)
		MEMBER_AT(p, m)->slot = TABLE_AT(p, t)->column_count++;
	for (node_id r = rows; r; r = NODE_AT(p, r)->next) {
		if (NODE_AT(p, r)->kind != NODE_ROW) {
			check_fault(ck, EGM0401, r, "columns are declared before the first row");
			continue;
		}
		add_row(ck, t, r, previous);
		last = p->rows.count - 1;
		if (!previous)
			TABLE_AT(p, t)->first_row = last;
		previous = last;
		TABLE_AT(p, t)->row_count++;
	}
	if (!previous)
		check_fault(ck, EGM0401, n, "a table has at least one row");
}

static void
declare_fn(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t f = NODE_AT(p, n)->ref, result;

	if (!f)
		return;
	for (node_id param = NODE_AT(p, n)->kid[0]; param; param = NODE_AT(p, param)->next) {
		uint32_t type = type_parse(ck, NODE_AT(p, param)->kid[0], 0);
		uint32_t v = var_new(p, FN_AT(p, f)->context, NODE_AT(p, param)->a, type);

		NODE_AT(p, param)->ref = v;
	}
	result = type_parse(ck, NODE_AT(p, n)->kid[1], 0);
	FN_AT(p, f)->result = result;
}

/* What a declaration means, once all names and owners are known. Types go first. */
void
declare_meaning(struct checker *ck, node_id n, bool types)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);
	uint32_t self = node.ref && node.ref < p->rtypes.count ? RTYPE_AT(p, node.ref)->self : 0;

	if (types) {
		if (node.kind == NODE_TYPE)
			declare_type(ck, n);
		return;
	}
	switch ((enum node_kind)node.kind) {
	case NODE_DECL_BLOCK:
		record_members(ck, node.ref, node.kid[2], self);
		break;
	case NODE_RECORD:
		record_members(ck, node.ref, node.kid[3], self);
		break;
	case NODE_CONTRACT:
	case NODE_CASE:
		record_members(ck, node.ref, node.kid[1], self);
		break;
	case NODE_CHOICE:
		record_members(ck, node.ref, node.kid[2], self);
		break;
	case NODE_EXTEND_DECL:
		extend_block(ck, n);
		break;
	case NODE_KIND:
	case NODE_VALUES:
		declare_kind(ck, n);
		break;
	case NODE_LABEL:
		declare_label(ck, n);
		break;
	case NODE_FN:
		declare_fn(ck, n);
		break;
	default:
		break;
	}
}

void
declare_rows(struct checker *ck, node_id n)
{
	if (NODE_AT(ck->p, n)->kind == NODE_TABLE)
		declare_table(ck, n);
}

/* `crossing`: pairs of objects in different namespaces, one of which refers to the other; built
 * in, read by grants. */
void
declare_crossing(struct checker *ck)
{
	struct program *p = ck->p;
	static const char *const fields[] = {
		"from-group",
		"from-kind",
		"from-namespace",
		"from-name",
		"to-group",
		"to-kind",
		"to-namespace",
		"to-name",
	};
	uint32_t t = vec_add(&p->rtypes, 1), last = 0, first = 0;

	RTYPE_AT(p, t)->name = p->words_.crossing;
	RTYPE_AT(p, t)->form = FORM_CROSSING;
	RTYPE_AT(p, t)->hi = INT64_MAX;
	RTYPE_AT(p, t)->any_owner = true;
	RTYPE_AT(p, t)->library = true;
	RTYPE_AT(p, t)->read = true;
	program_symbol_at(p, p->words_.crossing)->rtype = t;
	p->crossing_rtype = t;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		uint32_t m = plain_member(p, fields[i], TYPE_T(TEXT), false, &last);

		MEMBER_AT(p, m)->owner = t;
		MEMBER_AT(p, m)->slot = (uint32_t)i;
		first = first ? first : m;
	}
	RTYPE_AT(p, t)->members = first;
	RTYPE_AT(p, t)->members_last = last;
	RTYPE_AT(p, t)->slots = (uint32_t)(sizeof fields / sizeof fields[0]);
	uint32_t ref = type_of_rtypes(p, TYPE_REF, &t, 1, 0),
		 set = type_of_rtypes(p, TYPE_RECORDS, &t, 1, 0);

	RTYPE_AT(p, t)->ref_type = ref;
	RTYPE_AT(p, t)->set_type = set;
	RTYPE_AT(p, t)->self = context_new(p, CONTEXT_SELF, 0, 0);
	CONTEXT_AT(p, RTYPE_AT(p, t)->self)->rtype = t;
}

/* How many records of a type one site can have, by declaration alone; 0: no bound. */
static uint32_t
bound_of(struct program *p, uint32_t t, int depth)
{
	struct rtype *r = RTYPE_AT(p, t);
	uint32_t of_owner;
	int64_t n;

	if (r->choice)
		return bound_of(p, r->choice, depth + 1);
	if (r->form == FORM_SITE)
		return 1;
	if (r->any_owner || !r->owner || r->hi == INT64_MAX || depth > 32)
		return 0;
	of_owner = bound_of(p, r->owner, depth + 1);
	n = (int64_t)of_owner * r->hi;
	return n > 100000 ? 0 : (uint32_t)n;
}

void
declare_bounds(struct checker *ck)
{
	for (uint32_t t = 1; t < ck->p->rtypes.count; t++)
		RTYPE_AT(ck->p, t)->bound = bound_of(ck->p, t, 0);
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
