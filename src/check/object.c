/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of objects, checked against their kinds: paths, entries of lists, references, well-
 * known labels.
 */
#include "check/checker.h"

#include <string.h>
#include "base/mem.h"
#include "base/suggest.h"
#include "check/inside.h"

/* --- objects --- */

/* metadata.name = x, or metadata { name = x }, directly in the body. */
static node_id
metadata_part(const struct program *p, node_id body, atom part)
{
	for (node_id s = body; s; s = NODE_AT(p, s)->next) {
		const struct node *n = NODE_AT(p, s);
		node_id word = n->kid[0];

		if ((n->kind != NODE_FIELD && n->kind != NODE_BLOCK) ||
			NODE_AT(p, word)->a != p->words_.metadata)
			continue;
		if (n->kind == NODE_FIELD && NODE_AT(p, word)->next &&
			NODE_AT(p, NODE_AT(p, word)->next)->a == part)
			return n->kid[1];
		for (node_id f = n->kind == NODE_BLOCK && !NODE_AT(p, word)->next ? n->kid[3] : 0;
			f; f = NODE_AT(p, f)->next)
			if (NODE_AT(p, f)->kind == NODE_FIELD &&
				NODE_AT(p, NODE_AT(p, f)->kid[0])->a == part)
				return NODE_AT(p, f)->kid[1];
	}
	return 0;
}

void
check_object_block(struct checker *ck, node_id n, uint32_t kind)
{
	struct program *p = ck->p;
	uint32_t outer = ck->context, from = ck->reads.count, owner_context = 0, context, o,
		 facts = ck->facts.count;
	node_id owner = NODE_AT(p, n)->kid[2], body = NODE_AT(p, n)->kid[3];
	enum op mode = (enum op)NODE_AT(p, n)->op;

	if (!check_user_may_write(ck, n, kind))
		return;
	if (owner) {
		uint32_t t = check_owner(ck, owner, 0);

		if (TYPE_AT(p, t)->kind != TYPE_REF && TYPE_AT(p, t)->kind != TYPE_POISON)
			check_fault(ck, EGM0402, owner, "what follows `of` is a record");
	} else {
		check_fault(ck, EGM0101, n, "whose object is this? write `%s of ...`",
			program_text(p, RTYPE_AT(p, kind)->name));
		return;
	}
	if (NODE_AT(p, n)->kid[1] && NODE_AT(p, NODE_AT(p, n)->kid[1])->kind == NODE_INTERP)
		check_expr(ck, NODE_AT(p, n)->kid[1], TYPE_T(TEXT));
	context = check_enter(ck, CONTEXT_OBJECT, n, from);
	check_here(ck)->rtype = kind;
	check_here(ck)->mode = (uint8_t)mode;
	check_here(ck)->owner = owner_context;
	for (uint32_t i = from; i < ck->reads.count; i++)
		if (VEC_AT(&ck->reads, struct read, i)->column == 0)
			BUG("a read without a column");
	vec_cut(&ck->reads, from);
	o = vec_add(&p->objects, 1);
	OBJECT_AT(p, o)->context = context;
	OBJECT_AT(p, o)->node = n;
	OBJECT_AT(p, o)->name = metadata_part(p, body, p->words_.name);
	OBJECT_AT(p, o)->namespace_ = metadata_part(p, body, p->words_.namespace);
	if ((mode == BLOCK_PLAIN || mode == BLOCK_ASSUME) && !OBJECT_AT(p, o)->name)
		check_fault(ck, EGM0408, n,
			"this object is not given a name: metadata.name must stand directly in it");
	if ((mode == BLOCK_PLAIN || mode == BLOCK_ASSUME) && RTYPE_AT(p, kind)->namespaced &&
		!OBJECT_AT(p, o)->namespace_)
		check_fault(ck, EGM0408, n,
			"this object is not given a namespace: metadata.namespace must stand "
			"directly in it");
	for (uint32_t c = context; c; c = CONTEXT_AT(p, c)->parent)
		if (CONTEXT_AT(p, c)->reads_crossing && mode == BLOCK_PLAIN)
			RTYPE_AT(p, kind)->after_crossing = true;
	check_object_body(ck, body, RTYPE_AT(p, kind)->body, kind);
	vec_cut(&ck->reads, from);
	vec_cut(&ck->facts, facts);
	ck->context = outer;
}

/* --- bodies of objects --- */

/* The declaration of a well-known label or annotation on this kind; 0 if the key is free. */
static uint32_t
well_known(const struct program *p, atom key, bool annotation, uint32_t kind)
{
	for (uint32_t w = 1; w < p->labels.count; w++) {
		const struct well_known *l = LABEL_AT(p, w);

		if (l->key != key || l->annotation != annotation)
			continue;
		for (uint32_t i = 0; i < l->kinds_count; i++)
			if (NUMBER_AT(p, l->kinds_first + i) == kind)
				return w;
	}
	return 0;
}

