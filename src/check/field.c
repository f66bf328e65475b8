/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of records: each becomes a part at its column, with what it and the contexts around it read.
 * What is refused: fields that nothing declares, or that cannot be written.
 */
#include "check/checker.h"

#include "base/suggest.h"
#include "check/inside.h"

/* --- parts --- */

static void
link_part(struct program *p, uint32_t column, uint32_t part, bool site)
{
	struct column *c = COLUMN_AT(p, column);
	uint32_t *first = site ? &c->site_first : &c->library_first,
		 *last = site ? &c->site_last : &c->library_last;

	if (*last)
		PART_AT(p, *last)->next = part;
	else
		*first = part;
	*last = part;
}

/* Everything that the contexts around read, up to the file or site. */
static void
link_context_reads(struct checker *ck, uint32_t column, uint32_t context, node_id because)
{
	struct program *p = ck->p;

	for (uint32_t c = context; c; c = CONTEXT_AT(p, c)->parent)
		for (uint32_t i = 0; i < CONTEXT_AT(p, c)->reads_count; i++)
			order_edge(ck, column, NUMBER_AT(p, CONTEXT_AT(p, c)->reads_first + i),
				because);
}

void
check_add_part(struct checker *ck, uint32_t column, uint32_t context, node_id n, node_id path,
	uint32_t from)
{
	struct program *p = ck->p;
	uint32_t part = vec_add(&p->parts, 1);

	PART_AT(p, part)->context = context;
	PART_AT(p, part)->node = n;
	PART_AT(p, part)->path = path;
	link_part(p, column, part, CONTEXT_AT(p, context)->site);
	for (uint32_t i = from; i < ck->reads.count; i++)
		order_edge(ck, column, VEC_AT(&ck->reads, struct read, i)->column,
			VEC_AT(&ck->reads, struct read, i)->node);
	link_context_reads(ck, column, n ? context : CONTEXT_AT(p, context)->parent,
		n ? n : CONTEXT_AT(p, context)->node);
}

/* --- fields of records --- */

/* Another case of the choice may have the field. */
static bool
field_of_case(struct checker *ck, struct diag *g, node_id word, uint32_t choice)
{
	struct program *p = ck->p;
	bool found = false;

	for (uint32_t t = 1; choice && t < p->rtypes.count; t++)
		if (RTYPE_AT(p, t)->choice == choice &&
			program_struct_member(p, RTYPE_AT(p, t)->members, NODE_AT(p, word)->a)) {
			diag_line(&p->diags, g, LINE_HELP, "`%s` is a field of `%s %s`",
				check_node_text(ck, word),
				program_text(p, RTYPE_AT(p, choice)->name),
				program_text(p, RTYPE_AT(p, t)->name));
			found = true;
		}
	return found;
}

/* The blocks around this one, and those inside it, that have such a field: it may be meant there. */
static bool
field_of_kin(struct checker *ck, struct diag *g, node_id word, uint32_t rtype)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, word)->a;
	bool found = false;

	for (uint32_t t = 1; t < p->rtypes.count; t++) {
		const struct rtype *kin = RTYPE_AT(p, t);
		uint32_t around = RTYPE_AT(p, rtype)->owner;
		bool inside = kin->form == FORM_BLOCK && kin->owner == rtype;

		while (around && around != t && RTYPE_AT(p, around)->owner != around)
			around = RTYPE_AT(p, around)->owner;
		if (around != t && !inside)
			continue;
		uint32_t m = program_struct_member(p, kin->members, name);
		if (!m || MEMBER_AT(p, m)->form != MEMBER_FIELD)
			continue;
		if (inside)
			diag_line(&p->diags, g, LINE_HELP, "it is a field of the block `%s` in it",
				program_text(p, kin->name));
		else
			diag_line(&p->diags, g, LINE_HELP, "it is a field of `%s`",
				program_text(p, kin->name));
		found = true;
	}
	return found;
}

#define FIELDS_MOST 8 /* more are a page to read, not a help */

/* What there is, where that is little and nothing else helps. */
static void
list_fields(struct checker *ck, struct diag *g, const struct rtype *t)
{
	struct program *p = ck->p;
	struct str all = STR_INIT;
	uint32_t count = 0;

	for (uint32_t m = t->members; m; m = MEMBER_AT(p, m)->next)
		if (MEMBER_AT(p, m)->form == MEMBER_FIELD)
			str_format(&all, "%s`%s`", count++ ? ", " : "",
				program_text(p, MEMBER_AT(p, m)->name));
	if (count && count <= FIELDS_MOST)
		diag_line(&p->diags, g, LINE_HELP, "its field%s %s",
			count == 1 ? " is" : "s are", str_text(&all));
	str_release(&all);
}

/* In a site, its parameters are fields, too. */
static void
offer_params(struct checker *ck, struct suggest *s)
{
	for (uint32_t v = CONTEXT_AT(ck->p, ck->params)->lets; v; v = VAR_AT(ck->p, v)->next)
		suggest_offer(s, program_text(ck->p, VAR_AT(ck->p, v)->name));
}

