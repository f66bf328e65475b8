/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in functions as the checker sees them: names, arguments, results. What they compute is
 * in eval/builtin.c.
 */
#include "check/builtin.h"

#include <string.h>
#include "check/checker.h"

#include "check/inside.h"

static const struct builtin_info infos[] = {
	{ NULL, 0, 0, NULL },
#define BUILTIN(id, name, least, most, about) { name, least, most, about },
#include "check/builtin.def"
#undef BUILTIN
};

const struct builtin_info *
builtin_info(enum builtin b)
{
	return b > BUILTIN_NONE && b < BUILTIN_COUNT_OF_ALL ? &infos[b] : NULL;
}

static enum builtin
builtin_find(const char *name)
{
	for (int b = 1; b < BUILTIN_COUNT_OF_ALL; b++)
		if (!strcmp(infos[b].name, name))
			return (enum builtin)b;
	return BUILTIN_NONE;
}

/* The elements that a collection argument has: a list, a set, a comprehension. */
static uint32_t
elements(struct checker *ck, node_id arg, uint32_t wanted)
{
	struct program *p = ck->p;
	uint32_t t, elem;

	if (NODE_AT(p, arg)->kind == NODE_COMP)
		return check_expr(ck, arg, wanted);
	t = check_expr(ck, arg, wanted ? type_of_elem(p, TYPE_LIST, wanted) : 0);
	if (TYPE_AT(p, t)->kind == TYPE_EMPTY || TYPE_AT(p, t)->kind == TYPE_POISON)
		return wanted;
	elem = type_elem(p, t);
	if (!elem && t & TYPE_OPTIONAL)
		return TYPE_ID(t);
	if (!elem || TYPE_AT(p, t)->kind == TYPE_MAP)
		check_fault(ck, check_type_code(ck), arg, "a list or a set is wanted here");
	return elem;
}

static void
elements_of(struct checker *ck, node_id arg, uint32_t wanted)
{
	uint32_t t = elements(ck, arg, wanted);

	if (t && !type_fits(ck, wanted, t, 0))
		check_fault(ck, check_type_code(ck), arg,
			"the entries are of another type than this function takes");
}

/* Is there always at least one: a declared word type, or a list whose range starts at 1. */
static bool
never_empty(const struct program *p, node_id arg)
{
	const struct node *n = NODE_AT(p, arg);
	const struct type *t;

	if (n->kind == NODE_COMP) {
		const struct node *f = NODE_AT(p, n->kid[1]);

		return !f->kid[1] && !NODE_AT(p, f->kid[0])->next &&
			never_empty(p, NODE_AT(p, f->kid[0])->kid[0]);
	}
	if (n->kind == NODE_COMP_LIST)
		return never_empty(p, n->kid[0]);
	t = TYPE_AT(p, n->type);
	if (n->type & TYPE_OPTIONAL)
		return false;
	if (t->kind == TYPE_RECORDS && t->count == 1) {
		const struct rtype *r = RTYPE_AT(p, NUMBER_AT(p, t->first));

		return n->kind == NODE_DOT && r->lo >= 1;
	}
	return n->aux == MEANING_WORDS || (t->flags & TYPE_FLAG_RANGED && t->lo >= 1);
}

static uint32_t
maybe_none(const struct program *p, node_id arg, uint32_t type)
{
	return never_empty(p, arg) ? TYPE_ID(type) : type | TYPE_OPTIONAL;
}

/* A literal pattern that compiles. */
static void
check_pattern(struct checker *ck, node_id arg)
{
	struct program *p = ck->p;
	const char *fault;
	size_t at;

	if (NODE_AT(p, arg)->kind != NODE_STRING) {
		check_fault(ck, EGM0402, arg, "a pattern is a literal text");
		return;
	}
	if (!pattern_compile(&p->arena, program_text(p, NODE_AT(p, arg)->a),
		    atom_len(&p->atoms, NODE_AT(p, arg)->a), &fault, &at))
		check_fault(ck, EGM0401, arg, "this pattern is none: %s", fault);
}

