/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions: what each name means, what type each value has, and which columns are read on the way. A bare word is resolved by the
 * expected type (a word of an enum; in a site also a label), then as a variable, then as a once-record, then as a set.
 */
#include "check/checker.h"

#include <stdarg.h>
#include <string.h>
#include "base/mem.h"
#include "base/suggest.h"
#include "check/check.h"

static const char *
describe(struct checker *ck, uint32_t type)
{
	struct str s = STR_INIT;
	const char *text;

	type_describe(ck->p, type, &s);
	text = arena_copy(&ck->p->diags.arena, str_text(&s), s.len);
	str_release(&s);
	return text;
}

static const char *
text_of(struct checker *ck, node_id n)
{
	return program_text(ck->p, NODE_AT(ck->p, n)->a);
}

static uint32_t
wrong_type(struct checker *ck, node_id n, uint32_t wanted, uint32_t got)
{
	if (TYPE_AT(ck->p, wanted)->kind != TYPE_POISON && TYPE_AT(ck->p, got)->kind != TYPE_POISON)
		check_fault(ck, ck->user ? EGM0120 : EGM0402, n, "here stands %s, where %s is wanted",
			    describe(ck, got), describe(ck, wanted));
	return 0;
}

void
check_read(struct checker *ck, uint32_t column, node_id n)
{
	struct read r = { column, n };

	if (column)
		vec_push(&ck->reads, &r);
}

static void
read_numbers(struct checker *ck, uint32_t first, uint32_t count, node_id n)
{
	for (uint32_t i = 0; i < count; i++)
		check_read(ck, NUMBER_AT(ck->p, first + i), n);
}

static void
read_rtype(struct checker *ck, uint32_t rtype, node_id n)
{
	uint32_t choice = RTYPE_AT(ck->p, rtype)->choice;

	RTYPE_AT(ck->p, rtype)->read = true;
	if (rtype == ck->p->crossing_rtype && ck->context)
		CONTEXT_AT(ck->p, ck->context)->reads_crossing = true;
	if (choice)
		RTYPE_AT(ck->p, choice)->read = true;
	check_read(ck, RTYPE_AT(ck->p, choice ? choice : rtype)->existence, n);
}

/* --- contexts and variables --- */

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
		check_fault(ck, EGM0403, n, "`%s` is defined by itself", program_text(p, VAR_AT(p, v)->name));
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

static uint32_t
var_type(struct checker *ck, uint32_t v, node_id n)
{
	struct program *p = ck->p;

	if (VAR_AT(p, v)->let && VAR_AT(p, v)->state != 2)
		let_type(ck, v, n);
	if (VAR_AT(p, v)->let)
		read_numbers(ck, VAR_AT(p, v)->reads_first, VAR_AT(p, v)->reads_count, n);
	return VAR_AT(p, v)->type;
}

/* The type of a member; a computed field is checked when it is first needed. */
static uint32_t
member_type(struct checker *ck, uint32_t m, node_id n)
{
	struct program *p = ck->p;
	struct member *member = MEMBER_AT(p, m);
	struct checker inner;
	uint32_t type;

	member->read = true;
	if (member->form != MEMBER_LET || member->state == 2)
		return member->type;
	if (member->state == 1) {
		check_fault(ck, EGM0403, n, "`%s` is defined by itself", program_text(p, member->name));
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

static uint32_t
find_var(const struct program *p, uint32_t context, atom name)
{
	for (uint32_t v = CONTEXT_AT(p, context)->lets; v; v = VAR_AT(p, v)->next)
		if (VAR_AT(p, v)->name == name)
			return v;
	return 0;
}

static uint32_t
meant(struct checker *ck, node_id n, enum meaning meaning, uint32_t ref, uint32_t type)
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

static uint32_t
find_owner(const struct program *p, uint32_t rtype, atom name)
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
	uint32_t m = program_member(p, rtype, name), o = find_owner(p, rtype, name);

	if (m) {
		*type = meant(ck, n, MEANING_FIELD, m, member_type(ck, m, n));
		check_read(ck, MEMBER_AT(p, m)->column, n);
		NODE_AT(p, n)->type = *type;
	} else if (o) {
		*type = meant(ck, n, MEANING_OWNER, o, RTYPE_AT(p, o)->ref_type);
	} else if (name == p->words_.name) {
		*type = meant(ck, n, MEANING_NAME_OF, 0, TYPE_T(DNS_LABEL));
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
		uint32_t v = find_var(p, c, name);

		if (v) {
			uint32_t t = var_type(ck, v, n);

			*type = meant(ck, n, MEANING_VAR, v, t);
			return true;
		}
		if (CONTEXT_AT(p, c)->kind == CONTEXT_SELF && resolve_own(ck, n, CONTEXT_AT(p, c)->rtype, type))
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
		*type = meant(ck, n, MEANING_ONCE, s.rtype, RTYPE_AT(p, s.rtype)->ref_type);
		read_rtype(ck, s.rtype, n);
	} else if (s.rtype) {
		uint8_t form = RTYPE_AT(p, s.rtype)->form;
		bool object = form == FORM_KIND || form == FORM_VALUES;

		*type = meant(ck, n, object ? MEANING_OBJECTS : MEANING_SET, s.rtype, RTYPE_AT(p, s.rtype)->set_type);
		read_rtype(ck, s.rtype, n);
	} else if (s.table) {
		*type = type_new(p, TYPE_TABLE);
		TYPE_AT(p, *type)->elem = s.table;
		meant(ck, n, MEANING_TABLE, s.table, *type);
	} else if (s.type && TYPE_AT(p, s.type)->kind == TYPE_WORDS) {
		*type = meant(ck, n, MEANING_WORDS, s.type, s.type);
	} else {
		return false;
	}
	return true;
}

/* The type that a bare word may be resolved by. */
static uint32_t
word_type(struct checker *ck, uint32_t expected)
{
	const struct type *t = TYPE_AT(ck->p, expected);

	return expected && (t->kind == TYPE_WORDS || t->kind == TYPE_REF) ? TYPE_ID(expected) : 0;
}

static void
suggest_words(struct checker *ck, struct diag *g, atom name, uint32_t type)
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
		diag_line(&p->diags, g, LINE_HELP, "one of: %s", describe(ck, type));
	}
}

