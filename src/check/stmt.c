/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements: contexts, parts and object statements. What comes in: bodies of files, sites, blocks. What goes out: for each block a
 * context that makes or extends records, for each field a part at its column, for each object body a checked tree. What is refused:
 * statements that have no place where they stand, blocks and fields that nothing declares, rules with parts missing.
 */
#include "check/checker.h"

#include <string.h>
#include "base/mem.h"
#include "base/suggest.h"

static void check_body(struct checker *ck, node_id first);
static void check_object_body(struct checker *ck, node_id first, uint32_t type, uint32_t kind);

static const char *
name_of(struct checker *ck, node_id n)
{
	return program_text(ck->p, NODE_AT(ck->p, n)->a);
}

static struct context *
here(struct checker *ck)
{
	return CONTEXT_AT(ck->p, ck->context);
}

/* A new context below the present one, which it becomes; reads made since `from` are its own. */
static uint32_t
enter(struct checker *ck, enum context_kind kind, node_id n, uint32_t from)
{
	ck->context = context_new(ck->p, kind, ck->context, n);
	check_keep_reads(ck, from);
	return ck->context;
}

static void
misplaced(struct checker *ck, node_id n, const char *where)
{
	check_fault(ck, EGM0008, n, "%s cannot stand %s", ast_kind_name((enum node_kind)NODE_AT(ck->p, n)->kind), where);
}

/* Are we in the text of a site that a user writes (tests of rules may write more)? */
static bool
in_plain_site(const struct checker *ck)
{
	const struct context *c = CONTEXT_AT(ck->p, ck->context);

	return c->site && !ck->test;
}

/* --- parts --- */

static void
link_part(struct program *p, uint32_t column, uint32_t part, bool site)
{
	struct column *c = COLUMN_AT(p, column);
	uint32_t *first = site ? &c->site_first : &c->library_first, *last = site ? &c->site_last : &c->library_last;

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
			order_edge(ck, column, NUMBER_AT(p, CONTEXT_AT(p, c)->reads_first + i), because);
}

static void
add_part(struct checker *ck, uint32_t column, uint32_t context, node_id n, node_id path, uint32_t from)
{
	struct program *p = ck->p;
	uint32_t part = vec_add(&p->parts, 1);

	PART_AT(p, part)->context = context;
	PART_AT(p, part)->node = n;
	PART_AT(p, part)->path = path;
	link_part(p, column, part, CONTEXT_AT(p, context)->site);
	for (uint32_t i = from; i < ck->reads.count; i++)
		order_edge(ck, column, VEC_AT(&ck->reads, struct read, i)->column, VEC_AT(&ck->reads, struct read, i)->node);
	link_context_reads(ck, column, n ? context : CONTEXT_AT(p, context)->parent, n ? n : CONTEXT_AT(p, context)->node);
}

/* --- fields of records --- */

static void
unknown_member(struct checker *ck, node_id word, uint32_t rtype)
{
	struct program *p = ck->p;
	const struct rtype *t = RTYPE_AT(p, rtype);
	struct diag *g = check_fault(ck, EGM0103, word, "unknown field `%s` in %s", name_of(ck, word), program_text(p, t->name));
	struct suggest s;

	suggest_init(&s, name_of(ck, word), atom_len(&p->atoms, NODE_AT(p, word)->a));
	for (uint32_t m = t->members; m; m = MEMBER_AT(p, m)->next)
		suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	if (t->choice)
		for (uint32_t m = RTYPE_AT(p, t->choice)->members; m; m = MEMBER_AT(p, m)->next)
			suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	diag_here(&p->diags, g, "not a field of %s", program_text(p, t->name));
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, NODE_AT(p, word)->span, "%s", s.best);
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
			type = t->elem;
			*optional = true;
			continue;
		}
		m = t->kind == TYPE_STRUCT ? program_struct_member(p, t->members, NODE_AT(p, word)->a) : 0;
		if (!m) {
			if (t->kind != TYPE_POISON)
				check_fault(ck, EGM0103, word, "there is no `%s` here", name_of(ck, word));
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
		unknown_member(ck, word, rtype);
		check_expr(ck, value, 0);
		vec_cut(&ck->reads, from);
		return;
	}
	NODE_AT(p, word)->ref = m;
	if (MEMBER_AT(p, m)->form == MEMBER_LET) {
		check_fault(ck, EGM0106, word, "`%s` is computed and cannot be written", name_of(ck, word));
		return;
	}
	if (MEMBER_AT(p, m)->form == MEMBER_CHILD) {
		struct diag *g = check_fault(ck, EGM0103, word, "`%s` is a block, not a field", name_of(ck, word));
		bool choice = RTYPE_AT(p, MEMBER_AT(p, m)->child)->form == FORM_CHOICE;

		diag_line(&p->diags, g, LINE_HELP, choice ? "%s CASE { ... }" : "%s { ... }", name_of(ck, word));
		return;
	}
	optional = MEMBER_AT(p, m)->optional;
	type = walk_value_path(ck, NODE_AT(p, word)->next, TYPE_ID(MEMBER_AT(p, m)->type), &optional);
	if (NODE_AT(p, value)->kind == NODE_ABSENT && !optional && MEMBER_AT(p, m)->value)
		optional = true;
	if (type)
		check_value(ck, value, type, optional);
	else
		check_expr(ck, value, 0);
	NODE_AT(p, n)->flags &= (uint16_t)~FLAG_FAILED;
	if (p->diags.errors != errors)
		NODE_AT(p, n)->flags |= FLAG_FAILED;
	add_part(ck, MEMBER_AT(p, m)->column, context, n, NODE_AT(p, word)->next, from);
	vec_cut(&ck->reads, from);
}

