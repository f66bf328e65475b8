/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds and values declarations, well-known labels, and the built-in set `crossing`.
 */
#include "check/checker.h"

#include "check/inside.h"

uint32_t
declare_plain_member(
	struct program *p, const char *name, uint32_t type, bool optional, uint32_t *last)
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
	uint32_t labels = type_of_elem(p, TYPE_MAP, TYPE_T(LABEL_VALUE));
	uint32_t annotations = type_of_elem(p, TYPE_MAP, TYPE_T(TEXT));

	TYPE_AT(p, labels)->key = TYPE_AT(p, annotations)->key = TYPE_T(QUALIFIED_NAME);
	first = declare_plain_member(p, "name", TYPE_T(OBJECT_NAME), false, &last);
	declare_plain_member(p, "namespace", TYPE_T(DNS_LABEL), true, &last);
	declare_plain_member(p, "labels", labels, true, &last);
	declare_plain_member(p, "annotations", annotations, true, &last);
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

void
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
			"kind `%s` does not say its apiVersion, scope and phase",
			check_node_text(ck, n));
	if (values && seen != 8)
		check_fault(ck, EGM0401, n, "values `%s` name their chart and nothing else",
			check_node_text(ck, n));
	metadata = metadata_type(p);
	m = declare_plain_member(p, "metadata", metadata, false, &last);
	body = type_new(p, TYPE_STRUCT);
	RTYPE_AT(p, t)->body = body;
	members = type_members(ck, NODE_AT(p, n)->kid[0], 0, RTYPE_AT(p, t)->self);
	MEMBER_AT(p, m)->next = members;
	TYPE_AT(p, body)->members = m;
	CONTEXT_AT(p, RTYPE_AT(p, t)->self)->rtype = t;
}

void
declare_label(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);
	uint32_t w = vec_add(&p->labels, 1), kinds[32], count = 0;

	for (node_id k = node.kid[0]; k && count < 32; k = NODE_AT(p, k)->next) {
		uint32_t t = program_symbol(p, NODE_AT(p, k)->a).rtype;

		if (!t || RTYPE_AT(p, t)->form != FORM_KIND)
			check_fault(ck, EGM0401, k, "`%s` is not a kind", check_node_text(ck, k));
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
