/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks: each becomes a context that makes or extends records, or an object statement. What is
 * refused: blocks that nothing declares, that stand where they cannot, or that lack their label.
 */
#include "check/checker.h"

#include <string.h>
#include "base/suggest.h"
#include "check/inside.h"

static bool
is_record(const struct program *p, uint32_t t)
{
	uint8_t form = t ? RTYPE_AT(p, t)->form : FORM_NONE;

	return form == FORM_BLOCK || form == FORM_RECORD || form == FORM_CONTRACT ||
		form == FORM_CHOICE || form == FORM_SITE;
}

bool
check_is_kind(const struct program *p, uint32_t t)
{
	return t && (RTYPE_AT(p, t)->form == FORM_KIND || RTYPE_AT(p, t)->form == FORM_VALUES);
}

static bool
is_quoted(const struct program *p, node_id label)
{
	return NODE_AT(p, label)->kind != NODE_WORD || NODE_AT(p, label)->flags & FLAG_QUOTED;
}

/* What the library says of a choice: every line but the first, which is its title. */
static void
check_note_doc(struct checker *ck, struct diag *g, node_id decl)
{
	const char *doc = decl && NODE_AT(ck->p, decl)->doc
		? strchr(program_text(ck->p, NODE_AT(ck->p, decl)->doc), '\n')
		: NULL;

	for (; doc; doc = strchr(doc + 1, '\n'))
		diag_line(&ck->p->diags, g, LINE_NOTE, "%.*s", (int)strcspn(doc + 1, "\n"), doc + 1);
}

static uint32_t
unknown_case(struct checker *ck, uint32_t choice, node_id label)
{
	struct program *p = ck->p;
	struct diag *g = check_fault(ck, EGM0141, label, "`%s` is no case of %s",
		check_node_text(ck, label), program_text(p, RTYPE_AT(p, choice)->name));
	struct suggest s;
	uint32_t other = NODE_AT(p, label)->kind == NODE_WORD && RTYPE_AT(p, choice)->lo
		? RTYPE_AT(p, program_symbol(p, NODE_AT(p, label)->a).rtype)->choice
		: 0;

	suggest_init(&s, check_node_text(ck, label), atom_len(&p->atoms, NODE_AT(p, label)->a));
	for (uint32_t i = 1; i < p->rtypes.count; i++)
		if (RTYPE_AT(p, i)->choice == choice)
			suggest_offer(&s, program_text(p, RTYPE_AT(p, i)->name));
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, NODE_AT(p, label)->span, "%s", s.best);
	} else if (other) {
		diag_line(&p->diags, g, LINE_HELP, "`%s` is a case of `%s`: %s %s",
			check_node_text(ck, label), program_text(p, RTYPE_AT(p, other)->name),
			program_text(p, RTYPE_AT(p, other)->name), check_node_text(ck, label));
	} else {
		program_list_cases(p, g, choice);
	}
	check_note_doc(ck, g, RTYPE_AT(p, choice)->decl);
	return 0;
}

/* The case that a choice's label names. */
static uint32_t
case_of_label(struct checker *ck, uint32_t choice, node_id label, node_id n)
{
	struct program *p = ck->p;
	uint32_t t;

	if (!label || NODE_AT(p, label)->kind == NODE_INTERP) {
		struct diag *g = check_fault(ck, EGM0105, n, "`%s` does not say its case",
			program_text(p, RTYPE_AT(p, choice)->name));

		program_list_cases(p, g, choice);
		return 0;
	}
	t = program_symbol(p, NODE_AT(p, label)->a).rtype;
	if (!t || RTYPE_AT(p, t)->choice != choice)
		return unknown_case(ck, choice, label);
	if (is_quoted(p, label)) {
		struct diag *g = check_fault(ck, EGM0105, label, "a case is written bare");

		diag_line(&p->diags, g, LINE_HELP, "%s", check_node_text(ck, label));
		diag_fix(&p->diags, g, NODE_AT(p, label)->span, "%s", check_node_text(ck, label));
	}
	return t;
}