/* The context whose body the fields here belong to: RECORD, OBJECT or SITE. */
static uint32_t
body_context(const struct checker *ck)
{
	uint32_t c = ck->context;

	while (c && CONTEXT_AT(ck->p, c)->kind != CONTEXT_RECORD && CONTEXT_AT(ck->p, c)->kind != CONTEXT_OBJECT &&
	       CONTEXT_AT(ck->p, c)->kind != CONTEXT_SITE && CONTEXT_AT(ck->p, c)->kind != CONTEXT_FILE)
		c = CONTEXT_AT(ck->p, c)->parent;
	return c;
}

static void
check_field(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t body = body_context(ck), rtype = CONTEXT_AT(p, body)->rtype;

	if (CONTEXT_AT(p, body)->kind == CONTEXT_FILE) {
		misplaced(ck, n, "outside of a block");
		return;
	}
	if (NODE_AT(p, n)->flags & FLAG_PARAM)
		return;
	if (!rtype)
		return;
	check_member_field(ck, n, rtype, ck->context);
}

/* --- blocks --- */

static bool
is_record(const struct program *p, uint32_t t)
{
	uint8_t form = t ? RTYPE_AT(p, t)->form : FORM_NONE;

	return form == FORM_BLOCK || form == FORM_RECORD || form == FORM_CONTRACT || form == FORM_CHOICE || form == FORM_SITE;
}

static bool
is_kind(const struct program *p, uint32_t t)
{
	return t && (RTYPE_AT(p, t)->form == FORM_KIND || RTYPE_AT(p, t)->form == FORM_VALUES);
}

/* The case that a choice's label names. */
static uint32_t
case_of_label(struct checker *ck, uint32_t choice, node_id label, node_id n)
{
	struct program *p = ck->p;
	struct diag *g;
	struct suggest s;
	uint32_t t;

	if (!label || NODE_AT(p, label)->kind != NODE_WORD || NODE_AT(p, label)->flags & FLAG_QUOTED) {
		check_fault(ck, EGM0105, n, "`%s` needs its case: %s CASE", program_text(p, RTYPE_AT(p, choice)->name),
			    program_text(p, RTYPE_AT(p, choice)->name));
		return 0;
	}
	t = program_symbol(p, NODE_AT(p, label)->a).rtype;
	if (t && RTYPE_AT(p, t)->choice == choice)
		return t;
	g = check_fault(ck, EGM0141, label, "`%s` is no case of %s", name_of(ck, label), program_text(p, RTYPE_AT(p, choice)->name));
	suggest_init(&s, name_of(ck, label), atom_len(&p->atoms, NODE_AT(p, label)->a));
	struct str all = STR_INIT;

	for (uint32_t i = 1; i < p->rtypes.count; i++)
		if (RTYPE_AT(p, i)->choice == choice) {
			suggest_offer(&s, program_text(p, RTYPE_AT(p, i)->name));
			str_format(&all, "%s%s", all.len ? ", " : "", program_text(p, RTYPE_AT(p, i)->name));
		}
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, NODE_AT(p, label)->span, "%s", s.best);
	} else {
		diag_line(&p->diags, g, LINE_HELP, "its cases: %s", str_text(&all));
	}
	str_release(&all);
	return 0;
}

static uint32_t
owner_rtype(const struct program *p, uint32_t t)
{
	return RTYPE_AT(p, t)->choice ? RTYPE_AT(p, RTYPE_AT(p, t)->choice)->owner : RTYPE_AT(p, t)->owner;
}

/* Without `of`, the owner is the innermost block around of the right type, or the site. Returns its context, 0 for the site. */
static bool
implicit_owner(struct checker *ck, node_id n, uint32_t rtype, uint32_t *context)
{
	struct program *p = ck->p;
	uint32_t owner = owner_rtype(p, rtype);
	const struct rtype *t = RTYPE_AT(p, rtype);

	*context = 0;
	if (owner == p->site_rtype && owner)
		return true;
	for (uint32_t c = ck->context; c; c = CONTEXT_AT(p, c)->parent)
		if (CONTEXT_AT(p, c)->kind == CONTEXT_RECORD && (CONTEXT_AT(p, c)->rtype == owner || t->any_owner)) {
			*context = c;
			return true;
		}
	if (owner && CONTEXT_AT(p, ck->context)->site) {
		struct diag *g = check_fault(ck, EGM0101, n, "`%s` does not belong here", program_text(p, t->name));

		diag_line(&p->diags, g, LINE_HELP, "it stands inside a `%s` block", program_text(p, RTYPE_AT(p, owner)->name));
	} else {
		check_fault(ck, EGM0101, n, "whose `%s` is this? write `%s of ...`", program_text(p, t->name), program_text(p, t->name));
	}
	return false;
}

static void
check_label(struct checker *ck, node_id n, uint32_t rtype)
{
	struct program *p = ck->p;
	node_id label = NODE_AT(p, n)->kid[1];
	const struct rtype *t = RTYPE_AT(p, rtype);

	if (!label)
		return;
	if (t->once && t->form != FORM_CHOICE && t->form != FORM_CASE && t->form != FORM_RECORD) {
		check_fault(ck, EGM0105, label, "`%s` has no label: there is exactly one", program_text(p, t->name));
		return;
	}
	if (NODE_AT(p, label)->kind == NODE_INTERP || NODE_AT(p, label)->kind == NODE_STRING) {
		check_expr(ck, label, TYPE_T(TEXT));
		return;
	}
	if (t->label_words && !type_has_word(p, t->label_words, NODE_AT(p, label)->a))
		check_fault(ck, EGM0141, label, "`%s` is not a label of %s", name_of(ck, label), program_text(p, t->name));
}