static void
suggest_names(struct checker *ck, struct diag *g, atom name)
{
	struct program *p = ck->p;
	struct suggest s;

	suggest_init(&s, program_text(p, name), atom_len(&p->atoms, name));
	for (uint32_t c = ck->context; c; c = CONTEXT_AT(p, c)->parent) {
		for (uint32_t v = CONTEXT_AT(p, c)->lets; v; v = VAR_AT(p, v)->next)
			suggest_offer(&s, program_text(p, VAR_AT(p, v)->name));
		if (CONTEXT_AT(p, c)->kind == CONTEXT_SELF)
			for (uint32_t m = RTYPE_AT(p, CONTEXT_AT(p, c)->rtype)->members; m; m = MEMBER_AT(p, m)->next)
				suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	}
	for (atom a = 1; a < p->symbols.count; a++)
		if (program_symbol(p, a).rtype || program_symbol(p, a).table)
			suggest_offer(&s, program_text(p, a));
	if (s.best)
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
}

static uint32_t
unknown_name(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, n)->a;
	const struct type *t = TYPE_AT(p, expected);
	struct diag *g;

	if (expected && t->kind == TYPE_WORDS) {
		g = check_fault(ck, EGM0141, n, "`%s` is not %s", program_text(p, name), describe(ck, expected));
		suggest_words(ck, g, name, expected);
	} else if (expected && type_is_text(p, expected)) {
		g = check_fault(ck, EGM0102, n, "`%s` is nothing that is declared; free text is quoted", program_text(p, name));
		diag_line(&p->diags, g, LINE_HELP, "\"%s\"", program_text(p, name));
		diag_fix(&p->diags, g, NODE_AT(p, n)->span, "\"%s\"", program_text(p, name));
	} else {
		g = check_fault(ck, EGM0102, n, "`%s` is neither a variable nor anything declared", program_text(p, name));
		suggest_names(ck, g, name);
	}
	return 0;
}

/* A path of labels in a site: a NAME, or DOTs over one. */
static bool
is_label_path(const struct program *p, node_id n)
{
	while (NODE_AT(p, n)->kind == NODE_DOT)
		n = NODE_AT(p, n)->kid[0];
	return NODE_AT(p, n)->kind == NODE_NAME;
}

static bool
in_site(const struct checker *ck)
{
	return ck->context && CONTEXT_AT(ck->p, ck->context)->site;
}

/* The variable at the root of a path, if it is one. */
static bool
root_is_var(struct checker *ck, node_id n)
{
	struct program *p = ck->p;

	while (NODE_AT(p, n)->kind == NODE_DOT)
		n = NODE_AT(p, n)->kid[0];
	for (uint32_t c = ck->context; c; c = CONTEXT_AT(p, c)->parent)
		if (find_var(p, c, NODE_AT(p, n)->a))
			return true;
	return false;
}

static uint32_t
label_path(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t first = TYPE_AT(p, expected)->first, count = TYPE_AT(p, expected)->count;

	for (uint32_t i = 0; i < count; i++)
		read_rtype(ck, NUMBER_AT(p, first + i), n);
	return meant(ck, n, MEANING_LABEL, 0, TYPE_ID(expected));
}

static uint32_t
check_name(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t by = word_type(ck, expected), type;

	if (by && TYPE_AT(p, by)->kind == TYPE_WORDS && type_has_word(p, by, NODE_AT(p, n)->a))
		return meant(ck, n, MEANING_WORD, 0, by);
	if (resolve_var(ck, n, &type))
		return type;
	if (by && TYPE_AT(p, by)->kind == TYPE_REF && in_site(ck))
		return label_path(ck, n, by);
	if (resolve_global(ck, n, &type))
		return type;
	return meant(ck, n, MEANING_NONE, 0, unknown_name(ck, n, expected));
}

/* --- literals --- */

static uint32_t
bad_value(struct checker *ck, node_id n, const char *shown, const char *why)
{
	check_fault(ck, EGM0121, n, "`%s` cannot stand here: %s", shown, why);
	return 0;
}

static uint32_t
check_text_literal(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, expected);
	atom text = NODE_AT(p, n)->a;
	struct str why = STR_INIT;
	uint32_t type = TYPE_ID(expected);

	NODE_AT(p, n)->type = TYPE_T(TEXT);
	if (!expected || t->kind == TYPE_POISON)
		return TYPE_T(TEXT);
	if (t->kind == TYPE_WORDS && t->flags & TYPE_FLAG_LEXICAL) {
		if (type_has_word(p, expected, text))
			return NODE_AT(p, n)->type = type;
		suggest_words(ck, check_fault(ck, EGM0141, n, "`%s` is not %s", program_text(p, text), describe(ck, expected)),
			      text, expected);
		return 0;
	}
	if (t->kind == TYPE_WORDS || t->kind == TYPE_REF) {
		struct diag *g = check_fault(ck, EGM0120, n, "quoted is free text; here stands %s, which is written bare",
					     t->kind == TYPE_WORDS ? "a word" : "a reference");

		diag_line(&p->diags, g, LINE_HELP, "%s", program_text(p, text));
		diag_fix(&p->diags, g, NODE_AT(p, n)->span, "%s", program_text(p, text));
		return 0;
	}
	if (t->kind != TYPE_SCALAR || type_is_number(p, expected) || t->scalar == SCALAR_TYPE_BOOL)
		return wrong_type(ck, n, expected, TYPE_T(TEXT));
	if (!check_text(p, expected, program_text(p, text), atom_len(&p->atoms, text), &why))
		type = bad_value(ck, n, program_text(p, text), str_text(&why));
	str_release(&why);
	return NODE_AT(p, n)->type = type;
}

