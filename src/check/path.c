/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind a dot, in brackets, and after `of`.
 */
#include "check/checker.h"

#include "base/suggest.h"
#include "check/inside.h"

/* The part of an endpoint or version that a word names; 0 if none. */
static uint32_t
scalar_part(struct checker *ck, node_id n, uint32_t base)
{
	struct program *p = ck->p;
	atom word = NODE_AT(p, n)->a;
	const struct type *t = TYPE_AT(p, base);

	if (t->scalar == SCALAR_TYPE_VERSION && word == p->words_.exact)
		return check_meant(ck, n, MEANING_EXACT, 0, TYPE_T(TEXT));
	if (t->scalar != SCALAR_TYPE_ENDPOINT)
		return 0;
	if (word == p->words_.port)
		return check_meant(ck, n, MEANING_ENDPOINT_PART, 0, TYPE_T(PORT));
	if (word == p->words_.host)
		return check_meant(ck, n, MEANING_ENDPOINT_PART, 0, TYPE_T(DOMAIN));
	if (word == p->words_.service || word == p->words_.namespace)
		return check_meant(ck, n, MEANING_ENDPOINT_PART, 0, TYPE_T(DNS_LABEL));
	return 0;
}

/* One word after a record of type rtype: a member, a set of children, an owner, its name. 0 if
 * it has none such. */
static uint32_t
record_word(struct checker *ck, node_id n, uint32_t rtype)
{
	struct program *p = ck->p;
	atom word = NODE_AT(p, n)->a;
	uint32_t m = program_member(p, rtype, word), o, child = program_symbol(p, word).rtype, type;

	if (m) {
		type = check_member_type(ck, m, n);
		check_read(ck, MEMBER_AT(p, m)->column, n);
		if (MEMBER_AT(p, m)->form == MEMBER_CHILD)
			check_read_rtype(ck, MEMBER_AT(p, m)->child, n);
		return check_meant(ck, n, MEANING_MEMBER, m, type);
	}
	o = check_find_owner(p, rtype, word);
	if (o)
		return check_meant(ck, n, MEANING_OWNER_OF, o, RTYPE_AT(p, o)->ref_type);
	if (child &&
		(RTYPE_AT(p, child)->any_owner ||
			(RTYPE_AT(p, child)->choice &&
				RTYPE_AT(p, RTYPE_AT(p, child)->choice)->owner == rtype))) {
		check_read_rtype(ck, child, n);
		return check_meant(ck, n, MEANING_CHILDREN, child,
			type_records(p, child, RTYPE_AT(p, child)->choice ? 1 : 0));
	}
	if (word == p->words_.name)
		return check_meant(ck, n, MEANING_NAME_OF, 0, TYPE_T(DNS_LABEL));
	return 0;
}

static uint32_t
no_such_word(struct checker *ck, node_id n, uint32_t base)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, base);
	struct diag *g;
	struct suggest s;

	if (t->kind == TYPE_POISON)
		return 0;
	g = check_fault_at(ck, EGM0103, check_word_span(p, n), "%s has no `%s`",
		check_type_text(ck, base), check_node_text(ck, n));
	suggest_init(&s, check_node_text(ck, n), atom_len(&p->atoms, NODE_AT(p, n)->a));
	if (t->kind == TYPE_RECORDS) {
		diag_line(&p->diags, g, LINE_HELP,
			"a field belongs to one of them: for x in ..., or first(...)");
	} else if (t->kind == TYPE_REF) {
		uint32_t rtype = NUMBER_AT(p, t->first);

		for (uint32_t m = RTYPE_AT(p, rtype)->members; m; m = MEMBER_AT(p, m)->next)
			suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	} else if (t->kind == TYPE_STRUCT) {
		for (uint32_t m = t->members; m; m = MEMBER_AT(p, m)->next)
			suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	} else if (t->kind == TYPE_ROW) {
		for (uint32_t m = TABLE_AT(p, t->elem)->members; m; m = MEMBER_AT(p, m)->next)
			suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	}
	if (s.best)
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
	return 0;
}

/* A word after a reference that may be to records of several types: all must have it, with types
 * in common. */