static uint32_t
owner_rtype(const struct program *p, uint32_t t)
{
	return RTYPE_AT(p, t)->choice ? RTYPE_AT(p, RTYPE_AT(p, t)->choice)->owner
				      : RTYPE_AT(p, t)->owner;
}

/* The innermost block at or around a context, or 0. */
static uint32_t
block_around(const struct checker *ck, uint32_t c)
{
	while (c && CONTEXT_AT(ck->p, c)->kind != CONTEXT_RECORD)
		c = CONTEXT_AT(ck->p, c)->parent;
	return c;
}

/* Without `of`, the owner is the block around, or the site; in the library, where the blocks around
 * may be of other types, the innermost of the right one. Returns its context, 0 for the site. */
static bool
implicit_owner(struct checker *ck, node_id n, uint32_t rtype, uint32_t *context)
{
	struct program *p = ck->p;
	uint32_t owner = owner_rtype(p, rtype);
	const struct rtype *t = RTYPE_AT(p, rtype);
	bool in_site = CONTEXT_AT(p, ck->context)->site;

	*context = 0;
	if (owner == p->site_rtype && owner && !(in_site && block_around(ck, ck->context)))
		return true;
	for (uint32_t c = block_around(ck, ck->context); c;
		c = in_site ? 0 : block_around(ck, CONTEXT_AT(p, c)->parent))
		if (CONTEXT_AT(p, c)->rtype == owner || t->any_owner) {
			*context = c;
			return true;
		}
	if (in_site && CONTEXT_AT(p, block_around(ck, ck->context))->lost)
		return false;
	if (owner && in_site) {
		struct diag *g = check_fault(ck, EGM0101, n, "`%s` does not belong here",
			program_text(p, RTYPE_AT(p, t->choice ? t->choice : rtype)->name));

		diag_line(&p->diags, g, LINE_HELP,
			owner == p->site_rtype ? "it stands at the top of a %s"
					       : "it stands in the braces of `%s`",
			program_text(p, RTYPE_AT(p, owner)->name));
	} else {
		check_fault(ck, EGM0101, n, "whose `%s` is this? write `%s of ...`",
			program_text(p, t->name), program_text(p, t->name));
	}
	return false;
}

/* False if the block cannot be told by its label. */
static bool
check_label(struct checker *ck, node_id n, uint32_t rtype)
{
	struct program *p = ck->p;
	node_id label = NODE_AT(p, n)->kid[1];
	const struct rtype *t = RTYPE_AT(p, rtype);

	if (!label && t->form == FORM_BLOCK && t->owner == p->site_rtype && t->hi > 1) {
		struct diag *g = check_fault(ck, EGM0105, n,
			"`%s` needs a label: there may be many", program_text(p, t->name));

		diag_line(&p->diags, g, LINE_HELP, "%s NAME { ... }", program_text(p, t->name));
		return false;
	}
	if (!label)
		return true;
	if (t->once && t->form != FORM_CHOICE && t->form != FORM_CASE && t->form != FORM_RECORD) {
		check_fault(ck, EGM0105, label, "`%s` has no label: there is exactly one",
			program_text(p, t->name));
		return false;
	}
	if (NODE_AT(p, label)->kind == NODE_INTERP || NODE_AT(p, label)->kind == NODE_STRING) {
		check_expr(ck, label, TYPE_T(TEXT));
		return true;
	}
	if (!t->label_words || type_has_word(p, t->label_words, NODE_AT(p, label)->a))
		return true;
	check_fault(ck, EGM0141, label, "`%s` is not a label of %s", check_node_text(ck, label),
		program_text(p, t->name));
	return false;
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
	uint32_t choice = RTYPE_AT(p, rtype)->choice;
	struct diag *g =
		check_fault(ck, EGM0134, n, "`%s%s%s` weakens a guarantee and says no reason",
			choice ? program_text(p, RTYPE_AT(p, choice)->name) : "", choice ? " " : "",
			program_text(p, RTYPE_AT(p, rtype)->name));

	diag_line(&p->diags, g, LINE_HELP,
		"because \"...\" inside its braces; the reason is printed with the output");
}