static uint32_t
check_int(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, expected);
	int64_t v = NODE_AT(p, n)->n;

	NODE_AT(p, n)->type = TYPE_T(INT);
	if (!expected || t->kind != TYPE_SCALAR || t->scalar == SCALAR_TYPE_INT) {
		if (expected && t->flags & TYPE_FLAG_RANGED && t->kind == TYPE_SCALAR && (v < t->lo || v > t->hi)) {
			check_fault(ck, EGM0121, n, "`%lld` is not %s", (long long)v, describe(ck, expected));
			return 0;
		}
		return expected && t->kind == TYPE_SCALAR ? (NODE_AT(p, n)->type = TYPE_ID(expected)) : TYPE_T(INT);
	}
	if (t->scalar == SCALAR_TYPE_PORT && (v < 1 || v > 65535)) {
		check_fault(ck, EGM0121, n, "`%lld` is not a port (1..65535)", (long long)v);
		return 0;
	}
	if (t->scalar == SCALAR_TYPE_DURATION || t->scalar == SCALAR_TYPE_PERCENT) {
		struct diag *g = check_fault(ck, EGM0120, n, "`%lld` has no unit", (long long)v);

		diag_line(&p->diags, g, LINE_HELP, t->scalar == SCALAR_TYPE_PERCENT ? "%lld%%" : "%llds", (long long)v);
		return 0;
	}
	if (t->scalar == SCALAR_TYPE_VERSION || type_is_text(p, expected)) {
		struct diag *g = check_fault(ck, EGM0120, n, "%s is quoted",
					     t->scalar == SCALAR_TYPE_VERSION ? "a version" : "text");

		diag_line(&p->diags, g, LINE_HELP, "\"%lld\"", (long long)v);
		return 0;
	}
	if (t->scalar == SCALAR_TYPE_PORT || t->scalar == SCALAR_TYPE_QUANTITY)
		return NODE_AT(p, n)->type = TYPE_ID(expected);
	return TYPE_T(INT);
}

static uint32_t
unit_kind(const char *text, size_t len)
{
	int64_t v;

	if (text[len - 1] == '%')
		return percent_parse(text, len, &v) ? TYPE_T(PERCENT) : 0;
	if (duration_parse(text, len, &v))
		return TYPE_T(DURATION);
	return scalar_info(SCALAR_TYPE_QUANTITY)->valid(text, len) ? TYPE_T(QUANTITY) : 0;
}

static uint32_t
check_unit(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	atom a = NODE_AT(p, n)->a;
	const char *text = program_text(p, a);
	uint32_t type = unit_kind(text, atom_len(&p->atoms, a));
	const struct type *t = TYPE_AT(p, expected);
	bool wants_unit = expected && t->kind == TYPE_SCALAR &&
			  (t->scalar == SCALAR_TYPE_PERCENT || t->scalar == SCALAR_TYPE_DURATION || t->scalar == SCALAR_TYPE_QUANTITY);

	if (wants_unit && scalar_info((enum scalar_type)t->scalar)->valid(text, atom_len(&p->atoms, a)))
		return NODE_AT(p, n)->type = TYPE_ID(expected);
	if (!type || wants_unit) {
		check_fault(ck, EGM0121, n, "`%s` is not %s", text, wants_unit ? describe(ck, expected) :
			    "a percentage, a duration or a quantity");
		return 0;
	}
	return NODE_AT(p, n)->type = type;
}

static bool
printable(const struct program *p, uint32_t type)
{
	uint8_t kind = TYPE_AT(p, type)->kind;

	return kind == TYPE_SCALAR || kind == TYPE_WORDS || kind == TYPE_POISON;
}

static uint32_t
check_interp(struct checker *ck, node_id n)
{
	struct program *p = ck->p;

	for (node_id part = NODE_AT(p, n)->kid[0]; part; part = NODE_AT(p, part)->next) {
		uint32_t t;

		if (NODE_AT(p, part)->kind == NODE_STRING) {
			NODE_AT(p, part)->type = TYPE_T(TEXT);
			continue;
		}
		t = check_expr(ck, part, 0);
		if (!printable(p, t)) {
			struct diag *g = check_fault(ck, ck->user ? EGM0120 : EGM0402, part, "%s cannot be put into a text", describe(ck, t));

			if (TYPE_AT(p, t)->kind == TYPE_REF)
				diag_line(&p->diags, g, LINE_HELP, "its label is `.name`");
		} else if (t & TYPE_OPTIONAL && !ck->lenient) {
			check_fault(ck, EGM0405, part, "this may be absent, so it cannot be put into a text");
		}
	}
	return NODE_AT(p, n)->type = TYPE_T(TEXT);
}

static uint32_t
check_list(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, expected);
	bool known = expected && (t->kind == TYPE_LIST || t->kind == TYPE_SET);
	uint32_t elem = known ? t->elem : 0;
	node_id first = NODE_AT(p, n)->kid[0];

	if (expected && !known && t->kind != TYPE_POISON)
		return wrong_type(ck, n, expected, type_new(p, TYPE_EMPTY));
	if (!first)
		return NODE_AT(p, n)->type = known ? TYPE_ID(expected) : type_new(p, TYPE_EMPTY);
	for (node_id item = first; item; item = NODE_AT(p, item)->next) {
		if (known) {
			check_value(ck, item, elem, false);
		} else {
			uint32_t got = check_expr(ck, item, elem);

			if (item == first)
				elem = got;
			else if (!type_common(ck, elem, got, &elem))
				wrong_type(ck, item, elem, got);
		}
	}
	return NODE_AT(p, n)->type = known ? TYPE_ID(expected) : type_of_elem(p, TYPE_LIST, TYPE_ID(elem));
}

static uint32_t
check_comp(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t outer = ck->context, facts = ck->facts.count, elem;

	NODE_AT(p, n)->ref = check_for(ck, NODE_AT(p, n)->kid[1], CONTEXT_FOR);
	elem = check_expr(ck, NODE_AT(p, n)->kid[0], expected);
	ck->context = outer;
	vec_cut(&ck->facts, facts);
	return NODE_AT(p, n)->type = elem;
}

static uint32_t
check_comp_list(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, expected);
	bool known = expected && (t->kind == TYPE_LIST || t->kind == TYPE_SET);
	uint32_t elem = check_comp(ck, NODE_AT(p, n)->kid[0], known ? t->elem : 0);

	if (elem & TYPE_OPTIONAL && !ck->lenient)
		check_fault(ck, EGM0405, NODE_AT(p, NODE_AT(p, n)->kid[0])->kid[0], "this may be absent; bind it with `for x in ...`");
	return NODE_AT(p, n)->type = type_of_elem(p, TYPE_LIST, TYPE_ID(elem));
}