/* Must the block hold a reason? */
static void
check_weakens(struct checker *ck, node_id n, uint32_t rtype)
{
	struct program *p = ck->p;

	if (!RTYPE_AT(p, rtype)->weakens || NODE_AT(p, n)->op != BLOCK_PLAIN)
		return;
	for (node_id s = NODE_AT(p, n)->kid[3]; s; s = NODE_AT(p, s)->next)
		if (NODE_AT(p, s)->kind == NODE_BECAUSE)
			return;
	struct diag *g = check_fault(ck, EGM0134, n, "`%s` weakens a guarantee and says no reason", program_text(p, RTYPE_AT(p, rtype)->name));

	diag_line(&p->diags, g, LINE_HELP, "because \"...\" inside it; the reason is printed with the output");
}

/* Does a file of the library's kind alone write this? */
static bool
user_may_write(struct checker *ck, node_id n, uint32_t rtype)
{
	struct program *p = ck->p;
	uint8_t form = RTYPE_AT(p, rtype)->form;

	if (!in_plain_site(ck) || form == FORM_BLOCK || form == FORM_CHOICE || form == FORM_SITE || NODE_AT(p, n)->op == BLOCK_EXTEND ||
	    NODE_AT(p, n)->op == BLOCK_MAYBE)
		return true;
	struct diag *g = check_fault(ck, EGM0106, n, "a site does not write `%s` itself", program_text(p, RTYPE_AT(p, rtype)->name));

	if (is_kind(p, rtype))
		diag_line(&p->diags, g, LINE_HELP, "`extend %s of ...` adds to an object, `patch` overrides, `include` brings YAML",
			  program_text(p, RTYPE_AT(p, rtype)->name));
	return false;
}

/* Records of this type may be missing because of a fault that was reported. */
static void
note_failed(struct checker *ck, uint32_t rtype)
{
	if (rtype)
		vec_push(&ck->p->failed, &rtype);
}

static void
record_block(struct checker *ck, node_id n, uint32_t rtype)
{
	struct program *p = ck->p;
	uint32_t outer = ck->context, from = ck->reads.count, owner_context = 0, context, facts = ck->facts.count;
	enum op mode = (enum op)NODE_AT(p, n)->op;
	node_id owner = NODE_AT(p, n)->kid[2];

	if (!user_may_write(ck, n, rtype))
		return;
	if (RTYPE_AT(p, rtype)->form == FORM_CHOICE) {
		uint32_t choice = rtype;

		if (mode == BLOCK_PLAIN || NODE_AT(p, n)->kid[1])
			rtype = case_of_label(ck, rtype, NODE_AT(p, n)->kid[1], n);
		if (!rtype) {
			note_failed(ck, choice);
			return;
		}
	} else {
		check_label(ck, n, rtype);
	}
	if (owner) {
		uint32_t t = check_owner(ck, owner, RTYPE_AT(p, rtype)->owner);

		if (TYPE_AT(p, t)->kind != TYPE_REF && TYPE_AT(p, t)->kind != TYPE_POISON)
			check_fault(ck, EGM0402, owner, "what follows `of` is a record");
		if (t & TYPE_OPTIONAL)
			check_fault(ck, EGM0405, owner, "the owner may be absent");
	} else if (!implicit_owner(ck, n, rtype, &owner_context)) {
		note_failed(ck, rtype);
		return;
	}
	check_weakens(ck, n, rtype);
	if (mode != BLOCK_PLAIN) {
		uint32_t choice = RTYPE_AT(p, rtype)->choice;

		check_read(ck, RTYPE_AT(p, choice ? choice : rtype)->existence, n);
	}
	context = enter(ck, CONTEXT_RECORD, n, from);
	here(ck)->rtype = rtype;
	here(ck)->mode = (uint8_t)mode;
	here(ck)->owner = owner_context;
	if (mode == BLOCK_PLAIN) {
		uint32_t choice = RTYPE_AT(p, rtype)->choice;

		add_part(ck, RTYPE_AT(p, choice ? choice : rtype)->existence, context, 0, 0, from);
	}
	vec_cut(&ck->reads, from);
	check_body(ck, NODE_AT(p, n)->kid[3]);
	vec_cut(&ck->facts, facts);
	ck->context = outer;
}

/* `extend f { ... }` where f is a variable. */
static bool
variable_block(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id word = NODE_AT(p, n)->kid[0], name;
	uint32_t outer = ck->context, from = ck->reads.count, type;
	bool var = false;

	if (NODE_AT(p, word)->next || NODE_AT(p, n)->kid[1] || NODE_AT(p, n)->kid[2] || NODE_AT(p, n)->op == BLOCK_PLAIN)
		return false;
	for (uint32_t c = ck->context; c && !var; c = CONTEXT_AT(p, c)->parent)
		for (uint32_t v = CONTEXT_AT(p, c)->lets; v && !var; v = VAR_AT(p, v)->next)
			var = VAR_AT(p, v)->name == NODE_AT(p, word)->a;
	if (!var)
		return false;
	name = ast_new(&p->ast, NODE_NAME, NODE_AT(p, word)->span);
	NODE_AT(p, name)->a = NODE_AT(p, word)->a;
	type = check_expr(ck, name, 0);
	if (TYPE_AT(p, type)->kind != TYPE_REF || TYPE_AT(p, type)->count != 1) {
		check_fault(ck, EGM0402, word, "`%s` is not a record that can be extended", name_of(ck, word));
		return true;
	}
	NODE_AT(p, n)->kid[2] = name;
	uint32_t rtype = NUMBER_AT(p, TYPE_AT(p, type)->first);

	enter(ck, CONTEXT_RECORD, n, from);
	here(ck)->rtype = rtype;
	here(ck)->mode = NODE_AT(p, n)->op;
	here(ck)->by_variable = true;
	vec_cut(&ck->reads, from);
	check_body(ck, NODE_AT(p, n)->kid[3]);
	ck->context = outer;
	return true;
}

