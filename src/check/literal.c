/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Literals, and bodies as values, checked against the type that is wanted.
 */
#include "check/checker.h"

#include <stdlib.h>
#include <string.h>
#include "base/suggest.h"
#include "check/check.h"
#include "check/inside.h"

/* --- literals --- */

static void
bad_text(struct checker *ck, node_id n, uint32_t expected, const char *why)
{
	struct program *p = ck->p;
	atom a = NODE_AT(p, n)->a;
	const char *text = program_text(p, a);
	struct diag *g = check_fault(ck, EGM0121, n, "`%s` %s", text, why);

	/* Tags of releases begin with a v. */
	if (TYPE_AT(p, expected)->scalar == SCALAR_TYPE_VERSION && *text == 'v' &&
		scalar_info(SCALAR_TYPE_VERSION)->valid(text + 1, atom_len(&p->atoms, a) - 1)) {
		diag_line(&p->diags, g, LINE_HELP, "\"%s\"", text + 1);
		diag_fix(&p->diags, g, NODE_AT(p, n)->span, "\"%s\"", text + 1);
	}
	/* One address is a network, too. */
	if (TYPE_AT(p, expected)->scalar == SCALAR_TYPE_CIDR &&
		scalar_info(SCALAR_TYPE_IP)->valid(text, atom_len(&p->atoms, a))) {
		const char *all = strchr(text, ':') ? "128" : "32";

		diag_line(&p->diags, g, LINE_HELP, "\"%s/%s\"", text, all);
		diag_fix(&p->diags, g, NODE_AT(p, n)->span, "\"%s/%s\"", text, all);
	}
}

/* A quoted text where a number, a truth or a measure stands: bare, if it is one. */
static uint32_t
quoted_number(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	atom text = NODE_AT(p, n)->a;
	struct diag *g = check_fault(ck, check_type_code(ck), n,
		"quoted is free text; here stands %s", check_type_text(ck, expected));
	const struct scalar_info *info =
		scalar_info((enum scalar_type)TYPE_AT(p, expected)->scalar);

	if (info->valid && info->valid(program_text(p, text), atom_len(&p->atoms, text))) {
		diag_line(&p->diags, g, LINE_HELP, "%s", program_text(p, text));
		diag_fix(&p->diags, g, NODE_AT(p, n)->span, "%s", program_text(p, text));
	}
	return 0;
}

uint32_t
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
		check_suggest_words(ck,
			check_fault(ck, EGM0141, n, "`%s` is not %s", program_text(p, text),
				check_type_text(ck, expected)),
			text, expected);
		return 0;
	}
	if (t->kind == TYPE_WORDS || t->kind == TYPE_REF) {
		struct diag *g = check_fault(ck, EGM0120, n,
			"quoted is free text; here stands %s, which is written bare",
			t->kind == TYPE_WORDS ? "a word" : "a reference");

		diag_line(&p->diags, g, LINE_HELP, "%s", program_text(p, text));
		diag_fix(&p->diags, g, NODE_AT(p, n)->span, "%s", program_text(p, text));
		return 0;
	}
	if (t->kind != TYPE_SCALAR)
		return check_mismatch(ck, n, expected, TYPE_T(TEXT));
	if (type_is_number(p, expected) || t->scalar == SCALAR_TYPE_BOOL)
		return quoted_number(ck, n, expected);
	if (!check_text(p, expected, program_text(p, text), atom_len(&p->atoms, text), &why)) {
		type = 0;
		bad_text(ck, n, expected, str_text(&why));
	}
	str_release(&why);
	return NODE_AT(p, n)->type = type;
}