/* Does a file of the library's kind alone write this? */
bool
check_user_may_write(struct checker *ck, node_id n, uint32_t rtype)
{
	struct program *p = ck->p;
	uint8_t form = RTYPE_AT(p, rtype)->form;

	if (!check_in_plain_site(ck) || form == FORM_BLOCK || form == FORM_CHOICE ||
		form == FORM_SITE || NODE_AT(p, n)->op == BLOCK_EXTEND ||
		NODE_AT(p, n)->op == BLOCK_MAYBE)
		return true;
	struct diag *g = check_fault(ck, EGM0106, n, "a site does not write `%s` itself",
		program_text(p, RTYPE_AT(p, rtype)->name));

	if (check_is_kind(p, rtype))
		diag_line(&p->diags, g, LINE_HELP,
			"`extend %s of ...` adds to an object, `patch` overrides, `include` brings "
			"YAML",
			program_text(p, RTYPE_AT(p, rtype)->name));
	return false;
}

/* Records of this type may be missing because of a fault that was reported. */
static void
note_failed(struct checker *ck, uint32_t rtype)
{
	struct program *p = ck->p;

	if (!rtype)
		return;
	for (uint32_t i = 0; i < p->failed.count; i++)
		if (*VEC_AT(&p->failed, uint32_t, i) == rtype)
			return;
	vec_push(&p->failed, &rtype);
	for (uint32_t m = RTYPE_AT(p, rtype)->members; m; m = MEMBER_AT(p, m)->next)
		if (MEMBER_AT(p, m)->form == MEMBER_CHILD)
			note_failed(ck, MEMBER_AT(p, m)->child);
	for (uint32_t t = 1; RTYPE_AT(p, rtype)->form == FORM_CHOICE && t < p->rtypes.count; t++)
		if (RTYPE_AT(p, t)->choice == rtype)
			note_failed(ck, t);
}

static void
check_named_owner(struct checker *ck, node_id owner, uint32_t rtype)
{
	uint32_t t = check_owner(ck, owner, rtype);

	if (TYPE_AT(ck->p, t)->kind != TYPE_REF && TYPE_AT(ck->p, t)->kind != TYPE_POISON)
		check_fault(ck, EGM0402, owner, "what follows `of` is a record");
	if (t & TYPE_OPTIONAL)
		check_fault(ck, EGM0405, owner, "the owner may be absent");
}

static uint32_t
existence_of(const struct program *p, uint32_t rtype)
{
	uint32_t choice = RTYPE_AT(p, rtype)->choice;

	return RTYPE_AT(p, choice ? choice : rtype)->existence;
}