/* --- bodies as values --- */

static void
unknown_field(struct checker *ck, node_id word, uint32_t first, const char *of)
{
	struct program *p = ck->p;
	struct diag *g = check_fault(ck, EGM0103, word, "unknown field `%s` in %s", text_of(ck, word), of);
	struct suggest s;

	suggest_init(&s, text_of(ck, word), atom_len(&p->atoms, NODE_AT(p, word)->a));
	for (uint32_t m = first; m; m = MEMBER_AT(p, m)->next)
		suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, NODE_AT(p, word)->span, "%s", s.best);
	}
}

static uint32_t
check_map(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t elem = expected ? TYPE_AT(p, expected)->elem : 0;

	for (node_id f = NODE_AT(p, n)->kid[0]; f; f = NODE_AT(p, f)->next) {
		struct node field = *NODE_AT(p, f);

		if (field.kind != NODE_FIELD) {
			check_fault(ck, EGM0008, f, "%s cannot stand in a map", ast_kind_name((enum node_kind)field.kind));
			continue;
		}
		if (NODE_AT(p, field.kid[0])->next) {
			struct diag *g = check_fault(ck, EGM0120, field.kid[0], "a key of a map is one word");

			diag_line(&p->diags, g, LINE_HELP, "quote a key with dots or slashes: \"a.b/c\" = ...");
		}
		for (node_id o = NODE_AT(p, n)->kid[0]; o != f; o = NODE_AT(p, o)->next)
			if (NODE_AT(p, o)->kind == NODE_FIELD && NODE_AT(p, NODE_AT(p, o)->kid[0])->a == NODE_AT(p, field.kid[0])->a)
				diag_label(&p->diags, check_fault(ck, EGM0104, field.kid[0], "the key `%s` stands here twice",
					   text_of(ck, field.kid[0])), NODE_AT(p, o)->span, "first here");
		if (elem)
			check_value(ck, field.kid[1], elem, false);
		else
			elem = TYPE_ID(check_expr(ck, field.kid[1], 0));
	}
	if (expected)
		return NODE_AT(p, n)->type = TYPE_ID(expected);
	if (!NODE_AT(p, n)->kid[0])
		return NODE_AT(p, n)->type = type_new(p, TYPE_EMPTY);
	return NODE_AT(p, n)->type = type_of_elem(p, TYPE_MAP, elem);
}

static void
check_struct_required(struct checker *ck, node_id n, uint32_t members)
{
	struct program *p = ck->p;

	for (uint32_t m = members; m; m = MEMBER_AT(p, m)->next) {
		bool given = MEMBER_AT(p, m)->optional || MEMBER_AT(p, m)->value;

		for (node_id f = NODE_AT(p, n)->kid[0]; f && !given; f = NODE_AT(p, f)->next)
			given = NODE_AT(p, f)->kind == NODE_FIELD && NODE_AT(p, NODE_AT(p, f)->kid[0])->a == MEMBER_AT(p, m)->name;
		if (!given)
			check_fault(ck, EGM0131, n, "`%s` is missing here", program_text(p, MEMBER_AT(p, m)->name));
	}
}

static uint32_t
check_struct_value(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t members = TYPE_AT(p, expected)->members;

	for (node_id f = NODE_AT(p, n)->kid[0]; f; f = NODE_AT(p, f)->next) {
		struct node field = *NODE_AT(p, f);
		uint32_t m;

		if (field.kind != NODE_FIELD) {
			check_fault(ck, EGM0008, f, "%s cannot stand in a value", ast_kind_name((enum node_kind)field.kind));
			continue;
		}
		m = program_struct_member(p, members, NODE_AT(p, field.kid[0])->a);
		if (!m) {
			unknown_field(ck, field.kid[0], members, "this body");
			continue;
		}
		NODE_AT(p, field.kid[0])->ref = m;
		check_value(ck, field.kid[1], MEMBER_AT(p, m)->type, MEMBER_AT(p, m)->optional);
	}
	check_struct_required(ck, n, members);
	return NODE_AT(p, n)->type = TYPE_ID(expected);
}

static uint32_t
check_body_value(struct checker *ck, node_id n, uint32_t expected)
{
	switch ((enum type_kind)TYPE_AT(ck->p, expected)->kind) {
	case TYPE_POISON:
		return check_map(ck, n, 0);
	case TYPE_MAP:
		return check_map(ck, n, TYPE_ID(expected));
	case TYPE_STRUCT:
		return check_struct_value(ck, n, expected);
	default:
		return wrong_type(ck, n, expected, type_new(ck->p, TYPE_STRUCT));
	}
}

/* --- paths --- */

/* The part of an endpoint or version that a word names; 0 if none. */
static uint32_t
scalar_part(struct checker *ck, node_id n, uint32_t base)
{
	struct program *p = ck->p;
	atom word = NODE_AT(p, n)->a;
	const struct type *t = TYPE_AT(p, base);

	if (t->scalar == SCALAR_TYPE_VERSION && word == p->words_.exact)
		return meant(ck, n, MEANING_EXACT, 0, TYPE_T(TEXT));
	if (t->scalar != SCALAR_TYPE_ENDPOINT)
		return 0;
	if (word == p->words_.port)
		return meant(ck, n, MEANING_ENDPOINT_PART, 0, TYPE_T(PORT));
	if (word == p->words_.host)
		return meant(ck, n, MEANING_ENDPOINT_PART, 0, TYPE_T(DOMAIN));
	if (word == p->words_.service || word == p->words_.namespace)
		return meant(ck, n, MEANING_ENDPOINT_PART, 0, TYPE_T(DNS_LABEL));
	return 0;
}