static void
texts(struct checker *ck, node_id arg)
{
	for (; arg; arg = NODE_AT(ck->p, arg)->next) {
		uint32_t t = check_expr(ck, arg, TYPE_T(TEXT));

		if (TYPE_AT(ck->p, t)->kind != TYPE_WORDS && !type_fits(ck, TYPE_T(TEXT), t, 0))
			check_fault(ck, check_type_code(ck), arg, "a text is wanted here");
		if (t & TYPE_OPTIONAL && !ck->lenient)
			check_fault(ck, EGM0405, arg,
				"this may be absent, and here a value must stand");
	}
}

static uint32_t
check_default(struct checker *ck, node_id a, node_id b)
{
	uint32_t ta = check_expr(ck, a, 0), tb, both;

	/* A default for a text may be any text: "none" where names have a form. */
	tb = check_expr(ck, b, type_is_text(ck->p, ta) ? TYPE_T(TEXT) : TYPE_ID(ta));
	if (TYPE_AT(ck->p, ta)->kind == TYPE_RECORDS && TYPE_AT(ck->p, ta)->hi == 1)
		ta = type_elem(ck->p, ta);
	if (!type_common(ck, TYPE_ID(ta), tb, &both)) {
		check_fault(ck, EGM0402, b, "the default is of another type");
		return 0;
	}
	return TYPE_ID(both) | (tb & TYPE_OPTIONAL);
}