/* The field that was most likely meant counts as written. */
static void
unknown_member(struct checker *ck, node_id n, node_id word, uint32_t rtype)
{
	struct program *p = ck->p;
	const struct rtype *t = RTYPE_AT(p, rtype);
	struct diag *g = check_fault(ck, EGM0103, word, "unknown field `%s` in %s",
		check_node_text(ck, word), program_text(p, t->name));
	struct suggest s;

	suggest_init(&s, check_node_text(ck, word), atom_len(&p->atoms, NODE_AT(p, word)->a));
	for (uint32_t m = t->members; m; m = MEMBER_AT(p, m)->next)
		suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	if (t->choice)
		for (uint32_t m = RTYPE_AT(p, t->choice)->members; m; m = MEMBER_AT(p, m)->next)
			suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	diag_here(&p->diags, g, "not a field of %s", program_text(p, t->name));
	if (t->form == FORM_SITE && ck->params)
		offer_params(ck, &s);
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, NODE_AT(p, word)->span, "%s", s.best);
		check_fail_field(ck, n, program_member(p, rtype, atom_of_text(&p->atoms, s.best)));
	} else {
		NODE_AT(p, n)->flags |= FLAG_UNKNOWN;
		if (!field_of_case(ck, g, word, t->choice) && !field_of_kin(ck, g, word, rtype))
			list_fields(ck, g, t);
	}
}

/* The type at the end of a path of words that starts behind a value of type `type`. */
static uint32_t
walk_value_path(struct checker *ck, node_id word, uint32_t type, bool *optional)
{
	struct program *p = ck->p;

	for (; word; word = NODE_AT(p, word)->next) {
		const struct type *t = TYPE_AT(p, type);
		uint32_t m;

		if (t->kind == TYPE_MAP) {
			check_map_key(ck, word, type);
			type = TYPE_AT(p, type)->elem;
			*optional = true;
			continue;
		}
		m = t->kind == TYPE_STRUCT
			? program_struct_member(p, t->members, NODE_AT(p, word)->a)
			: 0;
		if (!m) {
			if (t->kind != TYPE_POISON)
				check_fault(ck, EGM0103, word, "there is no `%s` here",
					check_node_text(ck, word));
			return 0;
		}
		type = TYPE_ID(MEMBER_AT(p, m)->type);
		*optional = MEMBER_AT(p, m)->optional;
	}
	return type;
}

static void
check_member_field(struct checker *ck, node_id n, uint32_t rtype, uint32_t context)
{
	struct program *p = ck->p;
	node_id word = NODE_AT(p, n)->kid[0], value = NODE_AT(p, n)->kid[1];
	uint32_t m = program_member(p, rtype, NODE_AT(p, word)->a), from = ck->reads.count, type;
	uint32_t errors = p->diags.errors;
	bool optional;

	if (!m) {
		/* What its value means, only the field could tell. */
		if (check_plain_name(ck, word))
			unknown_member(ck, n, word, rtype);
		return;
	}
	NODE_AT(p, word)->ref = m;
	if (MEMBER_AT(p, m)->form == MEMBER_LET) {
		check_fault(ck, EGM0106, word, "`%s` is computed and cannot be written",
			check_node_text(ck, word));
		return;
	}
	if (MEMBER_AT(p, m)->form == MEMBER_CHILD) {
		struct diag *g = check_fault(ck, EGM0103, word, "`%s` is a block, not a field",
			check_node_text(ck, word));
		bool choice = RTYPE_AT(p, MEMBER_AT(p, m)->child)->form == FORM_CHOICE;

		diag_line(&p->diags, g, LINE_HELP, choice ? "%s CASE { ... }" : "%s { ... }",
			check_node_text(ck, word));
		return;
	}
	optional = MEMBER_AT(p, m)->optional;
	type = walk_value_path(
		ck, NODE_AT(p, word)->next, TYPE_ID(MEMBER_AT(p, m)->type), &optional);
	if (NODE_AT(p, value)->kind == NODE_ABSENT && !optional && MEMBER_AT(p, m)->value)
		optional = true;
	if (NODE_AT(p, value)->kind == NODE_ABSENT && !optional && check_in_site(ck))
		check_fault(ck, EGM0131, value, "`%s` of %s must have a value",
			check_node_text(ck, word), program_text(p, RTYPE_AT(p, rtype)->name));
	else if (type)
		check_value(ck, value, type, optional);
	NODE_AT(p, n)->flags &= (uint16_t)~FLAG_FAILED;
	if (p->diags.errors != errors)
		NODE_AT(p, n)->flags |= FLAG_FAILED;
	check_add_part(ck, MEMBER_AT(p, m)->column, context, n, NODE_AT(p, word)->next, from);
	vec_cut(&ck->reads, from);
}

uint32_t
check_body_context(const struct checker *ck)
{
	uint32_t c = ck->context;

	while (c && CONTEXT_AT(ck->p, c)->kind != CONTEXT_RECORD &&
		CONTEXT_AT(ck->p, c)->kind != CONTEXT_OBJECT &&
		CONTEXT_AT(ck->p, c)->kind != CONTEXT_SITE &&
		CONTEXT_AT(ck->p, c)->kind != CONTEXT_FILE)
		c = CONTEXT_AT(ck->p, c)->parent;
	return c;
}

void
check_field(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t body = check_body_context(ck), rtype = CONTEXT_AT(p, body)->rtype;

	if (CONTEXT_AT(p, body)->kind == CONTEXT_FILE) {
		check_misplaced(ck, n, "outside of a block");
		return;
	}
	if (NODE_AT(p, n)->flags & FLAG_PARAM)
		return;
	if (!rtype)
		return;
	check_member_field(ck, n, rtype, ck->context);
}
void
check_fail_field(struct checker *ck, node_id n, uint32_t m)
{
	if (!m || MEMBER_AT(ck->p, m)->form != MEMBER_FIELD)
		return;
	NODE_AT(ck->p, n)->flags |= FLAG_FAILED;
	check_add_part(ck, MEMBER_AT(ck->p, m)->column, ck->context, n, 0, ck->reads.count);
}