/* A block that writes into a struct or map field: made a field with a body as its value. */
static void
member_block(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id body = ast_new(&p->ast, NODE_STRUCT, NODE_AT(p, n)->span);
	struct node *b = NODE_AT(p, n);

	NODE_AT(p, body)->kid[0] = b->kid[3];
	b->kind = NODE_FIELD;
	b->op = OP_ASSIGN;
	b->kid[1] = body;
	b->kid[2] = b->kid[3] = 0;
	check_field(ck, n);
}

static void
unknown_block(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id word = NODE_AT(p, n)->kid[0];
	uint32_t body = body_context(ck), rtype = CONTEXT_AT(p, body)->rtype;
	struct diag *g = check_fault(ck, EGM0101, word, "there is no block `%s`", name_of(ck, word));
	struct suggest s;

	suggest_init(&s, name_of(ck, word), atom_len(&p->atoms, NODE_AT(p, word)->a));
	for (uint32_t t = 1; t < p->rtypes.count; t++) {
		uint8_t form = RTYPE_AT(p, t)->form;

		if ((form == FORM_BLOCK || form == FORM_CHOICE || !in_plain_site(ck)) && (!rtype || owner_rtype(p, t) == rtype))
			suggest_offer(&s, program_text(p, RTYPE_AT(p, t)->name));
	}
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, NODE_AT(p, word)->span, "%s", s.best);
		note_failed(ck, program_symbol(p, atom_of_text(&p->atoms, s.best)).rtype);
	}
}

/* --- objects --- */

/* metadata.name = x, or metadata { name = x }, directly in the body. */
static node_id
metadata_part(const struct program *p, node_id body, atom part)
{
	for (node_id s = body; s; s = NODE_AT(p, s)->next) {
		const struct node *n = NODE_AT(p, s);
		node_id word = n->kid[0];

		if ((n->kind != NODE_FIELD && n->kind != NODE_BLOCK) || NODE_AT(p, word)->a != p->words_.metadata)
			continue;
		if (n->kind == NODE_FIELD && NODE_AT(p, word)->next && NODE_AT(p, NODE_AT(p, word)->next)->a == part)
			return n->kid[1];
		for (node_id f = n->kind == NODE_BLOCK && !NODE_AT(p, word)->next ? n->kid[3] : 0; f; f = NODE_AT(p, f)->next)
			if (NODE_AT(p, f)->kind == NODE_FIELD && NODE_AT(p, NODE_AT(p, f)->kid[0])->a == part)
				return NODE_AT(p, f)->kid[1];
	}
	return 0;
}

static void
object_block(struct checker *ck, node_id n, uint32_t kind)
{
	struct program *p = ck->p;
	uint32_t outer = ck->context, from = ck->reads.count, owner_context = 0, context, o, facts = ck->facts.count;
	node_id owner = NODE_AT(p, n)->kid[2], body = NODE_AT(p, n)->kid[3];
	enum op mode = (enum op)NODE_AT(p, n)->op;

	if (!user_may_write(ck, n, kind))
		return;
	if (owner) {
		uint32_t t = check_owner(ck, owner, 0);

		if (TYPE_AT(p, t)->kind != TYPE_REF && TYPE_AT(p, t)->kind != TYPE_POISON)
			check_fault(ck, EGM0402, owner, "what follows `of` is a record");
	} else {
		check_fault(ck, EGM0101, n, "whose object is this? write `%s of ...`", program_text(p, RTYPE_AT(p, kind)->name));
		return;
	}
	if (NODE_AT(p, n)->kid[1] && NODE_AT(p, NODE_AT(p, n)->kid[1])->kind == NODE_INTERP)
		check_expr(ck, NODE_AT(p, n)->kid[1], TYPE_T(TEXT));
	context = enter(ck, CONTEXT_OBJECT, n, from);
	here(ck)->rtype = kind;
	here(ck)->mode = (uint8_t)mode;
	here(ck)->owner = owner_context;
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
		check_fault(ck, EGM0408, n, "this object is not given a name: metadata.name must stand directly in it");
	if ((mode == BLOCK_PLAIN || mode == BLOCK_ASSUME) && RTYPE_AT(p, kind)->namespaced && !OBJECT_AT(p, o)->namespace_)
		check_fault(ck, EGM0408, n, "this object is not given a namespace: metadata.namespace must stand directly in it");
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
	const char *key = name_of(ck, word);
	size_t len = atom_len(&p->atoms, NODE_AT(p, word)->a);

	for (uint32_t w = 1; w < p->labels.count; w++) {
		const struct well_known *l = LABEL_AT(p, w);
		const char *known = program_text(p, l->key);

		if (l->annotation != annotation || l->key == NODE_AT(p, word)->a || !well_known(p, l->key, annotation, kind))
			continue;
		if (suggest_distance(key, len, known, strlen(known), 2) <= 2) {
			struct diag *g = check_fault(ck, EGM0141, word, "`%s` is nearly the %s `%s`", key,
						     annotation ? "annotation" : "label", known);

			diag_line(&p->diags, g, LINE_HELP, "did you mean \"%s\"?", known);
			diag_fix(&p->diags, g, NODE_AT(p, word)->span, "\"%s\"", known);
			return;
		}
	}
}

/* Whose labels or annotations a map of this name is; 0 if it is another map. */
static uint32_t
keys_of(const struct checker *ck, atom name, uint32_t kind, bool in_metadata, bool in_pod_template, bool *annotation)
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
	uint32_t type;       /* of what the path has reached; 0: failed */
	bool optional;
	bool in_metadata, in_pod_template;
	uint32_t keys;       /* the path has reached the labels or annotations of this kind */
	bool annotation;
	uint32_t label;      /* the path ended at a well-known key */
};

