/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of blocks, kinds and structs: fields, lists with entries, references.
 */
#include "check/checker.h"

#include "check/inside.h"

static uint32_t
member_new(
	struct checker *ck, node_id n, atom name, uint32_t owner, uint32_t *first, uint32_t *last)
{
	struct program *p = ck->p;
	uint32_t old = program_struct_member(p, *first, name), m;

	if (old) {
		struct diag *g = check_fault(
			ck, EGM0104, n, "`%s` is declared twice here", program_text(p, name));

		if (MEMBER_AT(p, old)->decl)
			diag_label(&p->diags, g, NODE_AT(p, MEMBER_AT(p, old)->decl)->span,
				"first here");
		return 0;
	}
	m = vec_add(&p->members, 1);
	MEMBER_AT(p, m)->name = name;
	MEMBER_AT(p, m)->form = MEMBER_FIELD;
	MEMBER_AT(p, m)->decl = n;
	MEMBER_AT(p, m)->owner = owner;
	MEMBER_AT(p, m)->optional = (NODE_AT(p, n)->flags & FLAG_OPTIONAL) != 0;
	if (*last)
		MEMBER_AT(p, *last)->next = m;
	else
		*first = m;
	*last = m;
	return m;
}

static void
list_card(struct checker *ck, uint32_t t, node_id card)
{
	const struct node *c;

	if (!card)
		return;
	c = NODE_AT(ck->p, card);
	TYPE_AT(ck->p, t)->flags |= TYPE_FLAG_RANGED;
	TYPE_AT(ck->p, t)->lo = c->kid[0] ? NODE_AT(ck->p, c->kid[0])->n : 0;
	TYPE_AT(ck->p, t)->hi = c->kid[1] ? NODE_AT(ck->p, c->kid[1])->n : INT64_MAX;
}

static uint32_t
entry_list_type(struct checker *ck, const struct node *n)
{
	struct program *p = ck->p;
	node_id keys = n->kid[0], card = n->kid[1], body = n->kid[2];
	uint32_t t = type_of_elem(p, TYPE_LIST, type_struct(ck, body)), first = p->words.count;

	for (node_id k = keys; k; k = NODE_AT(p, k)->next) {
		atom a = NODE_AT(p, k)->a;

		vec_push(&p->words, &a);
		if (!program_struct_member(p, TYPE_AT(p, TYPE_AT(p, t)->elem)->members, a))
			check_fault(ck, EGM0401, k, "the key `%s` is not a member of the entries",
				program_text(p, a));
	}
	TYPE_AT(p, t)->first = first;
	TYPE_AT(p, t)->count = p->words.count - first;
	TYPE_AT(p, t)->flags |= TYPE_FLAG_ENTRIES;
	list_card(ck, t, card);
	return t;
}

/* `refers to Service by group, kind, name`: the parts are members that are filled in, `to` takes
 * the object. */
static void
refers_members(struct checker *ck, node_id n, uint32_t *first, uint32_t *last)
{
	struct program *p = ck->p;
	uint32_t r = vec_add(&p->refers, 1), kinds[16], count = 0, m;
	node_id across = NODE_AT(p, n)->kid[2];

	NODE_AT(p, n)->ref = r;
	for (node_id w = NODE_AT(p, n)->kid[0]; w && count < 16; w = NODE_AT(p, w)->next) {
		struct symbol s = program_symbol(p, NODE_AT(p, w)->a);

		if (!s.rtype || RTYPE_AT(p, s.rtype)->form != FORM_KIND)
			check_fault(ck, EGM0401, w, "`%s` is not a kind",
				program_text(p, NODE_AT(p, w)->a));
		else
			kinds[count++] = s.rtype;
	}
	for (node_id w = NODE_AT(p, n)->kid[1]; w; w = NODE_AT(p, w)->next) {
		atom a = NODE_AT(p, w)->a;

		if (a != p->words_.group && a != p->words_.kind && a != p->words_.name &&
			a != p->words_.namespace) {
			check_fault(ck, EGM0401, w,
				"a reference is made of group, kind, name and namespace");
			continue;
		}
		m = member_new(ck, w, a, 0, first, last);
		if (!m)
			continue;
		MEMBER_AT(p, m)->type = TYPE_T(TEXT) | TYPE_OPTIONAL;
		MEMBER_AT(p, m)->optional = true;
		MEMBER_AT(p, m)->part_of_ref = true;
		REFERS_AT(p, r)->has_group |= a == p->words_.group;
		REFERS_AT(p, r)->has_kind |= a == p->words_.kind;
		REFERS_AT(p, r)->has_namespace |= a == p->words_.namespace;
	}
	if (across) {
		struct symbol s = program_symbol(p, NODE_AT(p, across)->a);

		if (!s.rtype || RTYPE_AT(p, s.rtype)->form != FORM_KIND)
			check_fault(ck, EGM0401, across, "`%s` is not a kind",
				program_text(p, NODE_AT(p, across)->a));
		else
			REFERS_AT(p, r)->across = s.rtype;
	}
	REFERS_AT(p, r)->first = vec_add(&p->numbers, count);
	REFERS_AT(p, r)->count = count;
	for (uint32_t i = 0; i < count; i++)
		NUMBER_AT(p, REFERS_AT(p, r)->first + i) = kinds[i];
	m = member_new(ck, n, p->words_.to, 0, first, last);
	if (m && count) {
		uint32_t t = type_of_rtypes(p, TYPE_OBJECT, kinds, count, 0);

		MEMBER_AT(p, m)->type = t | TYPE_OPTIONAL;
		MEMBER_AT(p, m)->optional = true;
		MEMBER_AT(p, m)->part_of_ref = true;
	}
}