static uint32_t
ref_word(struct checker *ck, node_id n, uint32_t base)
{
	struct program *p = ck->p;
	uint32_t count = TYPE_AT(p, base)->count, first = TYPE_AT(p, base)->first;
	uint32_t type = record_word(ck, n, NUMBER_AT(p, first));

	for (uint32_t i = 1; i < count; i++) {
		uint32_t other = record_word(ck, n, NUMBER_AT(p, first + i));

		if (!type || !other || !type_common(ck, type, other, &type))
			return no_such_word(ck, n, base);
		NODE_AT(p, n)->ref = 0; /* looked up when the record is known */
	}
	return type || NODE_AT(p, n)->aux ? (NODE_AT(p, n)->type = type)
					  : no_such_word(ck, n, base);
}

static uint32_t
struct_word(struct checker *ck, node_id n, uint32_t members, uint32_t base)
{
	struct program *p = ck->p;
	uint32_t m = program_struct_member(p, members, NODE_AT(p, n)->a);

	if (!m)
		return no_such_word(ck, n, base);
	MEMBER_AT(p, m)->read = true;
	/* A bare reference such as gatewayClassName is written, and read, as a name. */
	if (TYPE_AT(p, MEMBER_AT(p, m)->type)->kind == TYPE_OBJECT)
		return check_meant(ck, n, MEANING_STRUCT_MEMBER, m,
			TYPE_T(TEXT) | (MEMBER_AT(p, m)->type & TYPE_OPTIONAL));
	return check_meant(ck, n, MEANING_STRUCT_MEMBER, m, MEMBER_AT(p, m)->type);
}

static uint32_t
row_word(struct checker *ck, node_id n, uint32_t base)
{
	struct program *p = ck->p;
	uint32_t m = program_struct_member(
		p, TABLE_AT(p, TYPE_AT(p, base)->elem)->members, NODE_AT(p, n)->a);

	if (!m)
		return no_such_word(ck, n, base);
	MEMBER_AT(p, m)->read = true;
	return check_meant(ck, n, MEANING_CELL, m, MEMBER_AT(p, m)->type);
}

/* Something like shop.example.com, where text is wanted and nothing of that name is declared. */
static bool
is_bare_text(const struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	node_id root = n;
	struct symbol s;

	if (!expected || !type_is_text(p, expected) || !check_in_site(ck) ||
		!check_is_label_path(p, n) || check_root_is_var(ck, n))
		return false;
	while (NODE_AT(p, root)->kind == NODE_DOT)
		root = NODE_AT(p, root)->kid[0];
	s = program_symbol(p, NODE_AT(p, root)->a);
	return !s.rtype && !s.table && !s.type;
}

uint32_t
check_dot(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t by = check_word_type(ck, expected), base, type = 0, rtype;
	const struct type *t;
	bool maybe;

	NODE_AT(p, n)->aux = MEANING_NONE;
	if (by && TYPE_AT(p, by)->kind == TYPE_REF && check_in_site(ck) &&
		check_is_label_path(p, n) && !check_root_is_var(ck, n))
		return check_label_path(ck, n, by);
	if (is_bare_text(ck, n, expected))
		return check_bare_text(ck, n);
	base = check_expr(ck, NODE_AT(p, n)->kid[0], 0);
	t = TYPE_AT(p, base);
	maybe = (base & TYPE_OPTIONAL) != 0 || (t->kind == TYPE_RECORDS && t->hi == 1);
	switch ((enum type_kind)t->kind) {
	case TYPE_REF:
		type = ref_word(ck, n, base);
		break;
	case TYPE_RECORDS:
		type = t->hi == 1 ? ref_word(ck, n, base) : no_such_word(ck, n, base);
		break;
	case TYPE_OBJECT:
		rtype = NUMBER_AT(p, t->first);
		type = struct_word(ck, n, TYPE_AT(p, RTYPE_AT(p, rtype)->body)->members, base);
		break;
	case TYPE_STRUCT:
		type = struct_word(ck, n, t->members, base);
		break;
	case TYPE_ROW:
		type = row_word(ck, n, base);
		break;
	case TYPE_MAP:
		type = check_meant(ck, n, MEANING_MAP_KEY, 0, t->elem | TYPE_OPTIONAL);
		break;
	case TYPE_SCALAR:
		type = scalar_part(ck, n, base);
		if (!type)
			no_such_word(ck, n, base);
		break;
	default:
		return no_such_word(ck, n, base);
	}
	return NODE_AT(p, n)->type = type && maybe ? type | TYPE_OPTIONAL : type;
}