uint32_t
check_int(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, expected);
	int64_t v = NODE_AT(p, n)->n;

	NODE_AT(p, n)->type = TYPE_T(INT);
	if (!expected || t->kind != TYPE_SCALAR || t->scalar == SCALAR_TYPE_INT) {
		if (expected && t->flags & TYPE_FLAG_RANGED && t->kind == TYPE_SCALAR &&
			(v < t->lo || v > t->hi)) {
			check_fault(ck, EGM0121, n, "`%lld` is not %s", (long long)v,
				check_type_text(ck, expected));
			return 0;
		}
		return expected && t->kind == TYPE_SCALAR
			? (NODE_AT(p, n)->type = TYPE_ID(expected))
			: TYPE_T(INT);
	}
	if (t->scalar == SCALAR_TYPE_PORT && (v < 1 || v > 65535)) {
		check_fault(ck, EGM0121, n, "`%lld` is not a port (1..65535)", (long long)v);
		return 0;
	}
	if (t->scalar == SCALAR_TYPE_DURATION || t->scalar == SCALAR_TYPE_PERCENT) {
		struct diag *g = check_fault(ck, EGM0120, n, "`%lld` has no unit", (long long)v);

		if (t->scalar == SCALAR_TYPE_PERCENT)
			diag_line(&p->diags, g, LINE_HELP, "%lld%%", (long long)v);
		else if (v < 1000)
			diag_line(&p->diags, g, LINE_HELP, "%llds", (long long)v);
		else
			diag_line(&p->diags, g, LINE_HELP, "%lldms or %llds", (long long)v, (long long)v);
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

uint32_t
check_unit(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	atom a = NODE_AT(p, n)->a;
	const char *text = program_text(p, a);
	uint32_t type = unit_kind(text, atom_len(&p->atoms, a));
	const struct type *t = TYPE_AT(p, expected);
	bool wants_unit = expected && t->kind == TYPE_SCALAR &&
		(t->scalar == SCALAR_TYPE_PERCENT || t->scalar == SCALAR_TYPE_DURATION ||
			t->scalar == SCALAR_TYPE_QUANTITY);

	if (wants_unit &&
		scalar_info((enum scalar_type)t->scalar)->valid(text, atom_len(&p->atoms, a)))
		return NODE_AT(p, n)->type = TYPE_ID(expected);
	if (expected && t->kind == TYPE_WORDS) {
		check_suggest_words(ck,
			check_fault(ck, EGM0141, n, "`%s` is no word that can stand here", text), a,
			expected);
		return 0;
	}
	if (!type || wants_unit) {
		check_fault(ck, EGM0121, n, "`%s` is not %s", text,
			wants_unit ? check_type_text(ck, expected)
				   : "a percentage, a duration or a quantity");
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

uint32_t
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
			struct diag *g = check_fault(ck, check_type_code(ck), part,
				"%s cannot be put into a text", check_type_text(ck, t));

			if (TYPE_AT(p, t)->kind == TYPE_REF)
				diag_line(&p->diags, g, LINE_HELP, "its label is `.name`");
		} else if (t & TYPE_OPTIONAL && !ck->lenient) {
			check_fault(ck, EGM0405, part,
				"this may be absent, so it cannot be put into a text");
		}
	}
	return NODE_AT(p, n)->type = TYPE_T(TEXT);
}

uint32_t
check_list(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, expected);
	bool known = expected && (t->kind == TYPE_LIST || t->kind == TYPE_SET);
	uint32_t elem = known ? t->elem : 0;
	node_id first = NODE_AT(p, n)->kid[0];

	if (expected && !known && t->kind != TYPE_POISON)
		return check_mismatch(ck, n, expected, type_new(p, TYPE_EMPTY));
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
				check_mismatch(ck, item, elem, got);
		}
	}
	return NODE_AT(p, n)->type =
		       known ? TYPE_ID(expected) : type_of_elem(p, TYPE_LIST, TYPE_ID(elem));
}

uint32_t
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

uint32_t
check_comp_list(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, expected);
	bool known = expected && (t->kind == TYPE_LIST || t->kind == TYPE_SET);
	uint32_t elem = check_comp(ck, NODE_AT(p, n)->kid[0], known ? t->elem : 0);

	if (elem & TYPE_OPTIONAL && !ck->lenient)
		check_fault(ck, EGM0405, NODE_AT(p, NODE_AT(p, n)->kid[0])->kid[0],
			"this may be absent; bind it with `for x in ...`");
	return NODE_AT(p, n)->type = type_of_elem(p, TYPE_LIST, TYPE_ID(elem));
}

/* --- bodies as values --- */

static void
unknown_field(struct checker *ck, node_id word, uint32_t first, const char *of)
{
	struct program *p = ck->p;
	struct diag *g = check_fault(
		ck, EGM0103, word, "unknown field `%s` in %s", check_node_text(ck, word), of);
	struct suggest s;

	suggest_init(&s, check_node_text(ck, word), atom_len(&p->atoms, NODE_AT(p, word)->a));
	for (uint32_t m = first; m; m = MEMBER_AT(p, m)->next)
		suggest_offer(&s, program_text(p, MEMBER_AT(p, m)->name));
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, NODE_AT(p, word)->span, "%s", s.best);
	}
}

bool
check_plain_name(struct checker *ck, node_id word)
{
	if (NODE_AT(ck->p, word)->kind != NODE_INTERP)
		return true;
	check_fault(ck, EGM0008, word, "only the key of a map can be computed");
	return false;
}