/* A key that nobody declares, but that is nearly one: a slip that no cluster would report. */
static void
check_free_key(struct checker *ck, node_id word, bool annotation, uint32_t kind)
{
	struct program *p = ck->p;
	const char *key = check_node_text(ck, word);
	size_t len = atom_len(&p->atoms, NODE_AT(p, word)->a);

	for (uint32_t w = 1; w < p->labels.count; w++) {
		const struct well_known *l = LABEL_AT(p, w);
		const char *known = program_text(p, l->key);

		if (l->annotation != annotation || l->key == NODE_AT(p, word)->a ||
			!well_known(p, l->key, annotation, kind))
			continue;
		if (suggest_distance(key, len, known, strlen(known), 2) <= 2) {
			struct diag *g =
				check_fault(ck, EGM0141, word, "`%s` is nearly the %s `%s`", key,
					annotation ? "annotation" : "label", known);

			diag_line(&p->diags, g, LINE_HELP, "did you mean \"%s\"?", known);
			diag_fix(&p->diags, g, NODE_AT(p, word)->span, "\"%s\"", known);
			return;
		}
	}
}

/* Whose labels or annotations a map of this name is; 0 if it is another map. */
static uint32_t
keys_of(const struct checker *ck, atom name, uint32_t kind, bool in_metadata, bool in_pod_template,
	bool *annotation)
{
	const struct program *p = ck->p;

	*annotation = name == p->words_.annotations;
	if (name != p->words_.labels && !*annotation)
		return 0;
	if (in_metadata)
		return kind;
	return in_pod_template ? program_symbol(p, p->words_.Pod).rtype : 0;
}

struct object_path {
	uint32_t type; /* of what the path has reached; 0: failed */
	bool optional;
	bool in_metadata, in_pod_template;
	uint32_t keys; /* the path has reached the labels or annotations of this kind */
	bool annotation;
	uint32_t label; /* the path ended at a well-known key */
};

static bool
in_patch(const struct checker *ck)
{
	for (uint32_t c = ck->context; c; c = CONTEXT_AT(ck->p, c)->parent)
		if (CONTEXT_AT(ck->p, c)->kind == CONTEXT_OBJECT)
			return CONTEXT_AT(ck->p, c)->rank == RANK_PATCH;
	return false;
}

static void
step_object_path(struct checker *ck, node_id word, uint32_t kind, struct object_path *at)
{
	struct program *p = ck->p;
	struct type t = *TYPE_AT(p, at->type);
	atom a = NODE_AT(p, word)->a;
	uint32_t m;

	if (NODE_AT(p, word)->flags & FLAG_INDEX) {
		at->type = t.kind == TYPE_LIST || t.kind == TYPE_SET ? t.elem : 0;
		if (at->type && !in_patch(ck)) {
			check_fault(ck, EGM0008, word,
				"an entry is named by its number in a `patch` alone");
			at->type = 0;
		} else if (!at->type)
			check_fault(ck, EGM0120, word, "only a list has an entry with a number");
		return;
	}
	if (t.kind == TYPE_MAP) {
		if (!check_map_key(ck, word, at->type)) {
			at->type = 0;
			return;
		}
		at->type = t.elem;
		at->optional = true;
		at->label = at->keys ? well_known(p, a, at->annotation, at->keys) : 0;
		if (at->label)
			at->type = LABEL_AT(p, at->label)->type;
		else if (at->keys)
			check_free_key(ck, word, at->annotation, at->keys);
		NODE_AT(p, word)->aux = at->label;
		return;
	}
	if (!check_plain_name(ck, word)) {
		at->type = 0;
		return;
	}
	m = t.kind == TYPE_STRUCT ? program_struct_member(p, t.members, a) : 0;
	if (!m) {
		struct diag *g = check_fault(ck, EGM0103, word, "%s has no `%s` here",
			program_text(p, RTYPE_AT(p, kind)->name), check_node_text(ck, word));
		struct suggest s;

		suggest_init(&s, check_node_text(ck, word), atom_len(&p->atoms, a));
		for (uint32_t i = t.kind == TYPE_STRUCT ? t.members : 0; i;
			i = MEMBER_AT(p, i)->next)
			suggest_offer(&s, program_text(p, MEMBER_AT(p, i)->name));
		if (s.best)
			diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		at->type = 0;
		return;
	}
	NODE_AT(p, word)->ref = m;
	at->type = TYPE_ID(MEMBER_AT(p, m)->type);
	at->optional = MEMBER_AT(p, m)->optional;
	at->keys = TYPE_AT(p, at->type)->kind == TYPE_MAP
		? keys_of(ck, a, kind, at->in_metadata, at->in_pod_template, &at->annotation)
		: 0;
	at->in_metadata = at->in_metadata || a == p->words_.metadata;
	at->in_pod_template =
		at->in_pod_template || TYPE_AT(p, at->type)->flags & TYPE_FLAG_POD_TEMPLATE;
}