static void
step_object_path(struct checker *ck, node_id word, uint32_t kind, struct object_path *at)
{
	struct program *p = ck->p;
	struct type t = *TYPE_AT(p, at->type);
	atom a = NODE_AT(p, word)->a;
	uint32_t m;

	if (NODE_AT(p, word)->flags & FLAG_INDEX) {
		at->type = t.kind == TYPE_LIST || t.kind == TYPE_SET ? t.elem : 0;
		if (!at->type)
			check_fault(ck, EGM0120, word, "only a list has an entry with a number");
		return;
	}
	if (t.kind == TYPE_MAP) {
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
	m = t.kind == TYPE_STRUCT ? program_struct_member(p, t.members, a) : 0;
	if (!m) {
		struct diag *g = check_fault(ck, EGM0103, word, "%s has no `%s` here", program_text(p, RTYPE_AT(p, kind)->name), name_of(ck, word));
		struct suggest s;

		suggest_init(&s, name_of(ck, word), atom_len(&p->atoms, a));
		for (uint32_t i = t.kind == TYPE_STRUCT ? t.members : 0; i; i = MEMBER_AT(p, i)->next)
			suggest_offer(&s, program_text(p, MEMBER_AT(p, i)->name));
		if (s.best)
			diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		at->type = 0;
		return;
	}
	NODE_AT(p, word)->ref = m;
	at->type = TYPE_ID(MEMBER_AT(p, m)->type);
	at->optional = MEMBER_AT(p, m)->optional;
	at->keys = TYPE_AT(p, at->type)->kind == TYPE_MAP ? keys_of(ck, a, kind, at->in_metadata, at->in_pod_template, &at->annotation) : 0;
	at->in_metadata = at->in_metadata || a == p->words_.metadata;
	at->in_pod_template = at->in_pod_template || TYPE_AT(p, at->type)->flags & TYPE_FLAG_POD_TEMPLATE;
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
			misplaced(ck, f, "in a map");
			continue;
		}
		one = walk_object_path(ck, NODE_AT(p, f)->kid[0], kind, at);
		if (one.type)
			check_value(ck, NODE_AT(p, f)->kid[1], one.type, true);
	}
	NODE_AT(p, value)->type = at.type;
}

static void
check_object_field(struct checker *ck, node_id n, uint32_t kind, struct object_path at)
{
	struct program *p = ck->p;
	node_id value = NODE_AT(p, n)->kid[1];
	uint32_t from = ck->reads.count;

	at = walk_object_path(ck, NODE_AT(p, n)->kid[0], kind, at);
	if (!at.type)
		check_expr(ck, value, 0);
	else if (at.keys && !at.label && NODE_AT(p, value)->kind == NODE_STRUCT && TYPE_AT(p, at.type)->kind == TYPE_MAP)
		check_keys_value(ck, value, kind, at);
	else
		check_value(ck, value, at.type, at.optional);
	NODE_AT(p, n)->type = at.type;
	vec_cut(&ck->reads, from);
}

static void check_object_list(struct checker *ck, node_id first, uint32_t kind, struct object_path at);

static void
check_object_nested(struct checker *ck, node_id n, uint32_t kind, struct object_path at)
{
	struct program *p = ck->p;
	node_id label = NODE_AT(p, n)->kid[1];
	const struct type *t;

	if (NODE_AT(p, n)->op != BLOCK_PLAIN || NODE_AT(p, n)->kid[2]) {
		misplaced(ck, n, "inside an object");
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
		check_expr(ck, label, TYPE_T(TEXT));
		at.type = t->elem;
	} else if (label) {
		check_fault(ck, EGM0105, label, "there is no list with keys here");
	} else if (t->kind != TYPE_STRUCT && t->kind != TYPE_MAP) {
		check_fault(ck, EGM0120, n, "here stands a value, not a body");
		return;
	}
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
		misplaced(ck, n, "inside an object");
	}
	vec_cut(&ck->facts, facts);
	vec_cut(&ck->reads, from);
	ck->context = outer;
}

static void
declare_let(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t v;

	for (uint32_t o = here(ck)->lets; o; o = VAR_AT(p, o)->next)
		if (VAR_AT(p, o)->name == NODE_AT(p, n)->a) {
			check_fault(ck, EGM0104, n, "`%s` is defined twice here", name_of(ck, n));
			return;
		}
	v = var_new(p, ck->context, NODE_AT(p, n)->a, 0);
	VAR_AT(p, v)->let = NODE_AT(p, n)->kid[0];
	NODE_AT(p, n)->ref = v;
}

/* Computes the type of a `let` even if nobody uses it. */
static void
finish_let(struct checker *ck, node_id n)
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
			declare_let(ck, n);
			finish_let(ck, n);
		} else {
			check_object_statement(ck, n, kind, at);
		}
	}
	ck->context = outer;
}

static void
check_object_body(struct checker *ck, node_id first, uint32_t type, uint32_t kind)
{
	struct object_path at = { type, false, false, false, 0, false, 0 };

	check_object_list(ck, first, kind, at);
}

static void
check_patch(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);
	uint32_t kind = program_symbol(p, NODE_AT(p, node.kid[0])->a).rtype, outer = ck->context, o, context;

	if (!CONTEXT_AT(p, ck->context)->site) {
		misplaced(ck, n, "in a library: it is the user's last word");
		return;
	}
	if (!is_kind(p, kind)) {
		check_fault(ck, EGM0101, node.kid[0], "there is no kind `%s`", name_of(ck, node.kid[0]));
		return;
	}
	context = enter(ck, CONTEXT_OBJECT, n, ck->reads.count);
	here(ck)->rtype = kind;
	here(ck)->mode = BLOCK_EXTEND;
	here(ck)->rank = RANK_PATCH;
	o = vec_add(&p->objects, 1);
	OBJECT_AT(p, o)->context = context;
	OBJECT_AT(p, o)->node = n;
	check_object_body(ck, node.kid[3], RTYPE_AT(p, kind)->body, kind);
	ck->context = outer;
}