/* A block that is lost makes no record; what stands in it is checked all the same. */
static void
record_block(struct checker *ck, node_id n, uint32_t rtype)
{
	struct program *p = ck->p;
	uint32_t outer = ck->context, from = ck->reads.count, owner_context = 0, context,
		 facts = ck->facts.count;
	enum op mode = (enum op)NODE_AT(p, n)->op;
	node_id owner = NODE_AT(p, n)->kid[2];
	bool lost = false;

	if (!check_user_may_write(ck, n, rtype))
		return;
	if (mode == BLOCK_ASSUME)
		check_fault(ck, EGM0008, n, "`assume` states an object, and `%s` is none",
			program_text(p, RTYPE_AT(p, rtype)->name));
	if (RTYPE_AT(p, rtype)->form == FORM_CHOICE) {
		uint32_t choice = rtype;

		if (mode == BLOCK_PLAIN || NODE_AT(p, n)->kid[1])
			rtype = case_of_label(ck, rtype, NODE_AT(p, n)->kid[1], n);
		if (!rtype) {
			note_failed(ck, choice);
			return;
		}
	} else if (!check_label(ck, n, rtype)) {
		lost = true;
	}
	if (owner)
		check_named_owner(ck, owner, RTYPE_AT(p, rtype)->owner);
	else if (!implicit_owner(ck, n, rtype, &owner_context))
		lost = true;
	if (lost)
		note_failed(ck, rtype);
	check_weakens(ck, n, rtype);
	if (mode != BLOCK_PLAIN)
		check_read(ck, existence_of(p, rtype), n);
	context = check_enter(ck, CONTEXT_RECORD, n, from);
	check_here(ck)->rtype = rtype;
	check_here(ck)->mode = (uint8_t)(lost ? BLOCK_PLAIN : mode);
	check_here(ck)->owner = owner_context;
	check_here(ck)->lost = lost;
	if (mode == BLOCK_PLAIN && !lost)
		check_add_part(ck, existence_of(p, rtype), context, 0, 0, from);
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

	if (NODE_AT(p, word)->next || NODE_AT(p, n)->kid[1] || NODE_AT(p, n)->kid[2] ||
		NODE_AT(p, n)->op == BLOCK_PLAIN)
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
		check_fault(ck, EGM0402, word, "`%s` is not a record that can be extended",
			check_node_text(ck, word));
		return true;
	}
	NODE_AT(p, n)->kid[2] = name;
	uint32_t rtype = NUMBER_AT(p, TYPE_AT(p, type)->first);

	check_enter(ck, CONTEXT_RECORD, n, from);
	check_here(ck)->rtype = rtype;
	check_here(ck)->mode = NODE_AT(p, n)->op;
	check_here(ck)->by_variable = true;
	vec_cut(&ck->reads, from);
	check_body(ck, NODE_AT(p, n)->kid[3]);
	ck->context = outer;
	return true;
}

static bool
takes_body(const struct program *p, uint32_t type)
{
	uint8_t kind = TYPE_AT(p, type)->kind;

	return kind == TYPE_STRUCT || kind == TYPE_MAP || kind == TYPE_POISON;
}

