/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: which variable, member, owner, record or set a bare word means. Expected words first,
 * then variables, then once-records, then sets.
 */
#include "check/checker.h"

#include <string.h>

#include "base/suggest.h"
#include "check/inside.h"

const char *
check_type_text(struct checker *ck, uint32_t type)
{
	struct str s = STR_INIT;
	const char *text;

	type_describe(ck->p, type, &s);
	text = arena_copy(&ck->p->diags.arena, str_text(&s), s.len);
	str_release(&s);
	return text;
}

const char *
check_node_text(struct checker *ck, node_id n)
{
	return program_text(ck->p, NODE_AT(ck->p, n)->a);
}

/* How a value with parts is written. */
static const char *
shape_help(const struct type *t)
{
	switch ((enum type_kind)t->kind) {
	case TYPE_MAP:
		return "here stand keys and values in braces: { key = \"value\" }";
	case TYPE_STRUCT:
		return "here stand fields in braces: { name = ... }";
	case TYPE_REF:
		return "a reference is the name of a block, written bare";
	default:
		return NULL;
	}
}

/* A value that is its own description. */
static bool
is_plain(const struct program *p, node_id n)
{
	uint8_t kind = NODE_AT(p, n)->kind;

	return kind == NODE_INT || kind == NODE_UNIT || kind == NODE_STRING;
}

static const char *
wanted_text(struct checker *ck, uint32_t wanted)
{
	switch ((enum type_kind)TYPE_AT(ck->p, wanted)->kind) {
	case TYPE_MAP:
		return "a map";
	case TYPE_STRUCT:
		return "a body { ... }";
	default:
		return check_type_text(ck, wanted);
	}
}

uint32_t
check_mismatch(struct checker *ck, node_id n, uint32_t wanted, uint32_t got)
{
	const struct type *t = TYPE_AT(ck->p, wanted);
	const char *help = check_in_site(ck) ? shape_help(t) : NULL;
	struct diag *g;

	if (t->kind == TYPE_POISON || TYPE_AT(ck->p, got)->kind == TYPE_POISON)
		return 0;
	if (check_in_site(ck) && is_plain(ck->p, n))
		g = check_fault(ck, check_type_code(ck), n, "`%s` is not %s",
			check_source_text(ck, n), wanted_text(ck, wanted));
	else
		g = check_fault(ck, check_type_code(ck), n, "here stands %s; wanted is %s",
			check_type_text(ck, got), check_type_text(ck, wanted));
	if (help)
		diag_line(&ck->p->diags, g, LINE_HELP, "%s", help);
	return 0;
}

void
check_read(struct checker *ck, uint32_t column, node_id n)
{
	struct read r = { column, n };

	if (column)
		vec_push(&ck->reads, &r);
}

void
check_read_numbers(struct checker *ck, uint32_t first, uint32_t count, node_id n)
{
	for (uint32_t i = 0; i < count; i++)
		check_read(ck, NUMBER_AT(ck->p, first + i), n);
}

void
check_read_rtype(struct checker *ck, uint32_t rtype, node_id n)
{
	uint32_t choice = RTYPE_AT(ck->p, rtype)->choice;

	RTYPE_AT(ck->p, rtype)->read = true;
	if (rtype == ck->p->crossing_rtype && ck->context)
		CONTEXT_AT(ck->p, ck->context)->reads_crossing = true;
	if (choice)
		RTYPE_AT(ck->p, choice)->read = true;
	check_read(ck, RTYPE_AT(ck->p, choice ? choice : rtype)->existence, n);
}

uint32_t
context_new(struct program *p, enum context_kind kind, uint32_t parent, node_id n)
{
	uint32_t c = vec_add(&p->contexts, 1);
	struct context *x = CONTEXT_AT(p, c);

	x->kind = (uint8_t)kind;
	x->parent = parent;
	x->node = n;
	x->var_first = p->vars.count;
	x->site = parent && CONTEXT_AT(p, parent)->site;
	x->rank = parent ? CONTEXT_AT(p, parent)->rank : RANK_LIBRARY;
	return c;
}

uint32_t
var_new(struct program *p, uint32_t context, atom name, uint32_t type)
{
	uint32_t v = vec_add(&p->vars, 1);
	struct context *x = CONTEXT_AT(p, context);

	VAR_AT(p, v)->name = name;
	VAR_AT(p, v)->type = type;
	VAR_AT(p, v)->context = context;
	VAR_AT(p, v)->slot = x->var_count++;
	VAR_AT(p, v)->next = x->lets;
	x->lets = v;
	return v;
}