/* One word after a record of type rtype: a member, a set of children, an owner, its name. 0 if it has none such. */
static uint32_t
record_word(struct checker *ck, node_id n, uint32_t rtype)
{
	struct program *p = ck->p;
	atom word = NODE_AT(p, n)->a;
	uint32_t m = program_member(p, rtype, word), o, child = program_symbol(p, word).rtype, type;

	if (m) {
		type = member_type(ck, m, n);
		check_read(ck, MEMBER_AT(p, m)->column, n);
		if (MEMBER_AT(p, m)->form == MEMBER_CHILD)
			read_rtype(ck, MEMBER_AT(p, m)->child, n);
		return meant(ck, n, MEANING_MEMBER, m, type);
	}
	o = find_owner(p, rtype, word);
	if (o)
		return meant(ck, n, MEANING_OWNER_OF, o, RTYPE_AT(p, o)->ref_type);
	if (child && (RTYPE_AT(p, child)->any_owner ||
		      (RTYPE_AT(p, child)->choice && RTYPE_AT(p, RTYPE_AT(p, child)->choice)->owner == rtype))) {
		read_rtype(ck, child, n);
		return meant(ck, n, MEANING_CHILDREN, child, type_records(p, child, RTYPE_AT(p, child)->choice ? 1 : 0));
	}
	if (word == p->words_.name)
		return meant(ck, n, MEANING_NAME_OF, 0, TYPE_T(DNS_LABEL));
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
	g = check_fault_at(ck, EGM0103, check_word_span(p, n), "%s has no `%s`", describe(ck, base), text_of(ck, n));
	suggest_init(&s, text_of(ck, n), atom_len(&p->atoms, NODE_AT(p, n)->a));
	if (t->kind == TYPE_REF || t->kind == TYPE_RECORDS) {
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

/* A word after a reference that may be to records of several types: all must have it, with types in common. */
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
	return type || NODE_AT(p, n)->aux ? (NODE_AT(p, n)->type = type) : no_such_word(ck, n, base);
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
		return meant(ck, n, MEANING_STRUCT_MEMBER, m, TYPE_T(TEXT) | (MEMBER_AT(p, m)->type & TYPE_OPTIONAL));
	return meant(ck, n, MEANING_STRUCT_MEMBER, m, MEMBER_AT(p, m)->type);
}

static uint32_t
row_word(struct checker *ck, node_id n, uint32_t base)
{
	struct program *p = ck->p;
	uint32_t m = program_struct_member(p, TABLE_AT(p, TYPE_AT(p, base)->elem)->members, NODE_AT(p, n)->a);

	if (!m)
		return no_such_word(ck, n, base);
	MEMBER_AT(p, m)->read = true;
	return meant(ck, n, MEANING_CELL, m, MEMBER_AT(p, m)->type);
}

static uint32_t
check_dot(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t by = word_type(ck, expected), base, type = 0, rtype;
	const struct type *t;
	bool maybe;

	NODE_AT(p, n)->aux = MEANING_NONE;
	if (by && TYPE_AT(p, by)->kind == TYPE_REF && in_site(ck) && is_label_path(p, n) && !root_is_var(ck, n))
		return label_path(ck, n, by);
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
		type = meant(ck, n, MEANING_MAP_KEY, 0, t->elem | TYPE_OPTIONAL);
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

static uint32_t
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
		check_fault(ck, EGM0402, n, "%s cannot be indexed", describe(ck, base));
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
	if (!in_site(ck) || !is_label_path(p, n) || root_is_var(ck, n) || program_symbol(p, NODE_AT(p, root)->a).rtype)
		return check_expr(ck, n, 0);
	type = type_of_rtypes(p, TYPE_REF, NULL, 0, 0);
	for (uint32_t t = 1; t < p->rtypes.count; t++)
		if (RTYPE_AT(p, t)->form == FORM_BLOCK)
			check_read(ck, RTYPE_AT(p, t)->existence, n);
	return meant(ck, n, MEANING_LABEL, 0, type);
}

static uint32_t
check_of(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct symbol s = program_symbol(p, NODE_AT(p, n)->a);
	uint32_t owner = check_owner(ck, NODE_AT(p, n)->kid[0], s.rtype ? RTYPE_AT(p, s.rtype)->owner : 0);

	if (!s.rtype) {
		struct diag *g = check_fault(ck, EGM0102, n, "there is no block or kind `%s`", text_of(ck, n));

		suggest_names(ck, g, NODE_AT(p, n)->a);
		return 0;
	}
	if (TYPE_AT(p, owner)->kind != TYPE_REF && TYPE_AT(p, owner)->kind != TYPE_POISON)
		check_fault(ck, EGM0402, NODE_AT(p, n)->kid[0], "what follows `of` is a record, not %s", describe(ck, owner));
	read_rtype(ck, s.rtype, n);
	return meant(ck, n, MEANING_NONE, s.rtype, RTYPE_AT(p, s.rtype)->ref_type | (owner & TYPE_OPTIONAL));
}

/* --- operators --- */

static uint32_t
check_equal(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id a = NODE_AT(p, n)->kid[0], b = NODE_AT(p, n)->kid[1];
	uint32_t ta = check_expr(ck, a, 0), tb, both;

	tb = check_expr(ck, b, TYPE_ID(ta));
	if (!type_common(ck, ta, tb, &both))
		check_fault(ck, EGM0402, n, "%s and %s are never equal", describe(ck, ta), describe(ck, tb));
	return TYPE_T(BOOL);
}

static bool
ordered(const struct program *p, uint32_t type)
{
	const struct type *t = TYPE_AT(p, type);

	return t->kind == TYPE_SCALAR && (t->scalar == SCALAR_TYPE_INT || t->scalar == SCALAR_TYPE_PORT ||
		t->scalar == SCALAR_TYPE_DURATION || t->scalar == SCALAR_TYPE_PERCENT || t->scalar == SCALAR_TYPE_VERSION ||
		t->scalar == SCALAR_TYPE_DATE || t->scalar == SCALAR_TYPE_QUANTITY);
}

static void
need_present(struct checker *ck, node_id n, uint32_t type)
{
	if (type & TYPE_OPTIONAL && !ck->lenient) {
		struct diag *g = check_fault(ck, EGM0405, n, "this may be absent");

		diag_line(&ck->p->diags, g, LINE_HELP, "bind it with `for x in ...`, or give `default(x, y)`");
	}
}

static uint32_t
check_order(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id a = NODE_AT(p, n)->kid[0], b = NODE_AT(p, n)->kid[1];
	uint32_t ta = check_expr(ck, a, 0), tb = check_expr(ck, b, TYPE_ID(ta)), both;

	need_present(ck, a, ta);
	need_present(ck, b, tb);
	if (TYPE_AT(p, ta)->kind == TYPE_POISON || TYPE_AT(p, tb)->kind == TYPE_POISON)
		return TYPE_T(BOOL);
	if (!ordered(p, ta) || !type_common(ck, ta, tb, &both))
		check_fault(ck, EGM0402, n, "%s and %s have no order", describe(ck, ta), describe(ck, tb));
	return TYPE_T(BOOL);
}

static uint32_t
check_in(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id a = NODE_AT(p, n)->kid[0], b = NODE_AT(p, n)->kid[1];
	uint32_t ta, tb, both;

	if (NODE_AT(p, b)->kind == NODE_LIST) {
		ta = check_expr(ck, a, 0);
		tb = check_expr(ck, b, type_of_elem(p, TYPE_LIST, TYPE_ID(ta)));
	} else {
		tb = check_expr(ck, b, 0);
		ta = check_expr(ck, a, type_elem(p, tb));
	}
	if (!type_elem(p, tb) && TYPE_AT(p, tb)->kind != TYPE_POISON && TYPE_AT(p, tb)->kind != TYPE_EMPTY)
		check_fault(ck, EGM0402, b, "`in` wants a list or a set on its right");
	else if (type_elem(p, tb) && !type_common(ck, ta, type_elem(p, tb), &both))
		check_fault(ck, EGM0402, n, "%s is never in %s", describe(ck, ta), describe(ck, tb));
	return TYPE_T(BOOL);
}

static uint32_t
check_is(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id b = NODE_AT(p, n)->kid[1];
	uint32_t ta = check_expr(ck, NODE_AT(p, n)->kid[0], 0);
	struct symbol s = program_symbol(p, NODE_AT(p, b)->a);

	if (NODE_AT(p, b)->kind != NODE_NAME || !s.rtype || RTYPE_AT(p, s.rtype)->form != FORM_CASE)
		check_fault(ck, EGM0102, b, "the right side of `is` is a case");
	else {
		meant(ck, b, MEANING_CASE, s.rtype, 0);
		read_rtype(ck, s.rtype, n);
	}
	if (TYPE_AT(p, ta)->kind != TYPE_REF && TYPE_AT(p, ta)->kind != TYPE_RECORDS && TYPE_AT(p, ta)->kind != TYPE_POISON)
		check_fault(ck, EGM0402, NODE_AT(p, n)->kid[0], "`is` asks a choice for its case, not %s", describe(ck, ta));
	return TYPE_T(BOOL);
}

static bool
scalar_is(const struct program *p, uint32_t type, enum scalar_type s)
{
	return TYPE_AT(p, type)->kind == TYPE_SCALAR && TYPE_AT(p, type)->scalar == s;
}

/* + - * / over numbers, durations, lists and maps. */
static uint32_t
check_arithmetic(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	node_id a = NODE_AT(p, n)->kid[0], b = NODE_AT(p, n)->kid[1];
	enum op op = (enum op)NODE_AT(p, n)->op;
	uint8_t wanted = TYPE_AT(p, expected)->kind;
	uint32_t pass = wanted == TYPE_MAP || wanted == TYPE_LIST || wanted == TYPE_SET ? TYPE_ID(expected) : 0;
	uint32_t ta = check_expr(ck, a, pass), tb = check_expr(ck, b, pass ? pass : op == OP_PLUS || op == OP_MINUS ? TYPE_ID(ta) : 0);
	uint32_t both;
	bool na = type_is_number(p, ta), nb = type_is_number(p, tb);
	bool da = scalar_is(p, ta, SCALAR_TYPE_DURATION), db = scalar_is(p, tb, SCALAR_TYPE_DURATION);
	uint8_t ka = TYPE_AT(p, ta)->kind;

	need_present(ck, a, ta);
	need_present(ck, b, tb);
	if (ka == TYPE_POISON || TYPE_AT(p, tb)->kind == TYPE_POISON)
		return 0;
	if (na && nb)
		return TYPE_T(INT);
	if ((op == OP_PLUS || op == OP_MINUS) && da && db)
		return TYPE_T(DURATION);
	if (op == OP_TIMES && ((da && nb) || (na && db)))
		return TYPE_T(DURATION);
	if (op == OP_OVER && da && nb)
		return TYPE_T(DURATION);
	if (op == OP_PLUS && (ka == TYPE_MAP || ka == TYPE_LIST || ka == TYPE_SET || ka == TYPE_EMPTY) && type_common(ck, ta, tb, &both))
		return both;
	check_fault(ck, ck->user ? EGM0120 : EGM0402, n, "`%s` does not work on %s and %s", ast_op_text(op), describe(ck, ta), describe(ck, tb));
	return 0;
}

static uint32_t
check_binary(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t facts = ck->facts.count;
	enum op op = (enum op)NODE_AT(p, n)->op;

	switch (op) {
	case OP_OR:
	case OP_AND:
		check_condition(ck, NODE_AT(p, n)->kid[0]);
		check_narrow(ck, NODE_AT(p, n)->kid[0], op == OP_AND);
		check_condition(ck, NODE_AT(p, n)->kid[1]);
		vec_cut(&ck->facts, facts);
		return NODE_AT(p, n)->type = TYPE_T(BOOL);
	case OP_EQ:
	case OP_NE:
		return NODE_AT(p, n)->type = check_equal(ck, n);
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		return NODE_AT(p, n)->type = check_order(ck, n);
	case OP_IN:
		return NODE_AT(p, n)->type = check_in(ck, n);
	case OP_IS:
		return NODE_AT(p, n)->type = check_is(ck, n);
	default:
		return NODE_AT(p, n)->type = check_arithmetic(ck, n, expected);
	}
}

static uint32_t
check_cond(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	node_id cond = NODE_AT(p, n)->kid[0];
	uint32_t facts = ck->facts.count, ta, tb, both;

	check_condition(ck, cond);
	check_narrow(ck, cond, true);
	ta = check_expr(ck, NODE_AT(p, n)->kid[1], expected);
	vec_cut(&ck->facts, facts);
	check_narrow(ck, cond, false);
	tb = check_expr(ck, NODE_AT(p, n)->kid[2], expected ? expected : TYPE_ID(ta));
	vec_cut(&ck->facts, facts);
	if (TYPE_AT(p, ta)->kind == TYPE_POISON || TYPE_AT(p, tb)->kind == TYPE_POISON)
		return 0;
	if (!type_common(ck, ta, tb, &both)) {
		check_fault(ck, EGM0402, n, "the branches are %s and %s", describe(ck, ta), describe(ck, tb));
		return 0;
	}
	return NODE_AT(p, n)->type = both;
}

void
check_condition(struct checker *ck, node_id n)
{
	uint32_t t = check_expr(ck, n, TYPE_T(BOOL));

	if (TYPE_AT(ck->p, t)->kind == TYPE_POISON)
		return;
	if (!scalar_is(ck->p, t, SCALAR_TYPE_BOOL)) {
		struct diag *g = check_fault(ck, ck->user ? EGM0120 : EGM0402, n, "a condition is true or false, not %s", describe(ck, t));

		if (t & TYPE_OPTIONAL)
			diag_line(&ck->p->diags, g, LINE_HELP, "`?` behind it asks whether it is there");
	} else {
		need_present(ck, n, t);
	}
}

void
check_narrow(struct checker *ck, node_id n, bool holds)
{
	struct program *p = ck->p;
	const struct node *x = NODE_AT(p, n);
	enum op op = (enum op)x->op;

	if (x->kind == NODE_NOT) {
		check_narrow(ck, x->kid[0], !holds);
	} else if (x->kind == NODE_BINARY && op == (holds ? OP_AND : OP_OR)) {
		node_id b = x->kid[1];

		check_narrow(ck, x->kid[0], holds);
		check_narrow(ck, b, holds);
	} else if (x->kind == NODE_BINARY && (op == OP_EQ || op == OP_NE) && NODE_AT(p, x->kid[1])->aux == MEANING_WORD) {
		struct fact f = { x->kid[0], NODE_AT(p, x->kid[1])->a, (op == OP_EQ) == holds };

		vec_push(&ck->facts, &f);
	}
}

/* --- loops --- */

/* What a binding runs over, and the type of its variable. */
static uint32_t
binding_type(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t set = check_expr(ck, NODE_AT(p, n)->kid[0], 0), elem;

	if (TYPE_AT(p, set)->kind == TYPE_POISON)
		return 0;
	if (set & TYPE_OPTIONAL && TYPE_AT(p, set)->kind != TYPE_LIST && TYPE_AT(p, set)->kind != TYPE_SET)
		return TYPE_ID(set);
	if (TYPE_AT(p, set)->kind == TYPE_MAP || (TYPE_AT(p, set)->kind == TYPE_WORDS && NODE_AT(p, NODE_AT(p, n)->kid[0])->aux != MEANING_WORDS))
		elem = 0;
	else
		elem = type_elem(p, set);
	if (!elem && TYPE_AT(p, set)->kind != TYPE_EMPTY)
		check_fault(ck, ck->user ? EGM0120 : EGM0402, NODE_AT(p, n)->kid[0], "`for` runs over a set, a list or an optional value, not over %s",
			    describe(ck, set));
	return TYPE_ID(elem);
}

uint32_t
check_for(struct checker *ck, node_id n, enum context_kind kind)
{
	struct program *p = ck->p;
	uint32_t c = context_new(p, kind, ck->context, n), from = ck->reads.count;

	ck->context = c;
	if (!n)
		return c;
	for (node_id b = NODE_AT(p, n)->kid[0]; b; b = NODE_AT(p, b)->next) {
		uint32_t type = binding_type(ck, b), v;
		atom name = NODE_AT(p, b)->a;

		if (find_var(p, c, name))
			check_fault(ck, EGM0104, b, "`%s` is bound twice here", program_text(p, name));
		v = var_new(p, c, name, type);
		NODE_AT(p, b)->ref = v;
	}
	if (NODE_AT(p, n)->kid[1]) {
		check_condition(ck, NODE_AT(p, n)->kid[1]);
		check_narrow(ck, NODE_AT(p, n)->kid[1], true);
	}
	check_keep_reads(ck, from);
	guard_join(ck, c);
	return c;
}

/* --- the whole --- */

static uint32_t
check_call(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id callee = NODE_AT(p, n)->kid[0], arg = NODE_AT(p, n)->kid[1];
	struct symbol s = program_symbol(p, NODE_AT(p, callee)->a);
	uint32_t type;

	if (check_builtin(ck, n, &type))
		return NODE_AT(p, n)->type = type;
	if (!s.fn) {
		struct diag *g = check_fault(ck, EGM0102, callee, "there is no function `%s`", text_of(ck, callee));

		suggest_names(ck, g, NODE_AT(p, callee)->a);
		return 0;
	}
	meant(ck, n, MEANING_FN, s.fn, FN_AT(p, s.fn)->result);
	for (node_id param = NODE_AT(p, FN_AT(p, s.fn)->decl)->kid[0]; param; param = NODE_AT(p, param)->next) {
		if (!arg) {
			check_fault(ck, EGM0402, n, "`%s` wants `%s` here", text_of(ck, callee), text_of(ck, param));
			return FN_AT(p, s.fn)->result;
		}
		check_value(ck, arg, VAR_AT(p, NODE_AT(p, param)->ref)->type, false);
		arg = NODE_AT(p, arg)->next;
	}
	if (arg)
		check_fault(ck, EGM0402, arg, "`%s` takes no more arguments", text_of(ck, callee));
	check_fn(ck, s.fn, n);
	read_numbers(ck, FN_AT(p, s.fn)->reads_first, FN_AT(p, s.fn)->reads_count, n);
	return NODE_AT(p, n)->type = FN_AT(p, s.fn)->result;
}

void
check_let(struct checker *ck, uint32_t v, node_id from)
{
	var_type(ck, v, from);
}

void
check_member(struct checker *ck, uint32_t m, node_id from)
{
	bool read = MEMBER_AT(ck->p, m)->read;

	member_type(ck, m, from);
	MEMBER_AT(ck->p, m)->read = read;
}

/* The body of a function, checked when it is first called (or at last). Calls form no circle. */
void
check_fn(struct checker *ck, uint32_t f, node_id from)
{
	struct program *p = ck->p;
	struct checker inner = *ck;
	uint32_t count, first;

	if (FN_AT(p, f)->state == 2)
		return;
	if (FN_AT(p, f)->state == 1) {
		check_fault(ck, EGM0401, from, "`%s` calls itself", program_text(p, FN_AT(p, f)->name));
		return;
	}
	FN_AT(p, f)->state = 1;
	vec_init(&inner.reads, sizeof(struct read), false);
	vec_init(&inner.facts, sizeof(struct fact), false);
	inner.context = FN_AT(p, f)->context;
	inner.lenient = false;
	check_value(&inner, NODE_AT(p, FN_AT(p, f)->decl)->kid[2], FN_AT(p, f)->result, (FN_AT(p, f)->result & TYPE_OPTIONAL) != 0);
	count = inner.reads.count;
	first = vec_add(&p->numbers, count);
	for (uint32_t i = 0; i < count; i++)
		NUMBER_AT(p, first + i) = VEC_AT(&inner.reads, struct read, i)->column;
	FN_AT(p, f)->reads_first = first;
	FN_AT(p, f)->reads_count = count;
	FN_AT(p, f)->state = 2;
	vec_release(&inner.reads);
	vec_release(&inner.facts);
}

uint32_t
check_expr(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t t;

	if (!n || NODE_AT(p, n)->flags & FLAG_BROKEN)
		return 0;
	switch ((enum node_kind)NODE_AT(p, n)->kind) {
	case NODE_NAME:
		return check_name(ck, n, expected);
	case NODE_STRING:
		return check_text_literal(ck, n, expected);
	case NODE_INTERP:
		return check_interp(ck, n);
	case NODE_INT:
		return check_int(ck, n, expected);
	case NODE_UNIT:
		return check_unit(ck, n, expected);
	case NODE_TRUE:
	case NODE_FALSE:
		return NODE_AT(p, n)->type = TYPE_T(BOOL);
	case NODE_ABSENT:
		return NODE_AT(p, n)->type = type_new(p, TYPE_EMPTY) | TYPE_OPTIONAL;
	case NODE_LIST:
		return check_list(ck, n, expected);
	case NODE_COMP:
		return check_comp(ck, n, expected);
	case NODE_COMP_LIST:
		return check_comp_list(ck, n, expected);
	case NODE_CALL:
		return check_call(ck, n);
	case NODE_DOT:
		return check_dot(ck, n, expected);
	case NODE_TEST_PRESENT:
		t = check_expr(ck, NODE_AT(p, n)->kid[0], 0);
		return NODE_AT(p, n)->type = TYPE_T(BOOL);
	case NODE_INDEX:
		return check_index(ck, n);
	case NODE_BINARY:
		return check_binary(ck, n, expected);
	case NODE_NOT:
		check_condition(ck, NODE_AT(p, n)->kid[0]);
		return NODE_AT(p, n)->type = TYPE_T(BOOL);
	case NODE_NEGATE:
		t = check_expr(ck, NODE_AT(p, n)->kid[0], 0);
		if (!type_is_number(p, t) && TYPE_AT(p, t)->kind != TYPE_POISON)
			check_fault(ck, EGM0402, n, "`-` works on numbers, not on %s", describe(ck, t));
		return NODE_AT(p, n)->type = TYPE_T(INT);
	case NODE_COND:
		return check_cond(ck, n, expected);
	case NODE_OF:
		return check_of(ck, n);
	case NODE_STRUCT:
		return check_body_value(ck, n, expected);
	default:
		BUG("expression of kind %s", ast_kind_name((enum node_kind)NODE_AT(p, n)->kind));
	}
}

uint32_t
check_value(struct checker *ck, node_id n, uint32_t target, bool optional)
{
	uint32_t got = check_expr(ck, n, TYPE_ID(target));

	if (!target || TYPE_AT(ck->p, got)->kind == TYPE_POISON)
		return got;
	if (!type_fits(ck, target, got, n)) {
		wrong_type(ck, n, target, got);
		return 0;
	}
	if (!optional && got & TYPE_OPTIONAL && !ck->lenient) {
		struct diag *g = check_fault(ck, EGM0405, n, "this may be absent, and here a value must stand");

		diag_line(&ck->p->diags, g, LINE_HELP, "bind it with `for x in ...`, or give `default(x, y)`");
	}
	return got;
}

/* --- looking at expressions --- */

bool
check_uses(const struct program *p, node_id n, uint32_t var)
{
	const struct node *x = NODE_AT(p, n);

	if (!n)
		return false;
	if (x->kind == NODE_NAME) {
		if (x->aux != MEANING_VAR)
			return false;
		return x->ref == var || (VAR_AT(p, x->ref)->let && VAR_AT(p, x->ref)->context >= VAR_AT(p, var)->context &&
					 check_uses(p, VAR_AT(p, x->ref)->let, var));
	}
	for (int k = 0; k < 4; k++)
		for (node_id c = x->kid[k]; c; c = NODE_AT(p, c)->next)
			if (check_uses(p, c, var))
				return true;
	return false;
}

bool
check_same(const struct program *p, node_id a, node_id b)
{
	const struct node *x = NODE_AT(p, a), *y = NODE_AT(p, b);

	if (a == b)
		return true;
	if (!a || !b || x->kind != y->kind || x->a != y->a || x->n != y->n || x->op != y->op || x->ref != y->ref)
		return x->kind == NODE_DOT && y->kind == NODE_DOT && x->a == y->a && check_same(p, x->kid[0], y->kid[0]);
	for (int k = 0; k < 4; k++) {
		node_id c = x->kid[k], d = y->kid[k];

		for (; c && d; c = NODE_AT(p, c)->next, d = NODE_AT(p, d)->next)
			if (!check_same(p, c, d))
				return false;
		if (c || d)
			return false;
	}
	return true;
}