/* `namespace "shop"`, or `timeout { ... }`. */
static void
field_as_block(struct checker *ck, node_id n, uint32_t m)
{
	struct program *p = ck->p;
	node_id word = NODE_AT(p, n)->kid[0], label = NODE_AT(p, n)->kid[1];
	bool bare = NODE_AT(p, n)->flags & FLAG_BODILESS && label;
	struct diag *g;

	check_fail_field(ck, n, m);
	if (NODE_AT(p, n)->flags & FLAG_BROKEN)
		return;
	g = check_fault(
		ck, EGM0103, word, "`%s` is a field, not a block", check_node_text(ck, word));
	diag_line(&p->diags, g, LINE_HELP, "%s = %s", check_node_text(ck, word),
		bare ? check_source_text(ck, label) : "...");
	if (bare)
		diag_fix(&p->diags, g, NODE_AT(p, n)->span, "%s = %s", check_node_text(ck, word),
			check_source_text(ck, label));
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

/* `ambient { }` for `mode ambient { }`. */
static void
case_as_block(struct checker *ck, node_id word, uint32_t meant)
{
	struct program *p = ck->p;
	uint32_t choice = RTYPE_AT(p, meant)->choice;
	const char *name = program_text(p, RTYPE_AT(p, choice)->name);
	struct diag *g = check_fault(ck, EGM0101, word, "`%s` is a case of `%s`, not a block",
		check_node_text(ck, word), name);

	diag_line(&p->diags, g, LINE_HELP, "%s %s", name, check_node_text(ck, word));
	diag_fix(&p->diags, g, NODE_AT(p, word)->span, "%s %s", name, check_node_text(ck, word));
	note_failed(ck, choice);
}

/* What a user may write in such a block. */
static void
list_blocks(struct checker *ck, struct diag *g, uint32_t rtype)
{
	struct program *p = ck->p;
	struct str all = STR_INIT;

	for (uint32_t t = 1; t < p->rtypes.count; t++)
		if ((RTYPE_AT(p, t)->form == FORM_BLOCK || RTYPE_AT(p, t)->form == FORM_CHOICE) &&
			RTYPE_AT(p, t)->owner == rtype)
			str_format(&all, "%s%s", all.len ? ", " : "",
				program_text(p, RTYPE_AT(p, t)->name));
	if (all.len)
		diag_line(&p->diags, g, LINE_HELP, "%s has these blocks: %s",
			program_text(p, RTYPE_AT(p, rtype)->name), str_text(&all));
	str_release(&all);
}

static void
unknown_block(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id word = NODE_AT(p, n)->kid[0];
	uint32_t body = check_body_context(ck), rtype = CONTEXT_AT(p, body)->rtype;
	uint32_t meant = program_symbol(p, NODE_AT(p, word)->a).rtype;
	struct diag *g;
	struct suggest s;

	if (meant && RTYPE_AT(p, meant)->choice) {
		case_as_block(ck, word, meant);
		return;
	}
	g = check_fault(ck, EGM0101, word, "there is no block `%s`", check_node_text(ck, word));
	suggest_init(&s, check_node_text(ck, word), atom_len(&p->atoms, NODE_AT(p, word)->a));
	for (uint32_t t = 1; t < p->rtypes.count; t++) {
		uint8_t form = RTYPE_AT(p, t)->form;

		if ((form == FORM_BLOCK || form == FORM_CHOICE || !check_in_plain_site(ck)) &&
			(!rtype || owner_rtype(p, t) == rtype))
			suggest_offer(&s, program_text(p, RTYPE_AT(p, t)->name));
	}
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, NODE_AT(p, word)->span, "%s", s.best);
		note_failed(ck, program_symbol(p, atom_of_text(&p->atoms, s.best)).rtype);
	} else if (rtype) {
		list_blocks(ck, g, rtype);
	}
}

/* `site { ... }` is no site. */
static bool
lacks_name(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id word = NODE_AT(p, n)->kid[0];
	const char *text = check_node_text(ck, word);
	struct diag *g;

	if (CONTEXT_AT(p, ck->context)->kind != CONTEXT_FILE || NODE_AT(p, n)->op != BLOCK_PLAIN ||
		NODE_AT(p, n)->kid[1] || NODE_AT(p, n)->kid[2] || NODE_AT(p, word)->next ||
		(strcmp(text, "site") && strcmp(text, "profile")))
		return false;
	g = check_fault(ck, EGM0105, word, "a %s has a name", text);
	diag_line(&p->diags, g, LINE_HELP, "%s NAME { ... }", text);
	return true;
}

void
check_block(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id word = NODE_AT(p, n)->kid[0];
	uint32_t t = program_symbol(p, NODE_AT(p, word)->a).rtype, body = check_body_context(ck);
	uint32_t rtype = CONTEXT_AT(p, body)->rtype, m = 0;

	if (CONTEXT_AT(p, body)->kind == CONTEXT_RECORD && rtype)
		m = program_member(p, rtype, NODE_AT(p, word)->a);
	if (lacks_name(ck, n))
		return;
	if (m && MEMBER_AT(p, m)->form == MEMBER_FIELD && NODE_AT(p, n)->op == BLOCK_PLAIN) {
		if (NODE_AT(p, n)->flags & FLAG_BODILESS ||
			!takes_body(p, TYPE_ID(MEMBER_AT(p, m)->type)))
			field_as_block(ck, n, m);
		else
			member_block(ck, n);
	} else if (variable_block(ck, n))
		return;
	else if (!NODE_AT(p, word)->next && is_record(p, t))
		record_block(ck, n, t);
	else if (!NODE_AT(p, word)->next && check_is_kind(p, t))
		check_object_block(ck, n, t);
	else
		unknown_block(ck, n);
}