static struct object_path
walk_object_path(struct checker *ck, node_id path, uint32_t kind, struct object_path at)
{
	at.label = 0;
	for (node_id w = path; w && at.type; w = NODE_AT(ck->p, w)->next) {
		/* A keyed list is entered by what follows it in the path only through its label. */
		step_object_path(ck, w, kind, &at);
	}
	return at;
}

/* A map value for labels or annotations: each key as if it stood in a path. */
static void
check_keys_value(struct checker *ck, node_id value, uint32_t kind, struct object_path at)
{
	struct program *p = ck->p;

	for (node_id f = NODE_AT(p, value)->kid[0]; f; f = NODE_AT(p, f)->next) {
		struct object_path one;

		if (NODE_AT(p, f)->kind != NODE_FIELD) {
			check_misplaced(ck, f, "in a map");
			continue;
		}
		one = walk_object_path(ck, NODE_AT(p, f)->kid[0], kind, at);
		if (one.type)
			check_value(ck, NODE_AT(p, f)->kid[1], one.type, true);
	}
	NODE_AT(p, value)->type = at.type;
}

/* What did not check is not evaluated. */
static void
mark_failed(struct program *p, node_id n, bool failed)
{
	NODE_AT(p, n)->flags &= (uint16_t)~FLAG_FAILED;
	if (failed)
		NODE_AT(p, n)->flags |= FLAG_FAILED;
}

static void
check_object_field(struct checker *ck, node_id n, uint32_t kind, struct object_path at)
{
	struct program *p = ck->p;
	node_id value = NODE_AT(p, n)->kid[1];
	uint32_t from = ck->reads.count, errors = p->diags.errors;

	at = walk_object_path(ck, NODE_AT(p, n)->kid[0], kind, at);
	/* What the value of an unknown field means, only the field could tell. */
	if (at.type && at.keys && !at.label && NODE_AT(p, value)->kind == NODE_STRUCT &&
		TYPE_AT(p, at.type)->kind == TYPE_MAP)
		check_keys_value(ck, value, kind, at);
	else if (at.type)
		check_value(ck, value, at.type, at.optional);
	NODE_AT(p, n)->type = at.type;
	mark_failed(p, n, p->diags.errors != errors);
	vec_cut(&ck->reads, from);
}

static void
check_object_list(struct checker *ck, node_id first, uint32_t kind, struct object_path at);

static void
check_object_nested(struct checker *ck, node_id n, uint32_t kind, struct object_path at)
{
	struct program *p = ck->p;
	node_id label = NODE_AT(p, n)->kid[1];
	const struct type *t;

	mark_failed(p, n, true);
	if (NODE_AT(p, n)->op != BLOCK_PLAIN || NODE_AT(p, n)->kid[2]) {
		check_misplaced(ck, n, "inside an object");
		return;
	}
	at = walk_object_path(ck, NODE_AT(p, n)->kid[0], kind, at);
	if (!at.type)
		return;
	t = TYPE_AT(p, at.type);
	NODE_AT(p, n)->type = at.type;
	if (t->kind == TYPE_LIST && t->flags & TYPE_FLAG_ENTRIES) {
		if (label && !t->count)
			check_fault(ck, EGM0105, label, "the entries of this list have no key");
		else if (label)
			check_expr(ck, label, TYPE_T(TEXT));
		at.type = t->elem;
	} else if (label && t->kind == TYPE_MAP) {
		if (!check_map_key(ck, label, at.type))
			return;
		at.type = TYPE_AT(p, at.type)->elem;
	} else if (label) {
		check_fault(ck, EGM0105, label, "there is no list with keys here");
	} else if (t->kind != TYPE_STRUCT && t->kind != TYPE_MAP) {
		check_fault(ck, EGM0120, n, "here stands a value, not a body");
		return;
	}
	mark_failed(p, n, false);
	check_object_list(ck, NODE_AT(p, n)->kid[3], kind, at);
}