uint32_t
check_index(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id index = NODE_AT(p, n)->kid[1];
	uint32_t base = check_expr(ck, NODE_AT(p, n)->kid[0], 0), type;
	const struct type *t = TYPE_AT(p, base);

	switch ((enum type_kind)t->kind) {
	case TYPE_LIST:
	case TYPE_SET:
		type = t->elem | TYPE_OPTIONAL;
		check_value(ck, index, TYPE_T(INT), false);
		break;
	case TYPE_MAP:
		type = t->elem | TYPE_OPTIONAL;
		check_value(ck, index, TYPE_T(TEXT), false);
		break;
	case TYPE_RECORDS:
	case TYPE_OBJECTS:
		type = type_elem(p, base) | TYPE_OPTIONAL;
		check_value(ck, index, TYPE_T(TEXT), false);
		break;
	case TYPE_TABLE: {
		uint32_t table = t->elem;
		bool by_version = TABLE_AT(p, table)->by_version;

		check_value(ck, index, by_version ? TYPE_T(VERSION) : TYPE_T(TEXT), false);
		type = type_new(p, TYPE_ROW) | (by_version ? 0 : TYPE_OPTIONAL);
		TYPE_AT(p, type)->elem = table;
		break;
	}
	case TYPE_POISON:
		check_expr(ck, index, 0);
		return 0;
	default:
		check_fault(ck, EGM0402, n, "%s cannot be indexed", check_type_text(ck, base));
		return 0;
	}
	return NODE_AT(p, n)->type = type;
}

/* What follows `of` where any record may stand: in a site also a path of labels from its top. */
uint32_t
check_owner(struct checker *ck, node_id n, uint32_t rtype)
{
	struct program *p = ck->p;
	node_id root = n;
	uint32_t type;

	if (rtype)
		return check_expr(ck, n, RTYPE_AT(p, rtype)->ref_type);
	while (NODE_AT(p, root)->kind == NODE_DOT)
		root = NODE_AT(p, root)->kid[0];
	if (!check_in_site(ck) || !check_is_label_path(p, n) || check_root_is_var(ck, n) ||
		program_symbol(p, NODE_AT(p, root)->a).rtype)
		return check_expr(ck, n, 0);
	type = type_of_rtypes(p, TYPE_REF, NULL, 0, 0);
	for (uint32_t t = 1; t < p->rtypes.count; t++)
		if (RTYPE_AT(p, t)->form == FORM_BLOCK)
			check_read(ck, RTYPE_AT(p, t)->existence, n);
	return check_meant(ck, n, MEANING_LABEL, 0, type);
}

uint32_t
check_of(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct symbol s = program_symbol(p, NODE_AT(p, n)->a);
	uint32_t owner =
		check_owner(ck, NODE_AT(p, n)->kid[0], s.rtype ? RTYPE_AT(p, s.rtype)->owner : 0);

	if (!s.rtype) {
		struct diag *g = check_fault(
			ck, EGM0102, n, "there is no block or kind `%s`", check_node_text(ck, n));

		check_suggest_names(ck, g, NODE_AT(p, n)->a);
		return 0;
	}
	if (TYPE_AT(p, owner)->kind != TYPE_REF && TYPE_AT(p, owner)->kind != TYPE_POISON)
		check_fault(ck, EGM0402, NODE_AT(p, n)->kid[0],
			"what follows `of` is a record, not %s", check_type_text(ck, owner));
	check_read_rtype(ck, s.rtype, n);
	return check_meant(ck, n, MEANING_NONE, s.rtype,
		RTYPE_AT(p, s.rtype)->ref_type | (owner & TYPE_OPTIONAL));
}