void
check_keep_reads(struct checker *ck, uint32_t from)
{
	struct program *p = ck->p;
	uint32_t n = ck->reads.count - from, first = vec_add(&p->numbers, n);

	for (uint32_t i = 0; i < n; i++)
		NUMBER_AT(p, first + i) = VEC_AT(&ck->reads, struct read, from + i)->column;
	CONTEXT_AT(p, ck->context)->reads_first = first;
	CONTEXT_AT(p, ck->context)->reads_count = n;
}

/* The type of a `let`, found out when it is first needed. */
static uint32_t
let_type(struct checker *ck, uint32_t v, node_id n)
{
	struct program *p = ck->p;
	uint32_t context = ck->context, from = ck->reads.count, type, first, count;

	if (VAR_AT(p, v)->state == 1) {
		check_fault(ck, EGM0403, n, "`%s` is defined by itself",
			program_text(p, VAR_AT(p, v)->name));
		return 0;
	}
	VAR_AT(p, v)->state = 1;
	ck->context = VAR_AT(p, v)->context;
	type = check_expr(ck, VAR_AT(p, v)->let, 0);
	ck->context = context;
	count = ck->reads.count - from;
	first = vec_add(&p->numbers, count);
	for (uint32_t i = 0; i < count; i++)
		NUMBER_AT(p, first + i) = VEC_AT(&ck->reads, struct read, from + i)->column;
	vec_cut(&ck->reads, from);
	VAR_AT(p, v)->reads_first = first;
	VAR_AT(p, v)->reads_count = count;
	VAR_AT(p, v)->type = type;
	VAR_AT(p, v)->state = 2;
	return type;
}

uint32_t
check_var_type(struct checker *ck, uint32_t v, node_id n)
{
	struct program *p = ck->p;

	if (VAR_AT(p, v)->let && VAR_AT(p, v)->state != 2)
		let_type(ck, v, n);
	if (VAR_AT(p, v)->let)
		check_read_numbers(ck, VAR_AT(p, v)->reads_first, VAR_AT(p, v)->reads_count, n);
	return VAR_AT(p, v)->type;
}

/* The type of a member; a computed field is checked when it is first needed. */
uint32_t
check_member_type(struct checker *ck, uint32_t m, node_id n)
{
	struct program *p = ck->p;
	struct member *member = MEMBER_AT(p, m);
	struct checker inner;
	uint32_t type;

	member->read = true;
	if (member->form != MEMBER_LET || member->state == 2)
		return member->type;
	if (member->state == 1) {
		check_fault(
			ck, EGM0403, n, "`%s` is defined by itself", program_text(p, member->name));
		return 0;
	}
	member->state = 1;
	inner = *ck;
	vec_init(&inner.reads, sizeof(struct read), false);
	vec_init(&inner.facts, sizeof(struct fact), false);
	inner.context = member->context;
	inner.lenient = false;
	type = check_expr(&inner, member->value, 0);
	member = MEMBER_AT(p, m);
	member->type = type;
	member->state = 2;
	for (uint32_t i = 0; i < inner.reads.count; i++)
		order_edge(ck, member->column, VEC_AT(&inner.reads, struct read, i)->column,
			VEC_AT(&inner.reads, struct read, i)->node);
	vec_release(&inner.reads);
	vec_release(&inner.facts);
	return type;
}

uint32_t
check_find_var(const struct program *p, uint32_t context, atom name)
{
	for (uint32_t v = CONTEXT_AT(p, context)->lets; v; v = VAR_AT(p, v)->next)
		if (VAR_AT(p, v)->name == name)
			return v;
	return 0;
}

uint32_t
check_meant(struct checker *ck, node_id n, enum meaning meaning, uint32_t ref, uint32_t type)
{
	struct node *node = NODE_AT(ck->p, n);

	node->aux = meaning;
	node->ref = ref;
	node->type = type;
	return type;
}

/* The owner types of an rtype, nearest first, the site last. */
static uint32_t
owner_of(const struct program *p, uint32_t rtype)
{
	const struct rtype *t = RTYPE_AT(p, rtype);

	return t->choice ? RTYPE_AT(p, t->choice)->owner : t->owner;
}

uint32_t
check_find_owner(const struct program *p, uint32_t rtype, atom name)
{
	for (uint32_t o = owner_of(p, rtype); o; o = owner_of(p, o))
		if (RTYPE_AT(p, o)->name == name)
			return o;
	return 0;
}

