/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables and functions: rows take over what they do not say.
 */
#include "check/checker.h"

#include "check/inside.h"

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
				check_node_text(ck, NODE_AT(p, f)->kid[0]));
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
		declare_record_members(ck, node.ref, node.kid[2], self);
		break;
	case NODE_RECORD:
		declare_record_members(ck, node.ref, node.kid[3], self);
		break;
	case NODE_CONTRACT:
	case NODE_CASE:
		declare_record_members(ck, node.ref, node.kid[1], self);
		break;
	case NODE_CHOICE:
		declare_record_members(ck, node.ref, node.kid[2], self);
		break;
	case NODE_EXTEND_DECL:
		declare_extension(ck, n);
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
		uint32_t m = declare_plain_member(p, fields[i], TYPE_T(TEXT), false, &last);

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