static void
check_object_statement(struct checker *ck, node_id n, uint32_t kind, struct object_path at)
{
	struct program *p = ck->p;
	uint32_t outer = ck->context, from = ck->reads.count, facts = ck->facts.count;
	struct node node = *NODE_AT(p, n);

	switch ((enum node_kind)node.kind) {
	case NODE_FIELD:
		check_object_field(ck, n, kind, at);
		break;
	case NODE_BLOCK:
		check_object_nested(ck, n, kind, at);
		break;
	case NODE_FOR:
		NODE_AT(p, n)->ref = check_for(ck, n, CONTEXT_FOR);
		check_object_list(ck, node.kid[2], kind, at);
		break;
	case NODE_IF:
		check_condition(ck, node.kid[0]);
		check_narrow(ck, node.kid[0], true);
		check_object_list(ck, node.kid[1], kind, at);
		vec_cut(&ck->facts, facts);
		check_narrow(ck, node.kid[0], false);
		check_object_list(ck, node.kid[2], kind, at);
		break;
	case NODE_BECAUSE:
		check_value(ck, node.kid[0], TYPE_T(TEXT), false);
		break;
	case NODE_ALLOW:
		break;
	default:
		check_misplaced(ck, n, "inside an object");
	}
	vec_cut(&ck->facts, facts);
	vec_cut(&ck->reads, from);
	ck->context = outer;
}

void
check_declare_let(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t v;

	for (uint32_t o = check_here(ck)->lets; o; o = VAR_AT(p, o)->next)
		if (VAR_AT(p, o)->name == NODE_AT(p, n)->a) {
			check_fault(ck, EGM0104, n, "`%s` is defined twice here",
				check_node_text(ck, n));
			return;
		}
	v = var_new(p, ck->context, NODE_AT(p, n)->a, 0);
	VAR_AT(p, v)->let = NODE_AT(p, n)->kid[0];
	NODE_AT(p, n)->ref = v;
}

/* Computes the type of a `let` even if nobody uses it. */
void
check_finish_let(struct checker *ck, node_id n)
{
	uint32_t from = ck->reads.count, v = NODE_AT(ck->p, n)->ref;

	if (v)
		check_let(ck, v, n);
	vec_cut(&ck->reads, from);
}

static void
check_object_list(struct checker *ck, node_id first, uint32_t kind, struct object_path at)
{
	struct program *p = ck->p;
	uint32_t outer = ck->context;
	bool lets = false;

	for (node_id n = first; n && !lets; n = NODE_AT(p, n)->next)
		lets = NODE_AT(p, n)->kind == NODE_LET;
	if (lets) {
		ck->context = context_new(p, CONTEXT_FOR, ck->context, 0);
		NODE_AT(p, first)->aux = ck->context; /* evaluation makes a frame for it */
	}
	for (node_id n = first; n; n = NODE_AT(p, n)->next) {
		if (NODE_AT(p, n)->flags & FLAG_BROKEN)
			continue;
		if (NODE_AT(p, n)->kind == NODE_LET) {
			check_declare_let(ck, n);
			check_finish_let(ck, n);
		} else {
			check_object_statement(ck, n, kind, at);
		}
	}
	ck->context = outer;
}

void
check_object_body(struct checker *ck, node_id first, uint32_t type, uint32_t kind)
{
	struct object_path at = { type, false, false, false, 0, false, 0 };

	check_object_list(ck, first, kind, at);
}

static void
unknown_kind(struct checker *ck, node_id word)
{
	struct program *p = ck->p;
	struct diag *g =
		check_fault(ck, EGM0101, word, "there is no kind `%s`", check_node_text(ck, word));
	struct suggest s;

	suggest_init(&s, check_node_text(ck, word), atom_len(&p->atoms, NODE_AT(p, word)->a));
	for (uint32_t t = 1; t < p->rtypes.count; t++)
		if (check_is_kind(p, t))
			suggest_offer(&s, program_text(p, RTYPE_AT(p, t)->name));
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, NODE_AT(p, word)->span, "%s", s.best);
	}
}

void
check_patch(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);
	uint32_t kind = program_symbol(p, NODE_AT(p, node.kid[0])->a).rtype, outer = ck->context, o,
		 context;

	if (!CONTEXT_AT(p, ck->context)->site) {
		check_misplaced(ck, n, "in a library: it is the user's last word");
		return;
	}
	if (!check_is_kind(p, kind)) {
		unknown_kind(ck, node.kid[0]);
		return;
	}
	context = check_enter(ck, CONTEXT_OBJECT, n, ck->reads.count);
	check_here(ck)->rtype = kind;
	check_here(ck)->mode = BLOCK_EXTEND;
	check_here(ck)->rank = RANK_PATCH;
	o = vec_add(&p->objects, 1);
	OBJECT_AT(p, o)->context = context;
	OBJECT_AT(p, o)->node = n;
	check_object_body(ck, node.kid[3], RTYPE_AT(p, kind)->body, kind);
	ck->context = outer;
}