/* A name in a declaration: the record's own members, its owners, its label. */
static bool
resolve_own(struct checker *ck, node_id n, uint32_t rtype, uint32_t *type)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, n)->a;
	uint32_t m = program_member(p, rtype, name), o = check_find_owner(p, rtype, name);

	if (m) {
		*type = check_meant(ck, n, MEANING_FIELD, m, check_member_type(ck, m, n));
		check_read(ck, MEMBER_AT(p, m)->column, n);
		NODE_AT(p, n)->type = *type;
	} else if (o) {
		*type = check_meant(ck, n, MEANING_OWNER, o, RTYPE_AT(p, o)->ref_type);
	} else if (name == p->words_.name) {
		*type = check_meant(ck, n, MEANING_NAME_OF, 0, TYPE_T(DNS_LABEL));
	} else {
		return false;
	}
	return true;
}

static bool
resolve_var(struct checker *ck, node_id n, uint32_t *type)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, n)->a;

	for (uint32_t c = ck->context; c; c = CONTEXT_AT(p, c)->parent) {
		uint32_t v = check_find_var(p, c, name);

		if (v) {
			uint32_t t = check_var_type(ck, v, n);

			*type = check_meant(ck, n, MEANING_VAR, v, t);
			return true;
		}
		if (CONTEXT_AT(p, c)->kind == CONTEXT_SELF &&
			resolve_own(ck, n, CONTEXT_AT(p, c)->rtype, type))
			return true;
	}
	return false;
}

/* Exactly one record of this type in a site: itself and all its owners are `once`. */
static bool
is_single(const struct program *p, uint32_t rtype)
{
	for (uint32_t t = rtype; t; t = owner_of(p, t)) {
		const struct rtype *r = RTYPE_AT(p, t);

		if (r->form == FORM_SITE)
			return true;
		if (!r->once)
			return false;
	}
	return false;
}

static bool
resolve_global(struct checker *ck, node_id n, uint32_t *type)
{
	struct program *p = ck->p;
	struct symbol s = program_symbol(p, NODE_AT(p, n)->a);

	if (s.rtype && is_single(p, s.rtype)) {
		*type = check_meant(ck, n, MEANING_ONCE, s.rtype, RTYPE_AT(p, s.rtype)->ref_type);
		check_read_rtype(ck, s.rtype, n);
	} else if (s.rtype) {
		uint8_t form = RTYPE_AT(p, s.rtype)->form;
		bool object = form == FORM_KIND || form == FORM_VALUES;

		*type = check_meant(ck, n, object ? MEANING_OBJECTS : MEANING_SET, s.rtype,
			RTYPE_AT(p, s.rtype)->set_type);
		check_read_rtype(ck, s.rtype, n);
	} else if (s.table) {
		*type = type_new(p, TYPE_TABLE);
		TYPE_AT(p, *type)->elem = s.table;
		check_meant(ck, n, MEANING_TABLE, s.table, *type);
	} else if (s.type && TYPE_AT(p, s.type)->kind == TYPE_WORDS) {
		*type = check_meant(ck, n, MEANING_WORDS, s.type, s.type);
	} else {
		return false;
	}
	return true;
}

/* The type that a bare word may be resolved by. */
uint32_t
check_word_type(struct checker *ck, uint32_t expected)
{
	const struct type *t = TYPE_AT(ck->p, expected);

	return expected && (t->kind == TYPE_WORDS || t->kind == TYPE_REF) ? TYPE_ID(expected) : 0;
}

void
check_suggest_words(struct checker *ck, struct diag *g, atom name, uint32_t type)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, type);
	struct suggest s;

	suggest_init(&s, program_text(p, name), atom_len(&p->atoms, name));
	for (uint32_t i = 0; i < t->count; i++)
		suggest_offer(&s, program_text(p, WORD_AT(p, t->first + i)));
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, g->span, "%s", s.best);
	} else {
		diag_line(&p->diags, g, LINE_HELP, "one of: %s", check_type_text(ck, type));
	}
}

/* Looking for a near name costs more than all else of a fault, and only few faults are shown. */
#define ADVICE_MOST 100

void
check_suggest_names(struct checker *ck, struct diag *g, atom name)
{
	struct program *p = ck->p;
	struct suggest s;

	if (p->diags.errors > ADVICE_MOST)
		return;
	suggest_init(&s, program_text(p, name), atom_len(&p->atoms, name));
	for (uint32_t c = ck->context; c; c = CONTEXT_AT(p, c)->parent) {
		for (uint32_t v = CONTEXT_AT(p, c)->lets; v; v = VAR_AT(p, v)->next)
			suggest_offer(&s, program_text(p, VAR_AT(p, v)->name));
		if (CONTEXT_AT(p, c)->kind == CONTEXT_SELF)
			for (uint32_t m = RTYPE_AT(p, CONTEXT_AT(p, c)->rtype)->members; m;
				m = MEMBER_AT(p, m)->next)
				suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	}
	for (atom a = 1; a < p->symbols.count; a++)
		if (program_symbol(p, a).rtype || program_symbol(p, a).table)
			suggest_offer(&s, program_text(p, a));
	if (s.best)
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
}

