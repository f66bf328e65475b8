/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions: what each name means, what type each value has, and which columns are read on the
 * way. A bare word is resolved by the expected type (a word of an enum; in a site also a label),
 * then as a variable, then as a once-record, then as a set.
 */
#include "check/checker.h"

#include <string.h>
#include "base/mem.h"
#include "check/inside.h"

/* --- loops --- */

/* What a binding runs over, and the type of its variable. */
static uint32_t
binding_type(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t set = check_expr(ck, NODE_AT(p, n)->kid[0], 0), elem;

	if (TYPE_AT(p, set)->kind == TYPE_POISON)
		return 0;
	if (set & TYPE_OPTIONAL && TYPE_AT(p, set)->kind != TYPE_LIST &&
		TYPE_AT(p, set)->kind != TYPE_SET)
		return TYPE_ID(set);
	if (TYPE_AT(p, set)->kind == TYPE_MAP ||
		(TYPE_AT(p, set)->kind == TYPE_WORDS &&
			NODE_AT(p, NODE_AT(p, n)->kid[0])->aux != MEANING_WORDS))
		elem = 0;
	else
		elem = type_elem(p, set);
	if (!elem && TYPE_AT(p, set)->kind != TYPE_EMPTY)
		check_fault(ck, check_type_code(ck), NODE_AT(p, n)->kid[0],
			"`for` runs over a set, a list or an optional value, not over %s",
			check_type_text(ck, set));
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

		if (check_find_var(p, c, name))
			check_fault(
				ck, EGM0104, b, "`%s` is bound twice here", program_text(p, name));
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
		struct diag *g = check_fault(ck, EGM0102, callee, "there is no function `%s`",
			check_node_text(ck, callee));

		check_suggest_names(ck, g, NODE_AT(p, callee)->a);
		return 0;
	}
	check_meant(ck, n, MEANING_FN, s.fn, FN_AT(p, s.fn)->result);
	for (node_id param = NODE_AT(p, FN_AT(p, s.fn)->decl)->kid[0]; param;
		param = NODE_AT(p, param)->next) {
		if (!arg) {
			check_fault(ck, EGM0402, n, "`%s` wants `%s` here",
				check_node_text(ck, callee), check_node_text(ck, param));
			return FN_AT(p, s.fn)->result;
		}
		check_value(ck, arg, VAR_AT(p, NODE_AT(p, param)->ref)->type, false);
		arg = NODE_AT(p, arg)->next;
	}
	if (arg)
		check_fault(ck, EGM0402, arg, "`%s` takes no more arguments",
			check_node_text(ck, callee));
	check_fn(ck, s.fn, n);
	check_read_numbers(ck, FN_AT(p, s.fn)->reads_first, FN_AT(p, s.fn)->reads_count, n);
	return NODE_AT(p, n)->type = FN_AT(p, s.fn)->result;
}

void
check_let(struct checker *ck, uint32_t v, node_id from)
{
	check_var_type(ck, v, from);
}

void
check_member(struct checker *ck, uint32_t m, node_id from)
{
	bool read = MEMBER_AT(ck->p, m)->read;

	check_member_type(ck, m, from);
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
		check_fault(
			ck, EGM0401, from, "`%s` calls itself", program_text(p, FN_AT(p, f)->name));
		return;
	}
	FN_AT(p, f)->state = 1;
	vec_init(&inner.reads, sizeof(struct read), false);
	vec_init(&inner.facts, sizeof(struct fact), false);
	inner.context = FN_AT(p, f)->context;
	inner.lenient = false;
	check_value(&inner, NODE_AT(p, FN_AT(p, f)->decl)->kid[2], FN_AT(p, f)->result,
		(FN_AT(p, f)->result & TYPE_OPTIONAL) != 0);
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

static uint32_t
check_node(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t t;

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
			check_fault(ck, EGM0402, n, "`-` works on numbers, not on %s",
				check_type_text(ck, t));
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
check_expr(struct checker *ck, node_id n, uint32_t expected)
{
	uint32_t type;

	if (!n || NODE_AT(ck->p, n)->flags & FLAG_BROKEN)
		return 0;
	if (ck->depth >= EXPRESSION_LEVELS_MAX) {
		check_fault(ck, EGM0501, n, "this is more than %u levels deep, one name in another",
			EXPRESSION_LEVELS_MAX);
		return 0;
	}
	ck->depth++;
	type = check_node(ck, n, expected);
	ck->depth--;
	return type;
}

/* May this stand as an entry of such a list: a literal, or a word that only a list's entries
 * explain? */
static bool
is_entry(const struct checker *ck, node_id n, const struct type *elem)
{
	struct program *p = ck->p;

	switch ((enum node_kind)NODE_AT(p, n)->kind) {
	case NODE_STRING:
	case NODE_INTERP:
	case NODE_INT:
	case NODE_UNIT:
	case NODE_TRUE:
	case NODE_FALSE:
		return true;
	case NODE_NAME:
	case NODE_DOT:
		return (elem->kind == TYPE_REF || elem->kind == TYPE_WORDS) && check_in_site(ck) &&
			check_is_label_path(p, n) && !check_root_is_var(ck, n);
	default:
		return false;
	}
}

/* `callers = checkout`, where a list of callers is wanted. */
static bool
lacks_brackets(struct checker *ck, node_id n, uint32_t target)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, target);
	struct diag *g;

	if ((t->kind != TYPE_LIST && t->kind != TYPE_SET) || !n ||
		NODE_AT(p, n)->flags & FLAG_BROKEN || !is_entry(ck, n, TYPE_AT(p, t->elem)))
		return false;
	g = check_fault(ck, check_type_code(ck), n, "a list stands in brackets");
	if (NODE_AT(p, n)->kind == NODE_STRING && strchr(check_source_text(ck, n), ',')) {
		diag_line(&p->diags, g, LINE_HELP, "[\"...\", \"...\"]: each entry in quotes of its own");
		return true;
	}
	diag_line(&p->diags, g, LINE_HELP, "[%s]", check_source_text(ck, n));
	diag_fix(&p->diags, g, NODE_AT(p, n)->span, "[%s]", check_source_text(ck, n));
	return true;
}

uint32_t
check_value(struct checker *ck, node_id n, uint32_t target, bool optional)
{
	uint32_t got =
		target && lacks_brackets(ck, n, target) ? 0 : check_expr(ck, n, TYPE_ID(target));

	if (!target || TYPE_AT(ck->p, got)->kind == TYPE_POISON)
		return got;
	if (!type_fits(ck, target, got, n)) {
		check_mismatch(ck, n, target, got);
		return 0;
	}
	if (!optional && got & TYPE_OPTIONAL && !ck->lenient) {
		struct diag *g = check_fault(
			ck, EGM0405, n, "this may be absent, and here a value must stand");

		diag_line(&ck->p->diags, g, LINE_HELP,
			"bind it with `for x in ...`, or give `default(x, y)`");
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
		return x->ref == var ||
			(VAR_AT(p, x->ref)->let &&
				VAR_AT(p, x->ref)->context >= VAR_AT(p, var)->context &&
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
	if (!a || !b || x->kind != y->kind || x->a != y->a || x->n != y->n || x->op != y->op ||
		x->ref != y->ref)
		return x->kind == NODE_DOT && y->kind == NODE_DOT && x->a == y->a &&
			check_same(p, x->kid[0], y->kid[0]);
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