static void
one_member(struct checker *ck, node_id n, uint32_t owner, uint32_t *first, uint32_t *last)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);
	uint32_t t, m;

	switch ((enum node_kind)node.kind) {
	case NODE_MEMBER:
		t = type_parse(ck, node.kid[0], node.kid[1]);
		m = member_new(ck, n, node.a, owner, first, last);
		MEMBER_AT(p, m)->value = m ? node.kid[2] : 0;
		break;
	case NODE_MEMBER_STRUCT:
		t = type_struct(ck, node.kid[0]);
		m = member_new(ck, n, node.a, owner, first, last);
		break;
	case NODE_MEMBER_LIST:
		t = entry_list_type(ck, &node);
		m = member_new(ck, n, node.a, owner, first, last);
		break;
	case NODE_LET:
		m = member_new(ck, n, node.a, owner, first, last);
		if (m)
			MEMBER_AT(p, m)->form = MEMBER_LET;
		MEMBER_AT(p, m)->value = m ? node.kid[0] : 0;
		t = 0;
		break;
	case NODE_REFERS:
		refers_members(ck, n, first, last);
		return;
	default:
		check_fault(ck, EGM0008, n, "%s cannot stand among members",
			ast_kind_name((enum node_kind)node.kind));
		return;
	}
	if (m)
		MEMBER_AT(p, m)->type = t | (node.flags & FLAG_OPTIONAL ? TYPE_OPTIONAL : 0);
}

/* `spec { ... }` reads like a block; among members it is a struct that is always there. */
static void
block_as_member(struct program *p, node_id n)
{
	struct node *x = NODE_AT(p, n);
	node_id word = x->kid[0];

	if (x->kind != NODE_BLOCK || x->op != BLOCK_PLAIN || x->kid[1] || x->kid[2] ||
		NODE_AT(p, word)->next || x->flags & FLAG_BODILESS)
		return;
	x->kind = NODE_MEMBER_STRUCT;
	x->a = NODE_AT(p, word)->a;
	x->kid[0] = x->kid[3];
	x->kid[3] = 0;
}

uint32_t
type_members(struct checker *ck, node_id body, uint32_t owner, uint32_t context)
{
	struct program *p = ck->p;
	uint32_t first = owner ? RTYPE_AT(p, owner)->members : 0,
		 last = owner ? RTYPE_AT(p, owner)->members_last : 0;
	uint32_t from = p->members.count;

	for (node_id n = body; n; n = NODE_AT(p, n)->next) {
		block_as_member(p, n);
		if (!(NODE_AT(p, n)->flags & FLAG_BROKEN) && NODE_AT(p, n)->kind != NODE_FIELD)
			one_member(ck, n, owner, &first, &last);
	}
	for (uint32_t m = from; m < p->members.count; m++)
		MEMBER_AT(p, m)->context = context ? context : ck->context;
	for (uint32_t m = owner ? 0 : first; m; m = MEMBER_AT(p, m)->next)
		MEMBER_AT(p, m)->siblings = first;
	if (owner) {
		RTYPE_AT(p, owner)->members = first;
		RTYPE_AT(p, owner)->members_last = last;
	}
	return first;
}