/* As it is written. */
const char *
check_source_text(struct checker *ck, node_id n)
{
	struct span s = NODE_AT(ck->p, n)->span;

	return arena_copy(&ck->p->diags.arena, source_file(&ck->p->source, s.file)->bytes + s.start,
		s.end - s.start);
}

uint32_t
check_bare_text(struct checker *ck, node_id n)
{
	const char *text = check_source_text(ck, n);
	struct diag *g = check_fault(
		ck, EGM0102, n, "`%s` is nothing that is declared; free text is quoted", text);

	diag_line(&ck->p->diags, g, LINE_HELP, "\"%s\"", text);
	diag_fix(&ck->p->diags, g, NODE_AT(ck->p, n)->span, "\"%s\"", text);
	return 0;
}

/* Words of other languages. */
static const struct {
	const char *word, *help;
} foreign[] = {
	{ "null", "to leave a field out, leave out its line" },
	{ "nil", "to leave a field out, leave out its line" },
	{ "None", "to leave a field out, leave out its line" },
	{ "yes", "true" },
	{ "on", "true" },
	{ "True", "true" },
	{ "no", "false" },
	{ "off", "false" },
	{ "False", "false" },
};

static const char *
foreign_help(const char *word)
{
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		if (!strcmp(foreign[i].word, word))
			return foreign[i].help;
	return NULL;
}

static uint32_t
unknown_name(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, n)->a;
	const struct type *t = TYPE_AT(p, expected);
	struct diag *g;

	if (expected && t->kind == TYPE_WORDS) {
		g = check_fault(ck, EGM0141, n, "`%s` is not %s", program_text(p, name),
			check_type_text(ck, expected));
		check_suggest_words(ck, g, name, expected);
	} else if (expected && type_is_text(p, expected)) {
		check_bare_text(ck, n);
	} else {
		const char *help = foreign_help(program_text(p, name));

		if (!help && expected)
			help = shape_help(t);
		g = check_fault(ck, EGM0102, n, "`%s` is neither a variable nor anything declared",
			program_text(p, name));
		if (help)
			diag_line(&p->diags, g, LINE_HELP, "%s", help);
		else
			check_suggest_names(ck, g, name);
	}
	return 0;
}

/* A path of labels in a site: a NAME, or DOTs over one. */
bool
check_is_label_path(const struct program *p, node_id n)
{
	while (NODE_AT(p, n)->kind == NODE_DOT)
		n = NODE_AT(p, n)->kid[0];
	return NODE_AT(p, n)->kind == NODE_NAME;
}

bool
check_in_site(const struct checker *ck)
{
	return ck->context && CONTEXT_AT(ck->p, ck->context)->site;
}

enum diag_code
check_type_code(const struct checker *ck)
{
	return check_in_site(ck) ? EGM0120 : EGM0402;
}

/* The variable at the root of a path, if it is one. */
bool
check_root_is_var(const struct checker *ck, node_id n)
{
	struct program *p = ck->p;

	while (NODE_AT(p, n)->kind == NODE_DOT)
		n = NODE_AT(p, n)->kid[0];
	for (uint32_t c = ck->context; c; c = CONTEXT_AT(p, c)->parent)
		if (check_find_var(p, c, NODE_AT(p, n)->a))
			return true;
	return false;
}

uint32_t
check_label_path(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t first = TYPE_AT(p, expected)->first, count = TYPE_AT(p, expected)->count;

	for (uint32_t i = 0; i < count; i++)
		check_read_rtype(ck, NUMBER_AT(p, first + i), n);
	return check_meant(ck, n, MEANING_LABEL, 0, TYPE_ID(expected));
}

uint32_t
check_name(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t by = check_word_type(ck, expected), type;

	if (by && TYPE_AT(p, by)->kind == TYPE_WORDS && type_has_word(p, by, NODE_AT(p, n)->a))
		return check_meant(ck, n, MEANING_WORD, 0, by);
	if (resolve_var(ck, n, &type))
		return type;
	if (by && TYPE_AT(p, by)->kind == TYPE_REF && check_in_site(ck))
		return check_label_path(ck, n, by);
	/* Nothing that a name stands for is a word, not even a case of that name. */
	if (by && check_in_site(ck))
		return check_meant(ck, n, MEANING_NONE, 0, unknown_name(ck, n, expected));
	if (resolve_global(ck, n, &type))
		return type;
	return check_meant(ck, n, MEANING_NONE, 0, unknown_name(ck, n, expected));
}