static uint32_t
result(struct checker *ck, enum builtin b, node_id a, node_id second)
{
	struct program *p = ck->p;
	uint32_t t;

	switch (b) {
	case BUILTIN_COUNT:
		t = check_expr(ck, a, 0);
		if (NODE_AT(p, a)->kind != NODE_COMP && !type_elem(p, t) &&
			TYPE_AT(p, t)->kind != TYPE_EMPTY && TYPE_AT(p, t)->kind != TYPE_POISON &&
			!(t & TYPE_OPTIONAL))
			check_fault(ck, check_type_code(ck), a, "there is nothing to count here");
		return TYPE_T(INT);
	case BUILTIN_SUM:
		t = elements(ck, a, 0);
		if (t && !type_is_number(p, t) && !type_fits(ck, TYPE_T(DURATION), t, 0))
			check_fault(ck, EGM0402, a, "only numbers and durations have a sum");
		return type_is_number(p, t) ? TYPE_T(INT) : TYPE_ID(t);
	case BUILTIN_PRODUCT:
		elements_of(ck, a, TYPE_T(INT));
		return TYPE_T(INT);
	case BUILTIN_MAX:
	case BUILTIN_MIN:
	case BUILTIN_FIRST:
		t = elements(ck, a, 0);
		return t ? maybe_none(p, a, t) : 0;
	case BUILTIN_ANY:
	case BUILTIN_ALL:
		elements_of(ck, a, TYPE_T(BOOL));
		return TYPE_T(BOOL);
	case BUILTIN_SORT:
	case BUILTIN_UNIQUE:
		t = elements(ck, a, 0);
		return type_of_elem(p, TYPE_LIST, TYPE_ID(t));
	case BUILTIN_VALUES:
		t = check_expr(ck, a, 0);
		if (TYPE_AT(p, t)->kind == TYPE_POISON)
			return 0;
		if (TYPE_AT(p, t)->kind != TYPE_MAP) {
			check_fault(ck, check_type_code(ck), a, "a map is wanted here");
			return 0;
		}
		return type_of_elem(p, TYPE_LIST, TYPE_AT(p, t)->elem);
	case BUILTIN_JOIN:
		check_value(ck, a, TYPE_T(TEXT), false);
		t = elements(ck, second, 0);
		if (t && TYPE_AT(p, t)->kind != TYPE_WORDS && TYPE_AT(p, t)->kind != TYPE_SCALAR)
			check_fault(
				ck, EGM0402, second, "only texts, words and numbers can be joined");
		return TYPE_T(TEXT);
	case BUILTIN_DEFAULT:
		return check_default(ck, a, second);
	case BUILTIN_EARLIER:
		check_expr(ck, a, 0);
		check_expr(ck, second, 0);
		return TYPE_T(BOOL);
	case BUILTIN_CUT:
		check_value(ck, second, TYPE_T(INT), false);
		check_value(ck, a, TYPE_T(TEXT), false);
		return TYPE_T(TEXT);
	case BUILTIN_MATCHES:
		check_value(ck, a, TYPE_T(TEXT), false);
		check_pattern(ck, second);
		return TYPE_T(BOOL);
	case BUILTIN_SPLIT:
		texts(ck, a);
		return type_of_elem(p, TYPE_LIST, TYPE_T(TEXT));
	case BUILTIN_UPPER:
	case BUILTIN_LOWER:
	case BUILTIN_TRIM_END:
	case BUILTIN_REPLACE:
	case BUILTIN_SHA256:
		texts(ck, a);
		return TYPE_T(TEXT);
	case BUILTIN_LENGTH:
		texts(ck, a);
		return TYPE_T(INT);
	case BUILTIN_IS_NUMBER:
		texts(ck, a);
		return TYPE_T(BOOL);
	case BUILTIN_CERTIFICATE_END:
		texts(ck, a);
		return TYPE_T(DATE) | TYPE_OPTIONAL;
	case BUILTIN_NUMBER:
		t = check_expr(ck, a, 0);
		if (!type_fits(ck, TYPE_T(PERCENT), t, 0) && !type_is_text(p, t) &&
			TYPE_AT(p, t)->kind != TYPE_WORDS)
			check_fault(
				ck, EGM0402, a, "a percentage or a text of digits is wanted here");
		return TYPE_T(INT);
	case BUILTIN_WHOLE:
		check_value(ck, a, TYPE_T(PERCENT), false);
		return TYPE_T(BOOL);
	case BUILTIN_THOUSANDTHS:
		check_value(ck, a, TYPE_T(PERCENT), false);
		return TYPE_T(INT);
	case BUILTIN_HOSTS_MEET:
	case BUILTIN_HOST_INSIDE:
		check_value(ck, a, TYPE_T(HOSTNAME), false);
		check_value(ck, second, TYPE_T(HOSTNAME), false);
		return TYPE_T(BOOL);
	case BUILTIN_CIDR_INSIDE:
	case BUILTIN_CIDR_MEET:
		check_value(ck, a, TYPE_T(CIDR), false);
		check_value(ck, second, TYPE_T(CIDR), false);
		return TYPE_T(BOOL);
	case BUILTIN_NEAREST:
		texts(ck, 0);
		check_value(ck, a, TYPE_T(TEXT), false);
		elements(ck, second, TYPE_T(TEXT));
		return TYPE_T(TEXT) | TYPE_OPTIONAL;
	case BUILTIN_UNFILLED:
		if (NODE_AT(p, a)->kind != NODE_STRING)
			check_fault(ck, check_type_code(ck), a,
				"what goes here is said by a literal text");
		return type_new(p, TYPE_TODO);
	default:
		return 0;
	}
}

bool
check_builtin(struct checker *ck, node_id call, uint32_t *type)
{
	struct program *p = ck->p;
	node_id callee = NODE_AT(p, call)->kid[0], first = NODE_AT(p, call)->kid[1];
	enum builtin b = builtin_find(program_text(p, NODE_AT(p, callee)->a));
	int count = 0;

	if (!b)
		return false;
	for (node_id a = first; a; a = NODE_AT(p, a)->next)
		count++;
	NODE_AT(p, call)->aux = MEANING_BUILTIN;
	NODE_AT(p, call)->ref = (uint32_t)b;
	*type = 0;
	if (count < infos[b].least || count > infos[b].most) {
		struct diag *g = check_fault(ck, EGM0402, call,
			"`%s` takes %d argument%s, here are %d", infos[b].name, infos[b].least,
			infos[b].least == 1 ? "" : "s", count);

		diag_line(&p->diags, g, LINE_HELP, "%s", infos[b].about);
		return true;
	}
	*type = result(ck, b, first, NODE_AT(p, first)->next);
	return true;
}
