/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators: what they take, what they give, and what a condition tells about words.
 */
#include "check/checker.h"

#include "check/inside.h"

/* Both sides of a comparison. A quoted text is of the type of the other side. */
static void
check_sides(struct checker *ck, node_id n, uint32_t *ta, uint32_t *tb)
{
	node_id a = NODE_AT(ck->p, n)->kid[0], b = NODE_AT(ck->p, n)->kid[1];

	if (NODE_AT(ck->p, a)->kind == NODE_STRING) {
		*tb = check_expr(ck, b, 0);
		*ta = check_expr(ck, a, TYPE_ID(*tb));
	} else {
		*ta = check_expr(ck, a, 0);
		*tb = check_expr(ck, b, TYPE_ID(*ta));
	}
}

static uint32_t
check_equal(struct checker *ck, node_id n)
{
	uint32_t ta, tb, both;

	check_sides(ck, n, &ta, &tb);
	if (!type_common(ck, ta, tb, &both))
		check_fault(ck, EGM0402, n, "%s and %s are never equal", check_type_text(ck, ta),
			check_type_text(ck, tb));
	return TYPE_T(BOOL);
}

static bool
ordered(const struct program *p, uint32_t type)
{
	const struct type *t = TYPE_AT(p, type);

	return t->kind == TYPE_SCALAR &&
		(t->scalar == SCALAR_TYPE_INT || t->scalar == SCALAR_TYPE_PORT ||
			t->scalar == SCALAR_TYPE_DURATION || t->scalar == SCALAR_TYPE_PERCENT ||
			t->scalar == SCALAR_TYPE_VERSION || t->scalar == SCALAR_TYPE_DATE ||
			t->scalar == SCALAR_TYPE_QUANTITY);
}

static void
need_present(struct checker *ck, node_id n, uint32_t type)
{
	if (type & TYPE_OPTIONAL && !ck->lenient) {
		struct diag *g = check_fault(ck, EGM0405, n, "this may be absent");

		diag_line(&ck->p->diags, g, LINE_HELP,
			"bind it with `for x in ...`, or give `default(x, y)`");
	}
}

static uint32_t
check_order(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id a = NODE_AT(p, n)->kid[0], b = NODE_AT(p, n)->kid[1];
	uint32_t ta, tb, both;

	check_sides(ck, n, &ta, &tb);
	need_present(ck, a, ta);
	need_present(ck, b, tb);
	if (TYPE_AT(p, ta)->kind == TYPE_POISON || TYPE_AT(p, tb)->kind == TYPE_POISON)
		return TYPE_T(BOOL);
	if (!ordered(p, ta) || !type_common(ck, ta, tb, &both))
		check_fault(ck, EGM0402, n, "%s and %s have no order", check_type_text(ck, ta),
			check_type_text(ck, tb));
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
	if (!type_elem(p, tb) && TYPE_AT(p, tb)->kind != TYPE_POISON &&
		TYPE_AT(p, tb)->kind != TYPE_EMPTY)
		check_fault(ck, EGM0402, b, "`in` wants a list or a set on its right");
	else if (type_elem(p, tb) && !type_common(ck, ta, type_elem(p, tb), &both))
		check_fault(ck, EGM0402, n, "%s is never in %s", check_type_text(ck, ta),
			check_type_text(ck, tb));
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
		check_meant(ck, b, MEANING_CASE, s.rtype, 0);
		check_read_rtype(ck, s.rtype, n);
	}
	if (TYPE_AT(p, ta)->kind != TYPE_REF && TYPE_AT(p, ta)->kind != TYPE_RECORDS &&
		TYPE_AT(p, ta)->kind != TYPE_POISON)
		check_fault(ck, EGM0402, NODE_AT(p, n)->kid[0],
			"`is` asks a choice for its case, not %s", check_type_text(ck, ta));
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
	uint32_t pass = wanted == TYPE_MAP || wanted == TYPE_LIST || wanted == TYPE_SET
		? TYPE_ID(expected)
		: 0;
	uint32_t ta = check_expr(ck, a, pass),
		 tb = check_expr(ck, b,
			 pass                                      ? pass
				 : op == OP_PLUS || op == OP_MINUS ? TYPE_ID(ta)
								   : 0);
	uint32_t both;
	bool na = type_is_number(p, ta), nb = type_is_number(p, tb);
	bool da = scalar_is(p, ta, SCALAR_TYPE_DURATION),
	     db = scalar_is(p, tb, SCALAR_TYPE_DURATION);
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
	if (op == OP_PLUS &&
		(ka == TYPE_MAP || ka == TYPE_LIST || ka == TYPE_SET || ka == TYPE_EMPTY) &&
		type_common(ck, ta, tb, &both))
		return both;
	check_fault(ck, check_type_code(ck), n, "`%s` does not work on %s and %s", ast_op_text(op),
		check_type_text(ck, ta), check_type_text(ck, tb));
	return 0;
}

uint32_t
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

uint32_t
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
		check_fault(ck, EGM0402, n, "the branches are %s and %s", check_type_text(ck, ta),
			check_type_text(ck, tb));
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
		struct diag *g = check_fault(ck, check_type_code(ck), n,
			"a condition is true or false, not %s", check_type_text(ck, t));

		if (t & TYPE_OPTIONAL)
			diag_line(&ck->p->diags, g, LINE_HELP,
				"`?` behind it asks whether it is there");
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
	} else if (x->kind == NODE_BINARY && (op == OP_EQ || op == OP_NE) &&
		NODE_AT(p, x->kid[1])->aux == MEANING_WORD) {
		struct fact f = { x->kid[0], NODE_AT(p, x->kid[1])->a, (op == OP_EQ) == holds };

		vec_push(&ck->facts, &f);
	}
}