/* --- rules --- */

struct rule_parts {
	node_id must, says, because, see, fails, passes, help;
	uint32_t musts;
};

static void
check_rule_at(struct checker *ck, node_id n)
{
	struct program *p = ck->p;

	ck->lenient = true;
	check_expr(ck, NODE_AT(p, n)->kid[0], 0);
	if (NODE_AT(p, n)->kid[1])
		check_expr(ck, NODE_AT(p, n)->kid[1], TYPE_T(TEXT));
	ck->lenient = false;
}

/* `fix a.b = value`: the path is an expression over the rule's variables. */
static void
check_rule_fix(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id path = 0;
	uint32_t type;

	for (node_id w = NODE_AT(p, n)->kid[0]; w; w = NODE_AT(p, w)->next) {
		node_id e = ast_new(&p->ast, path ? NODE_DOT : NODE_NAME, NODE_AT(p, w)->span);

		NODE_AT(p, e)->a = NODE_AT(p, w)->a;
		NODE_AT(p, e)->kid[0] = path;
		NODE_AT(p, e)->n = NODE_AT(p, w)->span.start;
		path = e;
	}
	NODE_AT(p, n)->ref = path;
	ck->lenient = true;
	type = check_expr(ck, path, 0);
	if (TYPE_AT(p, type)->kind == TYPE_REF) { /* a choice: the value is one of its cases */
		node_id v = NODE_AT(p, n)->kid[1];
		struct symbol s = program_symbol(p, NODE_AT(p, v)->a);

		if (NODE_AT(p, v)->kind != NODE_NAME || !s.rtype || RTYPE_AT(p, s.rtype)->form != FORM_CASE)
			check_fault(ck, EGM0402, v, "the value of a choice is one of its cases");
		else
			NODE_AT(p, v)->aux = MEANING_CASE;
	} else if (type) {
		check_value(ck, NODE_AT(p, n)->kid[1], type, true);
	}
	ck->lenient = false;
}

static void
add_rule_site(struct checker *ck, node_id n, atom code, enum site_role role)
{
	struct program *p = ck->p;
	uint32_t s = vec_add(&p->sites, 1);

	SITE_AT(p, s)->name = code;
	SITE_AT(p, s)->node = n;
	SITE_AT(p, s)->role = (uint8_t)role;
	SITE_AT(p, s)->library = !ck->user;
	SITE_AT(p, s)->code = code;
	NODE_AT(p, n)->ref = s;
}

static void
check_clause(struct checker *ck, node_id n, atom code, struct rule_parts *parts)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);

	switch ((enum node_kind)node.kind) {
	case NODE_LET:
		declare_let(ck, n);
		finish_let(ck, n);
		break;
	case NODE_MUST:
		ck->in_must = true;
		check_condition(ck, node.kid[0]);
		ck->in_must = false;
		parts->must = node.kid[0];
		parts->musts++;
		break;
	case NODE_AT:
		check_rule_at(ck, n);
		break;
	case NODE_SAYS:
		ck->lenient = true;
		check_value(ck, node.kid[0], TYPE_T(TEXT), false);
		ck->lenient = false;
		parts->says = n;
		break;
	case NODE_HELP:
		ck->lenient = true;
		check_value(ck, node.kid[0], TYPE_T(TEXT), true);
		ck->lenient = false;
		parts->help = n;
		break;
	case NODE_SHOWS:
		ck->lenient = true;
		check_expr(ck, node.kid[0], type_of_elem(p, TYPE_LIST, TYPE_T(TEXT)));
		ck->lenient = false;
		break;
	case NODE_BECAUSE:
		check_value(ck, node.kid[0], TYPE_T(TEXT), false);
		parts->because = n;
		break;
	case NODE_SEE:
		parts->see = n;
		break;
	case NODE_FIX:
		check_rule_fix(ck, n);
		break;
	case NODE_FAILS:
		add_rule_site(ck, n, code, SITE_FAILS);
		parts->fails = n;
		break;
	case NODE_PASSES:
		add_rule_site(ck, n, code, SITE_PASSES);
		parts->passes = n;
		break;
	default:
		misplaced(ck, n, "in a rule");
	}
}