bool
check_map_key(struct checker *ck, node_id key, uint32_t map)
{
	struct program *p = ck->p;
	uint32_t type = map ? TYPE_AT(p, map)->key : 0;
	const char *text = program_text(p, NODE_AT(p, key)->a);
	struct str why = STR_INIT;
	bool fine = true;

	if (NODE_AT(p, key)->kind == NODE_INTERP)
		return check_value(ck, key, type ? type : TYPE_T(TEXT), false);
	if (type)
		fine = check_text(p, type, text, atom_len(&p->atoms, NODE_AT(p, key)->a), &why);
	if (!fine)
		check_fault(
			ck, EGM0121, key, "`%s` cannot be a key here: it %s", text, str_text(&why));
	str_release(&why);
	return fine;
}

/* `version: "1.9"` is how a declaration or another language would say it. */
void
check_colon(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct span span = NODE_AT(p, n)->span, colon = span;
	const char *bytes = source_file(&p->source, span.file)->bytes;
	struct diag *g = check_fault(ck, EGM0008, n, "a field is given its value with `=`");

	while (colon.start < span.end && bytes[colon.start] != ':')
		colon.start++;
	colon.end = colon.start + 1;
	diag_line(&p->diags, g, LINE_HELP, "%s = ...", check_node_text(ck, n));
	diag_fix(&p->diags, g, colon, " =");
}

struct key {
	atom a;
	node_id field;
};

static int
compare_keys(const void *x, const void *y)
{
	const struct key *a = x, *b = y;

	return a->a != b->a ? (a->a > b->a) - (a->a < b->a)
			    : (a->field > b->field) - (a->field < b->field);
}

/* Keys of equal names are neighbours once they are sorted; of these the first written comes first:
 * nodes are numbered as they stand. */
static void
check_keys_differ(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct vec keys;

	vec_init(&keys, sizeof(struct key), false);
	/* Computed keys are compared when they are known. */
	for (node_id f = NODE_AT(p, n)->kid[0]; f; f = NODE_AT(p, f)->next)
		if (NODE_AT(p, f)->kind == NODE_FIELD && NODE_AT(p, NODE_AT(p, f)->kid[0])->a)
			vec_push(&keys, &(struct key){ NODE_AT(p, NODE_AT(p, f)->kid[0])->a, f });
	if (keys.count)
		qsort(keys.data, keys.count, keys.size, compare_keys);
	for (uint32_t i = 1; i < keys.count; i++) {
		const struct key *k = VEC_AT(&keys, const struct key, i);

		if (k[-1].a == k->a)
			diag_label(&p->diags,
				check_fault(ck, EGM0104, NODE_AT(p, k->field)->kid[0],
					"the key `%s` stands here twice", program_text(p, k->a)),
				NODE_AT(p, k[-1].field)->span, "first here");
	}
	vec_release(&keys);
}

static uint32_t
check_map(struct checker *ck, node_id n, uint32_t expected)
{
	struct program *p = ck->p;
	uint32_t elem = expected ? TYPE_AT(p, expected)->elem : 0;

	for (node_id f = NODE_AT(p, n)->kid[0]; f; f = NODE_AT(p, f)->next) {
		struct node field = *NODE_AT(p, f);

		if (field.kind == NODE_MEMBER) {
			check_colon(ck, f);
			continue;
		}
		if (field.kind != NODE_FIELD) {
			check_fault(ck, EGM0008, f, "%s cannot stand in a map",
				ast_kind_name((enum node_kind)field.kind));
			continue;
		}
		if (NODE_AT(p, field.kid[0])->next) {
			struct diag *g = check_fault(
				ck, EGM0120, field.kid[0], "a key of a map is one word");

			diag_line(&p->diags, g, LINE_HELP,
				"quote a key with dots or slashes: \"a.b/c\" = ...");
		}
		check_map_key(ck, field.kid[0], expected);
		if (elem)
			check_value(ck, field.kid[1], elem, false);
		else
			elem = TYPE_ID(check_expr(ck, field.kid[1], 0));
	}
	check_keys_differ(ck, n);
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
			given = NODE_AT(p, f)->kind == NODE_FIELD &&
				NODE_AT(p, NODE_AT(p, f)->kid[0])->a == MEMBER_AT(p, m)->name;
		if (!given)
			check_fault(ck, EGM0131, n, "`%s` is missing here",
				program_text(p, MEMBER_AT(p, m)->name));
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

		if (field.kind == NODE_MEMBER) {
			check_colon(ck, f);
			continue;
		}
		if (field.kind != NODE_FIELD) {
			check_fault(ck, EGM0008, f, "%s cannot stand in a value",
				ast_kind_name((enum node_kind)field.kind));
			continue;
		}
		if (!check_plain_name(ck, field.kid[0]))
			continue;
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

uint32_t
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
		return check_mismatch(ck, n, expected, type_new(ck->p, TYPE_STRUCT));
	}
}