static void
check_rule_parts(struct checker *ck, node_id n, const struct rule_parts *parts)
{
	static const char *const missing = "rule %s has no `%s`";
	const char *code = name_of(ck, NODE_AT(ck->p, n)->kid[0]);
	const struct { bool there; const char *name; bool library_only; } rows[] = {
		{ parts->must != 0, "must", false }, { parts->says != 0, "says", false },
		{ parts->because != 0, "because", false }, { parts->see != 0, "see", true },
		{ parts->fails != 0, "fails", true }, { parts->passes != 0, "passes", true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (!rows[i].there && !(rows[i].library_only && ck->user))
			check_fault(ck, EGM0406, NODE_AT(ck->p, n)->kid[0], missing, code, rows[i].name);
	if (parts->musts > 1)
		check_fault(ck, EGM0406, n, "rule %s has more than one `must`", code);
}

static bool
rule_code_ok(struct checker *ck, node_id code)
{
	struct program *p = ck->p;
	const char *text = name_of(ck, code);
	size_t len = strlen(text), letters = 0, digits;

	while (text[letters] >= 'A' && text[letters] <= 'Z')
		letters++;
	digits = strspn(text + letters, "0123456789");
	if (letters < 2 || letters > 8 || digits != 4 || letters + digits != len) {
		check_fault(ck, EGM0401, code, "a code is letters and four digits, such as CORP1001");
		return false;
	}
	if (!strncmp(text, "EGM0", 4)) {
		check_fault(ck, EGM0401, code, "EGM0001 to EGM0999 are the language's own");
		return false;
	}
	for (uint32_t r = 1; r < p->rules.count; r++)
		if (RULE_AT(p, r)->code == NODE_AT(p, code)->a) {
			struct diag *g = check_fault(ck, EGM0104, code, "rule %s is declared twice", text);

			diag_label(&p->diags, g, NODE_AT(p, NODE_AT(p, RULE_AT(p, r)->node)->kid[0])->span, "first here");
			return false;
		}
	return true;
}

static void
check_rule(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id code = NODE_AT(p, n)->kid[0], severity = NODE_AT(p, n)->kid[1], f = NODE_AT(p, n)->kid[3];
	struct rule_parts parts;
	uint32_t outer = ck->context, from = ck->reads.count, facts = ck->facts.count, r;
	atom s = NODE_AT(p, severity)->a;
	bool ok = rule_code_ok(ck, code);

	memset(&parts, 0, sizeof parts);
	if (s != p->words_.error && s != p->words_.warning && s != p->words_.note)
		check_fault(ck, EGM0141, severity, "a rule is an error, a warning or a note");
	r = vec_add(&p->rules, 1);
	RULE_AT(p, r)->code = NODE_AT(p, code)->a;
	RULE_AT(p, r)->severity = (uint8_t)(s == p->words_.warning ? SEVERITY_WARNING : s == p->words_.note ? SEVERITY_NOTE : SEVERITY_ERROR);
	RULE_AT(p, r)->library = !ck->user;
	RULE_AT(p, r)->node = n;
	uint32_t context = check_for(ck, NODE_AT(p, f)->kid[0] ? f : 0, CONTEXT_RULE);

	RULE_AT(p, r)->context = context;
	for (node_id c = NODE_AT(p, f)->next; c; c = NODE_AT(p, c)->next)
		if (!(NODE_AT(p, c)->flags & FLAG_BROKEN))
			check_clause(ck, c, NODE_AT(p, code)->a, &parts);
	RULE_AT(p, r)->must = parts.must;
	if (ok && !(NODE_AT(p, n)->flags & FLAG_BROKEN))
		check_rule_parts(ck, n, &parts);
	vec_cut(&ck->reads, from);
	vec_cut(&ck->facts, facts);
	ck->context = outer;
}

/* --- bodies --- */

static void
check_if(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);
	uint32_t outer = ck->context, from = ck->reads.count, facts = ck->facts.count;

	check_condition(ck, node.kid[0]);
	check_narrow(ck, node.kid[0], true);
	enter(ck, CONTEXT_IF, n, from);
	check_body(ck, node.kid[1]);
	vec_cut(&ck->facts, facts);
	ck->context = outer;
	if (node.kid[2]) {
		check_narrow(ck, node.kid[0], false);
		enter(ck, CONTEXT_IF, n, from);
		here(ck)->negate = true;
		check_body(ck, node.kid[2]);
	}
	vec_cut(&ck->facts, facts);
	vec_cut(&ck->reads, from);
	ck->context = outer;
}

static void
check_block(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id word = NODE_AT(p, n)->kid[0];
	uint32_t t = program_symbol(p, NODE_AT(p, word)->a).rtype, body = body_context(ck);
	uint32_t rtype = CONTEXT_AT(p, body)->rtype, m = 0;

	if (CONTEXT_AT(p, body)->kind == CONTEXT_RECORD && rtype)
		m = program_member(p, rtype, NODE_AT(p, word)->a);
	if (m && MEMBER_AT(p, m)->form == MEMBER_FIELD && NODE_AT(p, n)->op == BLOCK_PLAIN)
		member_block(ck, n);
	else if (variable_block(ck, n))
		return;
	else if (!NODE_AT(p, word)->next && is_record(p, t))
		record_block(ck, n, t);
	else if (!NODE_AT(p, word)->next && is_kind(p, t))
		object_block(ck, n, t);
	else
		unknown_block(ck, n);
}

static void
check_expect(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id e = NODE_AT(p, n)->kid[0];
	const char *text = NODE_AT(p, e)->kind == NODE_NAME ? name_of(ck, e) : "";
	size_t len = strlen(text);

	if (!CONTEXT_AT(p, ck->context)->site || !ck->test) {
		misplaced(ck, n, "outside of a test");
		return;
	}
	if (len > 4 && strspn(text + len - 4, "0123456789") == 4 && text[0] >= 'A' && text[0] <= 'Z') {
		NODE_AT(p, e)->aux = MEANING_CODE;
		return;
	}
	ck->lenient = true;
	check_condition(ck, e);
	ck->lenient = false;
	vec_cut(&ck->reads, 0);
}

/* The member counts as written, with no value. */
static void
fail_field(struct checker *ck, node_id n, uint32_t m)
{
	if (!m || MEMBER_AT(ck->p, m)->form != MEMBER_FIELD)
		return;
	NODE_AT(ck->p, n)->flags |= FLAG_FAILED;
	add_part(ck, MEMBER_AT(ck->p, m)->column, ck->context, n, 0, ck->reads.count);
}

/* `version: "1.9"` is how a declaration or another language would say it. */
static void
colon_for_field(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t rtype = CONTEXT_AT(p, body_context(ck))->rtype;
	struct span span = NODE_AT(p, n)->span, colon = span;
	const char *bytes = source_file(&p->source, span.file)->bytes;
	struct diag *g = check_fault(ck, EGM0008, n, "a field is given its value with `=`");

	while (colon.start < span.end && bytes[colon.start] != ':')
		colon.start++;
	colon.end = colon.start + 1;
	diag_line(&p->diags, g, LINE_HELP, "%s = ...", name_of(ck, n));
	diag_fix(&p->diags, g, colon, " =");
	fail_field(ck, n, rtype ? program_member(p, rtype, NODE_AT(p, n)->a) : 0);
}

static void
check_statement(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t outer = ck->context, from = ck->reads.count, facts = ck->facts.count;
	bool site = CONTEXT_AT(p, ck->context)->site;

	switch ((enum node_kind)NODE_AT(p, n)->kind) {
	case NODE_FIELD:
		check_field(ck, n);
		break;
	case NODE_LET:
		if (!NODE_AT(p, n)->ref || site)
			declare_let(ck, n);
		finish_let(ck, n);
		break;
	case NODE_BLOCK:
		check_block(ck, n);
		break;
	case NODE_PATCH:
		check_patch(ck, n);
		break;
	case NODE_FOR:
		check_for(ck, n, CONTEXT_FOR);
		check_body(ck, NODE_AT(p, n)->kid[2]);
		break;
	case NODE_IF:
		check_if(ck, n);
		break;
	case NODE_BECAUSE:
		if (body_context(ck) && CONTEXT_AT(p, body_context(ck))->kind != CONTEXT_FILE)
			check_value(ck, NODE_AT(p, n)->kid[0], TYPE_T(TEXT), false);
		else
			misplaced(ck, n, "outside of a body");
		vec_cut(&ck->reads, from);
		break;
	case NODE_RULE:
		if (site)
			misplaced(ck, n, "in a site");
		else
			check_rule(ck, n);
		break;
	case NODE_EXPECT:
		check_expect(ck, n);
		break;
	case NODE_ALLOW:
		if (!site)
			misplaced(ck, n, "outside of a site");
		break;
	case NODE_PARAM:
		if (!site)
			misplaced(ck, n, "outside of a profile");
		break;
	case NODE_MEMBER:
		if (site)
			colon_for_field(ck, n);
		else
			misplaced(ck, n, "here");
		break;
	default:
		misplaced(ck, n, site ? "in a site" : "here");
	}
	ck->context = outer;
	vec_cut(&ck->facts, facts);
}

/* A statement that did not parse whole. Blocks are looked into, since their other statements are fine; a field counts as written. */
static void
check_broken(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t rtype = CONTEXT_AT(p, body_context(ck))->rtype, m;
	struct node node = *NODE_AT(p, n);

	if ((node.kind == NODE_BLOCK && node.kid[0]) || (node.kind == NODE_FOR && node.kid[0]) || (node.kind == NODE_IF && node.kid[0])) {
		check_statement(ck, n);
		return;
	}
	m = node.kind == NODE_FIELD && node.kid[0] && rtype ? program_member(p, rtype, NODE_AT(p, node.kid[0])->a) : 0;
	fail_field(ck, n, m);
}

static void
check_body(struct checker *ck, node_id first)
{
	for (node_id n = first; n; n = NODE_AT(ck->p, n)->next) {
		if (NODE_AT(ck->p, n)->flags & FLAG_BROKEN)
			check_broken(ck, n);
		else
			check_statement(ck, n);
	}
}

static bool
is_declaration(enum node_kind kind)
{
	return kind >= NODE_DECL_BLOCK && kind <= NODE_LABEL && kind != NODE_CARD && kind != NODE_FN_PARAM && kind != NODE_ROW;
}

/* A declaration below a scope would hold under a condition; it never does. */
static void
check_file_body(struct checker *ck, node_id first, bool scoped)
{
	struct program *p = ck->p;
	uint32_t outer, from, facts;

	for (node_id n = first; n; n = NODE_AT(p, n)->next) {
		enum node_kind kind = (enum node_kind)NODE_AT(p, n)->kind;
		bool outside = kind == NODE_SITE || kind == NODE_PROFILE || kind == NODE_TEST || kind == NODE_EDITION || kind == NODE_USE ||
			       kind == NODE_INCLUDE || is_declaration(kind);

		if (NODE_AT(p, n)->flags & FLAG_BROKEN)
			continue;
		if (outside && scoped)
			check_fault(ck, EGM0008, n, "%s stands above the first scope of a file", ast_kind_name(kind));
		if (outside)
			continue;
		if (!(NODE_AT(p, n)->flags & FLAG_SCOPE)) {
			check_statement(ck, n);
			continue;
		}
		outer = ck->context;
		from = ck->reads.count;
		facts = ck->facts.count;
		if (kind == NODE_FOR) {
			check_for(ck, n, CONTEXT_FOR);
			check_file_body(ck, NODE_AT(p, n)->kid[2], true);
		} else {
			check_condition(ck, NODE_AT(p, n)->kid[0]);
			check_narrow(ck, NODE_AT(p, n)->kid[0], true);
			enter(ck, CONTEXT_IF, n, from);
			check_file_body(ck, NODE_AT(p, n)->kid[1], true);
		}
		vec_cut(&ck->reads, from);
		vec_cut(&ck->facts, facts);
		ck->context = outer;
	}
}

void
check_file_lets(struct checker *ck, node_id first)
{
	for (node_id n = first; n; n = NODE_AT(ck->p, n)->next)
		if (NODE_AT(ck->p, n)->kind == NODE_LET && !(NODE_AT(ck->p, n)->flags & FLAG_BROKEN))
			declare_let(ck, n);
}

void
check_file(struct checker *ck, node_id first)
{
	check_file_body(ck, first, false);
}

void
check_site_body(struct checker *ck, node_id first)
{
	check_body(ck, first);
}
